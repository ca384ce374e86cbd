package import Bytes

/// A share of good ones that is promised over a window: what an error budget follows from.
package struct ServiceLevelObjective: Hashable, Sendable {
    /// What may stay of good ones short of all: nothing at all leaves no budget.
    package static let targetRange: ClosedRange<Int64> = 1...999_999
    /// Beyond it reports and rules would be what nobody reads.
    package static let objectivesMax = 64

    /// What it is known by, in lower case with dashes.
    package var name: ExactText
    /// For people.
    package var title: ExactText
    /// What counts and what of it is good.
    package var indicator: ServiceLevelIndicator
    /// The share of good ones that is promised, in parts per million, within ``targetRange``.
    package var target: Int64
    /// Over which time.
    package var window: BudgetWindow

    /// Takes each part as given.
    package init(
        name: ExactText, title: ExactText, indicator: ServiceLevelIndicator, target: Int64, window: BudgetWindow
    ) {
        precondition(Self.targetRange.contains(target), "a budget is neither nothing nor all")
        (self.name, self.title, self.indicator, self.target, self.window) = (name, title, indicator, target, window)
    }

    /// The share of bad ones that is allowed, in parts per million.
    package var allowed: Int64 { 1_000_000 - target }

    /// When its budget burns too fast, the fastest first; none where ``reasonForNoRules(buckets:)`` says why.
    /// - Parameter buckets: where buckets of durations of `/metrics` end (ns), ascending.
    package func burnRules(buckets: [Int64]) -> [BurnRule] {
        isCounted(buckets) ? BurnRule.all(window: window, allowed: allowed) : []
    }

    /// Why no rule tells that its budget burns too fast; nil where some do.
    /// - Parameter buckets: as of ``burnRules(buckets:)``.
    package func reasonForNoRules(buckets: [Int64]) -> String? {
        guard burnRules(buckets: buckets).isEmpty else { return nil }
        if case .costPerAnswer = indicator.measure {
            return "it counts time slices, and a short window has none or one of them"
        }
        if let bound = indicator.bound, !isCounted(buckets) {
            let place = buckets.partitioningIndex { bound <= $0 }
            let nearest = buckets[max(0, place - 1)..<min(buckets.count, place + 1)].map(ObjectiveText.seconds)
            return "no bucket of /metrics ends at \(ObjectiveText.seconds(bound)), the nearest at "
                + nearest.joined(separator: " and ")
        }
        return "its window is too short, or its target too low, for a rate that could fire"
    }

    /// Whether counters of `/metrics` say what is bad within minutes.
    private func isCounted(_ buckets: [Int64]) -> Bool {
        if case .costPerAnswer = indicator.measure { return false }
        return indicator.bound.map(buckets.contains) ?? true
    }
}

/// The time over which a budget runs.
package enum BudgetWindow: Hashable, Sendable {
    /// The last so many ns.
    case rolling(Int64)
    /// One after the other by the clock of a zone.
    case calendar(CalendarWindow)

    /// How long it is (ns), where a month has 30 days.
    var nominalNanoseconds: Int64 {
        switch self {
        case .rolling(let nanoseconds): nanoseconds
        case .calendar(let window): (window.months * 30 + window.days) * Nanoseconds.day
        }
    }

    /// `last 30 d`, `1 month by the calendar of Europe/Berlin`.
    package var text: String {
        switch self {
        case .rolling(let nanoseconds):
            if nanoseconds % Nanoseconds.day == 0 { return "last \(nanoseconds / Nanoseconds.day) d" }
            if nanoseconds % Nanoseconds.hour == 0 { return "last \(nanoseconds / Nanoseconds.hour) h" }
            return "last \(nanoseconds / Nanoseconds.minute) min"
        case .calendar(let window):
            let months = "\(window.months) month" + (window.months == 1 ? "" : "s")
            let length = window.months > 0 ? months : "\(window.days) d"
            return "\(length) by the calendar of \(window.zone)"
        }
    }
}

/// Windows that follow one another by the calendar: from a reading of a clock on, each so many months or days long.
package struct CalendarWindow: Hashable, Sendable {
    /// Lengths in months and days that can be asked for, so that counting stays within the calendar.
    package static let monthsMax: Int64 = 120
    /// The same in days.
    package static let daysMax: Int64 = 3660

    /// What the clock shows where the first one begins: ns since 1970, as if it were UTC.
    package var start: Int64
    /// How many months each has; 0 where it has days.
    package var months: Int64
    /// How many days each has; 0 where it has months.
    package var days: Int64
    /// IANA name of the zone; that there is one knows who has a clock.
    package var zone: ExactText

    /// Takes each part as given.
    package init(start: Int64, months: Int64, days: Int64, zone: ExactText) {
        precondition((months > 0) != (days > 0), "a window has months or days")
        (self.start, self.months, self.days, self.zone) = (start, months, days, zone)
    }
}
