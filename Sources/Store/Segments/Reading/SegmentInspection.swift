internal import Columnar

// What `inspect` shows of a segment: tables, groups, and what each column costs.

/// What one column of one table takes in a segment.
struct ColumnUsage: Hashable, Sendable {
    /// The table's name.
    var table: String
    /// The column's name.
    var column: String
    /// Rows with a value.
    var valueCount: Int
    /// Pages with their headers and checksums.
    var pageBytes: Int
    /// Filters of looked-up texts.
    var filterBytes: Int
    /// How many groups use each encoding, most first: `integers ×3, constant ×1`.
    var encodings: String

    /// Takes each part as given.
    init(table: String, column: String, valueCount: Int, pageBytes: Int, filterBytes: Int, encodings: String) {
        self.table = table
        self.column = column
        self.valueCount = valueCount
        self.pageBytes = pageBytes
        self.filterBytes = filterBytes
        self.encodings = encodings
    }
}

// texts: tables have names of ours.
/// What one table takes in a segment.
package struct TableUsage: Hashable, Sendable {
    /// The table's name.
    package var table: String
    /// Its rows.
    package var rowCount: Int
    /// Pages and filters of all its columns, but for texts that several tables have in common.
    package var bytes: Int
}

extension SegmentReader {
    /// Usage of every table, sorted by name. Reads only the footer.
    package func tableUsage() -> [TableUsage] {
        let columns = columnUsage()
        return tableNames.map { name in
            let rows = groups(table: name).reduce(0) { $0 + $1.rowCount }
            let bytes = columns.filter { $0.table == name }.reduce(0) { $0 + $1.pageBytes + $1.filterBytes }
            return TableUsage(table: name, rowCount: rows, bytes: bytes)
        }
    }

    /// Usage of every column, by table (sorted), then in the columns' order. Reads only the footer.
    func columnUsage() -> [ColumnUsage] {
        var result: [ColumnUsage] = []
        for name in tableNames {
            guard let table = footer.tables.first(where: { $0.name == name }) else { continue }
            for (index, column) in table.columns.enumerated() {
                var usage = ColumnUsage(
                    table: name, column: column.name, valueCount: 0, pageBytes: 0, filterBytes: 0, encodings: "")
                var counts: [String: Int] = [:]
                for group in table.groups {
                    let reference = group.pages[index]
                    usage.valueCount += group.rowCount - (reference?.header.summary.nullCount ?? group.rowCount)
                    usage.filterBytes += reference?.filter.length ?? 0
                    // A page of several columns is counted for the first of them.
                    let place = reference?.page ?? BlockPlace()
                    let first = place.length == 0 ? nil : group.pages[..<index].firstIndex { $0?.page == place }
                    usage.pageBytes += first == nil ? place.length : 0
                    let label = first.map { "as \(table.columns[$0].name)" } ?? Self.label(reference?.header)
                    counts[label, default: 0] += 1
                }
                usage.encodings = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                    .map { "\($0.key) ×\($0.value)" }.joined(separator: ", ")
                result.append(usage)
            }
        }
        return result
    }

    private static func label(_ header: PageHeader?) -> String {
        guard let header else { return "nulls" }
        return header.compression == .none ? "\(header.encoding)" : "\(header.encoding)+\(header.compression)"
    }

    /// A summary for people: sizes, tables, and bytes per value of each column. Reads only the footer.
    package func inspection() -> String {
        let usage = columnUsage()
        var lines = [
            "segment \(segmentID): \(lengthBytes) bytes, footer \(footerBytes), metadata \(metadata.count)",
            "identity filter: \(footer.identityCount) keys, \(footer.identityFilter.length) bytes",
        ]
        for name in tableNames {
            let groups = groups(table: name)
            let rows = groups.reduce(0) { $0 + $1.rowCount }
            let columns = usage.filter { $0.table == name }
            let bytes = columns.reduce(0) { $0 + $1.pageBytes + $1.filterBytes }
            lines.append(
                "table \(name): \(rows) rows in \(groups.count) groups, \(bytes) bytes, \(Self.ratio(bytes, rows)) a row"
            )
            for column in columns {
                var line = "  \(column.column): \(column.pageBytes) bytes for \(column.valueCount) values"
                line += ", \(Self.ratio(column.pageBytes, column.valueCount)) each"
                if column.filterBytes > 0 { line += ", filter \(column.filterBytes)" }
                lines.append(line + " (\(column.encodings))")
            }
        }
        lines += sharedTextsUsage()
        return lines.joined(separator: "\n") + "\n"
    }

    /// A line for each column that has texts in common with others of its name.
    private func sharedTextsUsage() -> [String] {
        var names: [String] = []
        var sums: [(texts: Int, blocks: Int, bytes: Int, filterBytes: Int)] = []
        for (name, texts) in zip(sharedTextNames(), footer.texts) {
            let place = names.firstIndex(of: name) ?? names.count
            if place == names.count {
                names.append(name)
                sums.append((0, 0, 0, 0))
            }
            sums[place].texts += texts.count
            sums[place].blocks += 1
            sums[place].bytes += texts.block.length
            sums[place].filterBytes += texts.filter.length
        }
        return zip(names, sums).map { name, sum in
            let filter = sum.filterBytes > 0 ? ", filters \(sum.filterBytes)" : ""
            return "texts of \(name): \(sum.texts) in \(sum.blocks) blocks, \(sum.bytes) bytes"
                + ", \(Self.ratio(sum.bytes, sum.texts)) each\(filter)"
        }
    }

    /// By block of texts: the column whose pages name it.
    private func sharedTextNames() -> [String] {
        var names = [String](repeating: "", count: footer.texts.count)
        for table in footer.tables {
            for group in table.groups {
                for (column, reference) in group.pages.enumerated() {
                    for index in reference?.texts ?? [] { names[index] = table.columns[column].name }
                }
            }
        }
        return names
    }

    /// With two decimals, rounded down.
    private static func ratio(_ bytes: Int, _ count: Int) -> String {
        let hundredths = count == 0 ? 0 : bytes * 100 / count
        let rest = String(hundredths % 100)
        return "\(hundredths / 100).\(rest.count < 2 ? "0" + rest : rest)"
    }
}
