/// Groups of conversations beside each other, by when they began: how many were resolved, escalated and rated well,
/// with intervals, and whether what the best is ahead is more than chance, whatever comes of those that are undecided.
struct OutcomeComparison {
    let by: ReportGrouping
    let groups: [(key: GroupKey, value: BegunFigures)]

    /// Groups that are times are no choice that anybody has.
    static func isMeant(for by: ReportGrouping) -> Bool { !by.isWhole && !by.dimensions.contains(where: \.isTime) }

    func section(name: String, title: String) -> ReportSection {
        let contests = contests
        return ReportSection(
            name: name, title: title,
            columns: by.columns + [
                ReportColumn("begun", "begun"), ReportColumn("undecided", "undecided"),
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
                var cells = by.values(key) + [
                    .count(figures.begun), .count(figures.undecided), .count(figures.closed), .count(figures.resolved),
                ]
                cells += Self.share(figures.resolved, figures)
                cells.append(compared(place, in: contests[Self.whole(of: key)]))
                cells += Self.share(figures.handedOver, figures)
                cells.append(.count(figures.ratings))
                return cells
                    + ReportValue.withInterval(figures.satisfied, of: figures.isTooEarly ? 0 : figures.ratings)
            })
    }

    /// What the columns of comparisons say.
    static let definitions = [
        ReportDefinition(
            "begun",
            "in comparisons: conversations that began in the period, however they ended until now; closed, resolved "
                + "and ratings are of these"),
        ReportDefinition(
            "undecided",
            "begun and not closed, or closed and with an outcome that time may change; those that close first are not "
                + "like the others, so where more than a tenth is undecided there are counts alone (too early), and "
                + "elsewhere intervals reach from none of them to all of them"),
        ReportDefinition(
            "resolution_compared",
            "among groups that differ in the last name alone, as variants of one experiment: the best is the one "
                + "whose interval of resolution begins highest; others are less where the interval of the difference "
                + "does not reach 0, were none of the best's undecided resolved and all of theirs (Newcombe's, 95 % "
                + "for all pairs together, conversations taken as independent), else no more than chance"),
    ]

    /// Three cells: a share of the closed ones, and the ends between which it will lie of all that began.
    private static func share(_ part: Int64, _ figures: BegunFigures) -> [ReportValue] {
        if figures.isTooEarly { return [.none, .none, .none] }
        let (least, most) = figures.ends(part)
        let ends = [
            WilsonInterval(part: least, whole: figures.begun)?.low,
            WilsonInterval(part: most, whole: figures.begun)?.high,
        ]
        return [.ratio(part, of: figures.closed)] + ends.map { $0.map { .estimate($0) } ?? .none }
    }

    /// Groups that are compared with each other.
    private struct Contest {
        /// Those that may be compared, and those for which it is too early: with these there will be as many pairs.
        var groups = 0
        /// Of them, those that are compared.
        var compared = 0
        /// Place of the best of these.
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
            guard let interval = WilsonInterval(part: figures.resolved, whole: figures.begun) else { continue }
            var contest = contests[Self.whole(of: key), default: Contest()]
            contest.groups += 1
            if !figures.isTooEarly {
                contest.compared += 1
                if interval.low > contest.bestLow { (contest.best, contest.bestLow) = (place, interval.low) }
            }
            contests[Self.whole(of: key)] = contest
        }
        return contests
    }

    private func compared(_ place: Int, in contest: Contest?) -> ReportValue {
        let (key, figures) = groups[place]
        if figures.isTooEarly { return .text(figures.whyTooEarly) }
        guard let contest, contest.compared > 1, Self.isOne(key), figures.begun > 0 else { return .none }
        if place == contest.best { return .text("best") }
        let best = groups[contest.best].value
        let (ends, bestEnds) = (figures.ends(figures.resolved), best.ends(best.resolved))
        guard
            let least = ShareDifference(
                (bestEnds.least, best.begun), above: (ends.most, figures.begun), ofGroups: contest.groups),
            let most = ShareDifference(
                (bestEnds.most, best.begun), above: (ends.least, figures.begun), ofGroups: contest.groups)
        else { return .none }
        if least.low <= 0 { return .text("no more than chance") }
        return .text("less by \(Self.points(least.low)) to \(Self.points(most.high)) points")
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
