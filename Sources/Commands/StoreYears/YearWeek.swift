// tests: weeks that do not hold are made there.
/// How a store stood after a week.
package struct YearWeek: Hashable, Sendable {
    /// Days of traffic so far.
    package var day: Int
    /// Events that were taken for new so far.
    package var events = 0
    /// Of these, how many have gone by now.
    package var dropped: Int64 = 0
    /// Days since the oldest event that is there was received.
    package var oldestDays = 0
    /// Segments on disk.
    var segments = 0
    /// Bytes of all files, and what they may be.
    package var diskBytes = 0
    /// By the rule.
    package var diskBytesMax = Int.max
    /// What the process held at the most while traffic came in; nil where the disk is in memory, too.
    package var heldBytes: Int?
    /// What a start on the closed directory took.
    package var startMilliseconds: Int64 = 0
    /// What a verification of all of it took.
    var verifyMilliseconds: Int64 = 0
    /// Series of counters that were looked at.
    var counters = 0
    /// Reports of weeks and months that are kept.
    var reports = 0

    /// After some days.
    package init(day: Int) { self.day = day }

    /// What a table has above weeks.
    static let head = line([
        "day", "events", "dropped", "oldest d", "segments", "disk MiB", "bound MiB", "held MiB", "start ms",
        "verify ms", "counters", "reports",
    ])

    /// As a line of a table.
    var line: String {
        func mebibytes(_ bytes: Int) -> String { String(bytes >> 20) }
        return Self.line([
            String(day), String(events), String(dropped), String(oldestDays), String(segments), mebibytes(diskBytes),
            mebibytes(diskBytesMax), heldBytes.map(mebibytes) ?? "-", String(startMilliseconds),
            String(verifyMilliseconds), String(counters), String(reports),
        ])
    }

    private static func line(_ cells: [String]) -> String {
        cells.map { String(repeating: " ", count: max(0, 11 - $0.utf8.count)) + $0 }.joined()
    }
}

/// What has to hold of all weeks together.
package enum YearJudgement {
    /// A start may take less than that.
    private static let startMillisecondsMax: Int64 = 1_000
    /// By how much more memory may be held in the last quarter of the weeks in which events go than in the first one.
    private static let growthMax = 1.1
    /// What an allocator keeps now and then.
    private static let heldSlackBytes = 16 << 20
    /// Fewer weeks have no quarters that tell anything.
    private static let weeksMin = 8

    /// What does not, a line each.
    /// - Parameter weeks: in order.
    package static func findings(_ weeks: [YearWeek], _ plan: YearPlan) -> [String] {
        var findings = weeks.flatMap { Self.findings(of: $0, plan) }
        if let last = weeks.last, last.day > plan.ageDaysMax, last.dropped == 0 {
            findings.append("day \(last.day): no event has gone, and \(plan.retentionDays) days are the rule")
        }
        if let (first, last) = quarters(weeks),
            Double(last) > Double(first) * growthMax + Double(heldSlackBytes)
        {
            findings.append("memory grows: \(first >> 20) MiB at first, \(last >> 20) MiB in the last quarter")
        }
        return findings
    }

    private static func findings(of week: YearWeek, _ plan: YearPlan) -> [String] {
        var findings: [String] = []
        if week.diskBytes > week.diskBytesMax {
            findings.append(
                "day \(week.day): \(week.diskBytes) bytes on disk, by the rule at most \(week.diskBytesMax)")
        }
        if week.oldestDays > plan.ageDaysMax {
            findings.append(
                "day \(week.day): an event of \(week.oldestDays) days ago is there, by the rule none beyond "
                    + "\(plan.ageDaysMax)")
        }
        if week.startMilliseconds >= startMillisecondsMax {
            findings.append("day \(week.day): the start took \(week.startMilliseconds) ms")
        }
        return findings
    }

    /// The most that was held in the first and in the last quarter of the weeks in which events went; nil where these
    /// are too few.
    static func quarters(_ weeks: [YearWeek]) -> (first: Int, last: Int)? {
        let held = weeks.filter { $0.dropped > 0 }.compactMap(\.heldBytes)
        guard held.count >= weeksMin else { return nil }
        let quarter = held.count / 4
        return (held.prefix(quarter).max() ?? 0, held.suffix(quarter).max() ?? 0)
    }
}
