/// Traffic without end at a steady rate, taken as time passes.
package struct LiveTraffic: Sendable {
    /// The middle of the reference load's peak of five to ten messages a second.
    package static let referenceMessagesPerSecond = 7.5
    /// Messages of customers, agent and people in one conversation, on average over many.
    static let messagesPerConversation = 10.0

    private var source: TrafficSource

    init(source: TrafficSource, messagesPerSecond: Double) {
        self.source = source
        self.source.change(shape: .steady(perMinute: max(0, messagesPerSecond) * 60 / Self.messagesPerConversation))
    }

    /// The events due before `instant` (ns since 1970 UTC) that no earlier call returned, ascending in time.
    /// - Complexity: O(events returned).
    package mutating func events(until instant: Int64) -> [WorkloadEvent] {
        var due: [WorkloadEvent] = []
        while let event = source.next(before: instant) { due.append(event) }
        return due
    }

    /// When the next event within the minutes opened so far is due; nil when the next call has to open another minute.
    package var nextTime: Int64? { source.openedTime }
}
