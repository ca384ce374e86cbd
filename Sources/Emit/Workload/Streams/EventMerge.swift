// tests: the order of runs is tried with runs of a test's choice.
/// Merges runs of events that are each in time order, without copying them.
///
/// A binary heap over the next event of every open run; a run that is used up gives its place to a later one. Ties go
/// to the run that was opened first, so the order is the same in every process.
package struct EventMerge: Sendable {
    private struct Run: Sendable {
        var events: [WorkloadEvent]
        var next: Int
    }

    private struct Head: Sendable {
        var time: Int64
        var serial: UInt64
        var run: Int

        func precedes(_ other: Head) -> Bool { time == other.time ? serial < other.serial : time < other.time }
    }

    private var runs: [Run] = []
    private var freeRuns: [Int] = []
    private var heap: [Head] = []
    private var openedCount: UInt64 = 0

    /// An empty merge.
    package init() {}

    /// The time of the next event, nil when there is none.
    package var nextTime: Int64? { heap.first?.time }

    /// Opens a run.
    /// - Precondition: `events` ascend in time.
    /// - Complexity: O(log open runs).
    package mutating func add(_ events: [WorkloadEvent]) {
        guard let first = events.first else { return }
        open(events, at: first.time)
    }

    /// Adds one event that comes out at another instant than its own.
    /// - Complexity: O(log open runs).
    mutating func add(_ event: WorkloadEvent, due: Int64) { open([event], at: due) }

    private mutating func open(_ events: [WorkloadEvent], at time: Int64) {
        let run = Run(events: events, next: 0)
        let index: Int
        if let free = freeRuns.popLast() {
            index = free
            runs[index] = run
        } else {
            index = runs.count
            runs.append(run)
        }
        heap.append(Head(time: time, serial: openedCount, run: index))
        openedCount += 1
        siftUp(heap.count - 1)
    }

    /// Takes the earliest event.
    /// - Complexity: O(log open runs).
    package mutating func pop() -> WorkloadEvent? {
        guard let head = heap.first else { return nil }
        let position = runs[head.run].next
        let event = runs[head.run].events[position]
        if position + 1 < runs[head.run].events.count {
            runs[head.run].next = position + 1
            heap[0].time = runs[head.run].events[position + 1].time
        } else {
            runs[head.run].events = []
            freeRuns.append(head.run)
            heap[0] = heap[heap.count - 1]
            heap.removeLast()
        }
        siftDown()
        return event
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[index].precedes(heap[parent]) else { return }
            heap.swapAt(index, parent)
            index = parent
        }
    }

    private mutating func siftDown() {
        var index = 0
        while true {
            var least = index
            let (left, right) = (2 * index + 1, 2 * index + 2)
            if left < heap.count, heap[left].precedes(heap[least]) { least = left }
            if right < heap.count, heap[right].precedes(heap[least]) { least = right }
            if least == index { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
