import Domain

/// What calls cost, by group.
struct CostQuestions {
    let desk: ReportDesk
    let period: ReportPeriod

    func figures(_ by: ReportDimension?) throws -> Grouped<CostFigures> {
        var groups = Grouped<CostFigures>()
        for table in ["llm_call", "embedding_call"] {
            let rows = try desk.rows(
                "select \(by?.expression(time: "time") ?? "null"), \(CostFigures.selection) from \(table) where \(period.contains("time"))"
                    + (by == nil ? "" : " group by 1"))
            for row in rows { groups[row.key(0), default: CostFigures()].add(row, from: 1) }
        }
        return groups
    }
}

extension CostQuestions {
    /// Model calls that did not fail and told nothing that could be billed.
    func callsWithoutUsage() throws -> Int128 {
        let rows = try desk.rows(
            "select count(*) from llm_call where \(period.contains("time")) and input_tokens is null and output_tokens is null "
                + "and gpu_duration_ns is null and coalesce(status, 'ok') = 'ok'")
        return rows.first?.integer(0) ?? 0
    }
}

/// How many there are of what cost is shared out over.
struct UnitCounts {
    var answers: Int128
    var conversations: Int128
    var resolved: Int128

    init(desk: ReportDesk, period: ReportPeriod, rule: OutcomeRule) throws {
        answers = try Self.answers(desk: desk, period: period, by: nil)?[nil, default: 0] ?? 0
        let rows = try desk.rows(
            "select count(*), count(*) filter (where \(OutcomeText.expression(rule, now: desk.now)) = 'resolved') "
                + "from conversations where \(period.contains("closed_time"))")
        conversations = rows.first?.integer(0) ?? 0
        resolved = rows.first?.integer(1) ?? 0
    }

    /// Whether an answer says to which group it belongs.
    static func isKnown(of by: ReportDimension) -> Bool { ![.model, .route, .provider].contains(by) }

    /// Answers by group; nil where answers don't say.
    static func answers(desk: ReportDesk, period: ReportPeriod, by: ReportDimension?) throws -> Grouped<Int128>? {
        if let by, !isKnown(of: by) { return nil }
        var groups = Grouped<Int128>()
        let rows = try desk.rows(
            "select \(by?.expression(time: "time") ?? "null"), count(*) from message_sent "
                + "where \(ServiceLevelQuestions.isAnswer) and \(period.contains("time"))" + (by == nil ? "" : " group by 1"))
        for row in rows { groups[row.key(0), default: 0] = row.integer(1) }
        return groups
    }
}
