import Bytes
package import Columnar
import JSONTexts
package import Platform

/// Tables of one position as files of a directory, `TABLE.parquet` each, and `manifest.json`, which says what they hold
/// and stands there only when all of them do.
///
/// A table is read piece by piece and column by column, so that memory holds a column of a row group, however many rows
/// there are. Rollups are the exception: their pieces are parts, some of them single events, and what they come to is
/// an answer of the engine.
package struct ParquetExport {
    /// The file that says that the others are whole.
    static let manifestName = "manifest.json"

    private let catalog: any TableCatalog
    private let disk: any FileSystem
    private let createdBy: String
    private let answer: (_ rollup: String) throws -> (columns: [TableColumn], chunks: [Chunk])

    /// Nothing is written yet.
    /// - Parameters:
    ///   - createdBy: which program writes, and of which version.
    ///   - answer: gives all rows of a rollup, by its name, and their columns.
    package init(
        of catalog: any TableCatalog, in disk: any FileSystem, createdBy: String,
        answering answer: @escaping (_ rollup: String) throws -> (columns: [TableColumn], chunks: [Chunk])
    ) {
        (self.catalog, self.disk, self.createdBy, self.answer) = (catalog, disk, createdBy, answer)
    }

    /// A table as it was written.
    private struct Written {
        var table: String
        var rows, groups, bytes: Int
        var sha256: [UInt8]

        var file: String { "\(table).parquet" }
    }

    /// Every table but `events`, whose rows those of its types hold, too.
    package var allTables: [String] { catalog.tableNames.filter { $0 != "events" } }

    /// What a file says of itself beside its rows.
    /// - Parameter watermark: ns since 1970 UTC.
    package static func notes(
        table: String?, position: Int64, watermark: Int64
    ) -> [(name: String, value: String)] {
        (table.map { [(name: "plimsoll.table", value: $0)] } ?? []) + [
            (name: "plimsoll.position", value: "\(position)"),
            (name: "plimsoll.watermark", value: RFC3339.render(watermark)),
        ]
    }

    /// Writes tables, in their order, and the manifest. A manifest that stood there goes first; files of other tables
    /// stay.
    /// - Parameter names: tables; one that is named twice is written once.
    /// - Returns: what belongs to the tables and could not be shown, a line each; mostly nothing.
    /// - Throws: ``ParquetRefusal`` for names of no table, before anything is written; what reading throws;
    ///   `StorageError`.
    package func write(_ names: [String], to directory: String) throws -> [String] {
        let known = catalog.tableNames
        var tables: [any TableSource] = []
        var seen: Set<ExactText> = []
        for name in names where seen.insert(ExactText(name)).inserted {
            guard let table = catalog.table(named: name) else {
                throw ParquetRefusal(
                    description: "there is no table \(name)", advice: nameHint(to: name, known: known))
            }
            tables.append(table)
        }
        try disk.createDirectories(directory)
        let manifest = directory + "/" + Self.manifestName
        if try disk.lengthBytes(of: manifest) != nil {
            try disk.remove(manifest)
            try disk.flushDirectory(directory)
        }
        let statistics = ScanStatistics()
        var written: [Written] = []
        for table in tables { written.append(try write(table, to: directory, statistics)) }
        try disk.replace(manifest, with: text(of: written, statistics.notices))
        return statistics.notices
    }

    private func write(
        _ table: any TableSource, to directory: String, _ statistics: ScanStatistics
    ) throws -> Written {
        let whole = catalog.rollups.contains { $0.table == table.name } ? try answer(table.name) : nil
        var writer = try ParquetWriter(
            columns: whole?.columns ?? table.columns, createdBy: createdBy,
            notes: Self.notes(table: table.name, position: catalog.position, watermark: catalog.watermark))
        let request = ScanRequest(columns: Array(table.columns.indices), statistics: statistics)
        let morsels = try whole == nil ? table.morsels(for: request) : []
        let path = "\(directory)/\(table.name).parquet"
        let file = try ParquetFile.write(path, in: disk) { take in
            for group in ParquetRows.groups(of: whole?.chunks ?? []) { try writer.append(group, take) }
            for group in ParquetWriter.groups(of: morsels.map(\.rowCount)) {
                let pieces = group.map { piece, rows in
                    let morsel = morsels[piece].reading
                    return ParquetRows(rows: rows, column: morsel.column)
                }
                try writer.append(pieces, take)
            }
            try take(writer.end())
        }
        return Written(
            table: table.name, rows: writer.counts.rows, groups: writer.counts.groups, bytes: file.bytes,
            sha256: file.sha256)
    }

    private func text(of tables: [Written], _ notices: [String]) -> [UInt8] {
        var json = JSONWriter(.indented)
        json.object { json in
            json.member("format", "parquet")
            json.member("created_by", createdBy)
            json.member("position", exact: catalog.position)
            json.key("watermark")
            json.value(RFC3339.render(catalog.watermark))
            json.key("tables")
            json.array(tables) { table, json in
                json.object { json in
                    json.member("table", table.table)
                    json.member("file", table.file)
                    json.member("rows", table.rows)
                    json.member("row_groups", table.groups)
                    json.member("bytes", table.bytes)
                    json.member("sha256", hexadecimal(table.sha256))
                }
            }
            if !notices.isEmpty {
                json.key("notices")
                json.array(notices) { notice, json in json.value(notice) }
            }
        }
        json.endLine()
        return json.bytes
    }
}
