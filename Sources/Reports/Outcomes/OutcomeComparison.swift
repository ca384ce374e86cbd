/// Groups of conversations beside each other: how many were resolved, escalated and rated well, with intervals, and
/// whether what the best is ahead is more than chance.
struct OutcomeComparison {
    let by: ReportGrouping
    let groups: [(key: GroupKey, value: OutcomeFigures)]

    /// Groups that are times are no choice that anybody has.
    static func isMeant(for by: ReportGrouping) -> Bool { !by.isWhole && !by.dimensions.contains(where: \.isTime) }

    func section(name: String, title: String) -> ReportSection {
        let contests = contests
        return ReportSection(
            name: name, title: title,
            columns: by.columns + [
                ReportColumn("closed", "closed"),
                ReportColumn("resolved", "resolved"), ReportColumn("resolution_rate", "resolution"),
                ReportColumn("resolution_low", "from"),
                ReportColumn("resolution_high", "to"), ReportColumn("resolution_compared", "against the best"),
                ReportColumn("escalation_rate", "escalation"),
                ReportColumn("escalation_low", "from"),
                ReportColumn("escalation_high", "to"), ReportColumn("ratings", "ratings"), ReportColumn("csat", "CSAT"),
                ReportColumn("csat_low", "from"), ReportColumn("csat_high", "to"),
            ],
            rows: groups.enumerated().map { place, group in
                let (key, figures) = group
                var cells = by.values(key) + [.count(figures.closed), .count(figures.resolved)]
                cells += ReportValue.withInterval(figures.resolved, of: figures.closed)
                cells.append(compared(place, in: contests[Self.whole(of: key)]))
                cells += ReportValue.withInterval(figures.handedOver, of: figures.closed)
                cells.append(.count(figures.ratings))
                return cells + ReportValue.withInterval(figures.satisfied, of: figures.ratings)
            })
    }

    /// What the column of comparisons says.
    static let definition = ReportDefinition(
        "resolution_compared",
        "among groups that differ in the last name alone, as variants of one experiment: the best is the one whose "
            + "interval of resolution begins highest; others are less where the interval of the difference does not "
            + "reach 0 (Newcombe's, 95 % for all pairs together, conversations taken as independent), else no more "
            + "than chance")

    /// Groups that are compared with each other: how many, and which is the best.
    private struct Contest {
        var groups = 0
        var best = 0
        var bestLow = -1.0
    }

    /// What groups of one contest have in common: all but the last cell.
    private static func whole(of key: GroupKey) -> GroupKey { GroupKey(cells: key.cells.dropLast()) }

    /// What is many groups in one is none that could be chosen.
    private static func isOne(_ key: GroupKey) -> Bool { !key.cells.contains(.other) }

    private var contests: [GroupKey: Contest] {
        var contests: [GroupKey: Contest] = [:]
        for (place, (key, figures)) in groups.enumerated() where Self.isOne(key) {
            guard let interval = WilsonInterval(part: figures.resolved, whole: figures.closed) else { continue }
            var contest = contests[Self.whole(of: key), default: Contest()]
            contest.groups += 1
            if interval.low > contest.bestLow { (contest.best, contest.bestLow) = (place, interval.low) }
            contests[Self.whole(of: key)] = contest
        }
        return contests
    }

    private func compared(_ place: Int, in contest: Contest?) -> ReportValue {
        let (key, figures) = groups[place]
        guard let contest, contest.groups > 1, Self.isOne(key), figures.closed > 0 else { return .none }
        if place == contest.best { return .text("best") }
        let best = groups[contest.best].value
        guard
            let ahead = ShareDifference(
                (best.resolved, best.closed), above: (figures.resolved, figures.closed), ofGroups: contest.groups)
        else { return .none }
        if ahead.low <= 0 { return .text("no more than chance") }
        return .text("less by \(Self.points(ahead.low)) to \(Self.points(ahead.high)) points")
    }

    /// A share in points of a hundred.
    private static func points(_ share: Double) -> String {
        QuotientText.fixed(Int128((share * 1e6).rounded()), 10_000, decimals: 1)
    }
}

extension ReportValue {
    /// Three cells: a share and both ends of its interval; none of nothing.
    static func withInterval(_ part: Int64, of whole: Int64) -> [ReportValue] {
        let interval = WilsonInterval(part: part, whole: whole)
        let ends = [interval?.low, interval?.high].map { end in end.map { ReportValue.estimate($0) } ?? ReportValue.none
        }
        return [.ratio(part, of: whole)] + ends
    }
}
