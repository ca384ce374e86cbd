package import Domain
import Hashing

/// A row that takes the place of another.
package struct RowReplacement: Sendable {
    /// The row that stood there.
    package var old: EventRow
    /// What its call was booked at.
    package var oldCost: CallCost?
    /// The row that stands there now.
    package var new: EventRow
    /// What its call is booked at.
    package var newCost: CallCost?
    /// Of the event.
    package var position: Int64
    /// When the event came.
    package var arrival: EventArrival

    /// Takes each part as given.
    package init(
        old: EventRow, oldCost: CallCost?, new: EventRow, newCost: CallCost?, position: Int64, arrival: EventArrival
    ) {
        (self.old, self.oldCost, self.new, self.newCost, self.position, self.arrival) = (
            old, oldCost, new, newCost, position, arrival
        )
    }
}

extension MetricCounters {
    /// Counts rows that took the place of others, all at one time: counted − taken back is then what the new rows give.
    /// - Parameter receivedTime: when the new rows came.
    /// - Complexity: O(bytes of the rows).
    package mutating func replace(_ replacements: [RowReplacement], receivedTime: Int64) {
        for replacement in replacements { countDifference(replacement) }
        follow(replacements, receivedTime)
        followRatings(replacements)
        followSilence(replacements)
    }

    /// Metrics that events add to: a counter rises by the difference or it is taken back; of a histogram the whole old
    /// observation is.
    private mutating func countDifference(_ replacement: RowReplacement) {
        let (before, after) = (
            contribution(replacement.old, replacement.oldCost, replacement.arrival),
            contribution(replacement.new, replacement.newCost, replacement.arrival)
        )
        for (index, placement) in program.placements.enumerated() {
            guard let placement, program.definitions[index].source != .questions else { continue }
            let keys = before.keys(placement).union(after.keys(placement))
            // order: each is counted for itself.
            for key in keys {
                let (old, new) = (before.words(placement, key), after.words(placement, key))
                guard old != new else { continue }
                let set = totals.tables[placement.table].set(of: key)
                add(new, minus: old, placement, set, program.definitions[index].source)
            }
            if placement.histogram >= 0 { addBuckets(of: after, unlessIn: before, placement) }
        }
    }

    /// What a row alone counts.
    private func contribution(_ event: EventRow, _ cost: CallCost?, _ arrival: EventArrival) -> MetricTotals {
        var alone = self
        alone.totals = MetricTotals(program)
        if arrival.isLive(event.time) { alone.count(event, cost) }
        return alone.totals
    }

    private mutating func add(
        _ new: [UInt64], minus old: [UInt64], _ placement: MetricProgram.Placement, _ set: Int, _ source: MetricSource
    ) {
        let (table, first) = (placement.table, placement.words.lowerBound)
        func wide(_ words: [UInt64], _ word: Int) -> Int128 { Int128(high: words[word + 1], low: words[word]) }
        switch source {
        case .observe:
            let buckets = new.count - 2
            for word in 0..<buckets {
                totals.tables[table].count(first + word, of: set, times: new[word])
                totals.corrections[table].count(first + word, of: set, times: old[word])
            }
            totals.tables[table].add(wide(new, buckets), at: first + buckets, of: set)
            totals.corrections[table].add(wide(old, buckets), at: first + buckets, of: set)
        case .sum, .bookedCost:
            if new[0] > old[0] { totals.tables[table].count(first, of: set) }
            let difference = wide(new, 1) - wide(old, 1)
            if difference > 0 { totals.tables[table].add(difference, at: first + 1, of: set) }
            if difference < 0 { totals.corrections[table].add(-difference, at: first + 1, of: set) }
        default:
            if new[0] > old[0] { totals.tables[table].count(first, of: set, times: new[0] - old[0]) }
            if new[0] < old[0] { totals.corrections[table].count(first, of: set, times: old[0] - new[0]) }
        }
    }

    /// The finer buckets of new observations; what is taken back has none.
    private mutating func addBuckets(
        of after: MetricTotals, unlessIn before: MetricTotals, _ placement: MetricProgram.Placement
    ) {
        let table = after.tables[placement.table]
        // order: each is counted for itself.
        for (alone, buckets) in after.exponential.buckets(histogram: placement.histogram) {
            let key = Array(table.key(of: alone))
            guard before.words(placement, key) != after.words(placement, key) else { continue }
            let set = totals.tables[placement.table].set(of: key)
            if buckets.zeroCount > 0 {
                totals.exponential.add(buckets.zeroCount, histogram: placement.histogram, set: set, bucket: nil)
            }
            for bucket in buckets.buckets {
                totals.exponential.add(bucket.count, histogram: placement.histogram, set: set, bucket: bucket.index)
            }
        }
    }

    // MARK: Questions

    /// Takes questions and answers out and in before anything is judged, so that a turn that moves as a whole changes
    /// no verdict on its way.
    private mutating func follow(_ replacements: [RowReplacement], _ receivedTime: Int64) {
        var changes: [VerdictChange] = []
        var touched: [Hash128] = []
        for replacement in replacements {
            let old = followed(replacement.old, replacement)
            var new = followed(replacement.new, replacement)
            guard old != new else { continue }
            if let old {
                let removed = tracked.remove(old.message.order, isQuestion: old.message.isQuestion, key: old.key)
                if let removed, removed.counted != .none {
                    changes.append(VerdictChange(set: removed.set, from: removed.counted, to: .none))
                }
                touched.append(old.key)
                // Nobody knows any more what was counted for it.
                if removed == nil, old.message.isQuestion {
                    totals.untracked &+= 1
                    new = nil
                }
            }
            guard var new else { continue }
            // As a deadline is set: times of a log are no reason to stop.
            new.message.deadline &+= max(0, receivedTime &- replacement.arrival.receivedTime)
            let added = tracked.add(new.message, key: new.key, receivedTime: receivedTime, judges: false)
            if added != nil { touched.append(new.key) } else if new.message.isQuestion { totals.untracked &+= 1 }
        }
        var judged: Set<Hash128> = []
        for key in touched where judged.insert(key).inserted { changes += tracked.judge(key) }
        count(changes)
    }

    /// A question counts where its event did; an answer decides also where it came later than that.
    private mutating func followed(_ event: EventRow, _ replacement: RowReplacement) -> RowMessage? {
        guard let found = message(event, replacement.position, replacement.arrival) else { return nil }
        let isLive = replacement.arrival.isLive(event.time)
        return isLive || !found.message.isQuestion && tracked.hasQuestion(found.key) ? found : nil
    }
}

extension MetricTotals {
    /// Keys of the sets in which the metric has counted; empty for `other`.
    fileprivate func keys(_ placement: MetricProgram.Placement) -> Set<[UInt8]> {
        let table = tables[placement.table]
        return Set(
            (0..<table.setCount).filter { table.words(placement.words, of: $0).contains { $0 != 0 } }.map {
                Array(table.key(of: $0))
            })
    }

    /// The metric's words under a key; zeros where there are none.
    fileprivate func words(_ placement: MetricProgram.Placement, _ key: [UInt8]) -> [UInt64] {
        let table = tables[placement.table]
        guard let set = table.known(key) else { return Array(repeating: 0, count: placement.words.count) }
        return Array(table.words(placement.words, of: set))
    }
}
