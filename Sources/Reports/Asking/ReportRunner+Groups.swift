import Plans

/// How many groups there are is up to whoever sends: a report of more than it lists, or than a question has memory for,
/// finds out first which of them come first, and has the others as one.
extension ReportRunner {
    /// Asks by groups.
    /// - Parameters:
    ///   - by: knows afterwards which groups are told one by one, where these are not all.
    ///   - kinds: the rows that are asked for.
    ///   - ask: asks by ``groupRows(_:)`` alone, of the rows of these kinds.
    /// - Throws: as `report(_:_:)`, and what `ask` does.
    func listing<Answer>(
        _ by: inout ReportGrouping, _ kinds: [GroupedRows], of period: ReportPeriod,
        _ ask: (ReportGrouping) throws -> Answer
    ) throws -> Answer {
        if by.isWhole { return try ask(by) }
        do {
            return try ask(by)
        } catch let error as QueryError where error.isOfManyGroups {
            guard let listed = try listed(by, kinds, of: period) else { throw error }
            by.listed = listed
        }
        return try ask(by)
    }

    /// The rows of a question by groups.
    /// - Throws: as ``rows(_:atMost:)``; `.memoryExceeded` where they are more than are listed, too.
    func groupRows(_ sql: String) throws -> [ReportRow] { try rows(sql, atMost: limits.allMax) }

    /// Which groups are told one by one; nil for all.
    private func listed(
        _ by: ReportGrouping, _ kinds: [GroupedRows], of period: ReportPeriod
    ) throws -> ListedGroups? {
        do {
            let rankings = try kinds.map { try ranking(by, $0, of: period) }
            guard var listed = ListedGroups(rankings, of: by.dimensions, limits) else { return nil }
            do {
                listed.othersCount = try groupCount(by, kinds, of: period) - Int128(listed.count)
            } catch let error as QueryError where error.isOfManyGroups {
                // Kind by kind they could be told apart, and all together not.
            }
            return listed
        } catch let error as QueryError where error.isOfManyGroups {
            return ListedGroups()
        }
    }

    /// The first groups of a kind of rows, one more than are listed where there are more.
    private func ranking(_ by: ReportGrouping, _ kind: GroupedRows, of period: ReportPeriod) throws -> [GroupKey] {
        let source = try by.source(kind.table, time: kind.time, of: period, runner: self)
        let weight = kind.weight.map { ", " + $0 } ?? ""
        let order = (kind.weight == nil ? "" : "\(by.width + 2) desc nulls last, ") + "\(by.width + 1) desc"
        let keys = (1...by.width).map { ", \($0) nulls last" }.joined()
        return try rows(
            "select \(source.selection)count(*)\(weight) from \(source.text) where \(kind.condition)\(by.clause) "
                + "order by \(order)\(keys) limit \(limits.listedMax + 1)"
        ).map(by.key)
    }

    /// How many groups rows of any kind have.
    private func groupCount(_ by: ReportGrouping, _ kinds: [GroupedRows], of period: ReportPeriod) throws -> Int128 {
        let texts = try kinds.map { kind in
            let source = try by.source(kind.table, time: kind.time, of: period, runner: self)
            return "select \(source.selection.dropLast(2)) from \(source.text) where \(kind.condition)\(by.clause)"
        }
        let groups =
            texts.count == 1
            ? texts[0] : "select distinct * from (\(texts.joined(separator: " union all "))) as groups_of_kinds"
        return try rows("select count(*) from (\(groups)) as counted_groups").first?.integer(0) ?? 0
    }
}

extension QueryError {
    /// More groups than are listed.
    static let tooManyGroups = QueryError(
        .memoryExceeded, "the report has more groups than it lists",
        hint: "break it down by fewer dimensions, or of a shorter period")

    /// Whether fewer groups may help; nothing helps where others hold the memory.
    var isOfManyGroups: Bool { kind == .memoryExceeded && self != .memoryTaken }
}
