import Domain

/// Rows of a table that a report counts by groups.
struct GroupedRows {
    var table: String
    /// The column by which a row counts.
    var time: String
    /// Which rows count, in SQL.
    var condition: String
    /// What the first groups have most of, in SQL; among equals, and where it is nil, that is rows.
    var weight: String?
}

/// The groups that are told one by one where there are too many: the first of each kind of rows, in turn. All others
/// are one group, whose figures are as exact as any.
struct ListedGroups {
    /// Each as a row of VALUES.
    private let rows: [String]
    /// How many are not listed; nil where they are too many to be counted.
    var othersCount: Int128?

    var count: Int { rows.count }

    /// - Parameters:
    ///   - rankings: for each kind of rows the first groups, one more than are listed where there are more.
    ///   - limits: how many are listed.
    /// - Returns: nil where these are all.
    init?(_ rankings: [[GroupKey]], of dimensions: [ReportDimension], _ limits: ListingLimits) {
        var (seen, rows, bytes): (Set<GroupKey>, [String], Int) = ([], [], 0)
        var isAll = true
        for rank in 0...limits.listedMax {
            for ranking in rankings where rank < ranking.count && seen.insert(ranking[rank]).inserted {
                guard rows.count < limits.listedMax, let row = Self.row(ranking[rank], dimensions),
                    bytes + row.utf8.count <= ListingLimits.textBytesMax
                else {
                    isAll = false
                    continue
                }
                bytes += row.utf8.count
                rows.append(row)
            }
        }
        if isAll { return nil }
        self.rows = rows
    }

    /// None of them: nobody knows which come first.
    init() { rows = [] }

    /// nil for what no question's text can name.
    private static func row(_ key: GroupKey, _ dimensions: [ReportDimension]) -> String? {
        var cells: [String] = []
        for (dimension, cell) in zip(dimensions, key.cells) {
            switch cell {
            case .time(let time) where dimension.isTime: cells.append(SQLTexts.time(time))
            case .text(let bytes) where !dimension.isTime && !bytes.contains(0):
                cells += [SQLTexts.text(String(decoding: bytes, as: UTF8.self)), "0"]
            case .none where !dimension.isTime: cells += ["''", "1"]
            default: return nil
            }
        }
        return "(" + (cells + ["true"]).joined(separator: ", ") + ")"
    }

    /// A row that no key equals.
    private static func noRow(_ dimensions: [ReportDimension]) -> String {
        let cells = dimensions.map { $0.isTime ? SQLTexts.time(.min) : "'', 2" }
        return "(" + (cells + ["true"]).joined(separator: ", ") + ")"
    }

    /// How a table is read so that rows of groups that are not listed are those of one group: the key has whether they
    /// are before its cells.
    /// - Parameters:
    ///   - text: what stands behind `from`.
    ///   - cells: those of the key, in SQL.
    func source(_ text: String, _ cells: [String], _ dimensions: [ReportDimension]) -> GroupedSource {
        var (names, conditions): ([String], [String]) = ([], [])
        for (place, cell) in cells.enumerated() {
            let name = "listed_\(place + 1)"
            names.append(name)
            if dimensions[place].isTime {
                conditions.append("\(cell) = \(name)")
            } else {
                // Nothing equals null, which is a group as well.
                names.append("\(name)_absent")
                conditions.append("coalesce(\(cell), '') = \(name)")
                conditions.append("case when (\(cell)) is null then 1 else 0 end = \(name)_absent")
            }
        }
        names.append("is_listed")
        let rows = rows.isEmpty ? [Self.noRow(dimensions)] : rows
        return GroupedSource(
            text: "\(text) left join (values \(rows.joined(separator: ", "))) as listed_groups"
                + "(\(names.joined(separator: ", "))) on \(conditions.joined(separator: " and "))",
            selection: "is_listed is null, " + cells.map { "case when is_listed then \($0) end, " }.joined())
    }

    /// As the row of all others is called.
    var othersName: String {
        let others = othersCount.map { "\($0) \($0 == 1 ? "group" : "groups")" } ?? "more groups than can be counted"
        return "\(MetricCatalogue.otherLabel) (\(others))"
    }

    var definition: ReportDefinition {
        let told =
            count == 0 ? "none is told by itself" : "told one by one are \(count) that cost most or had most rows"
        return ReportDefinition(
            MetricCatalogue.otherLabel,
            "there are more groups than a report lists: \(told); all others are one row, which is exact, so that rows "
                + "add up to the totals")
    }
}
