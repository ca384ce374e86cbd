import ArgumentParser
import Domain
import Execution
import ParquetFiles
import Plans
import Platform

/// How the answer of a query is printed.
enum QueryForm: String, ExpressibleByArgument, CaseIterable {
    case table, csv, json, ndjson, parquet

    /// nil: it is no text.
    var ofText: ResultFormat? { ResultFormat(rawValue: rawValue) }

    /// - Throws: ``CommandFailure`` where the answer would be no use: bytes for a person, or of a server, which writes
    ///   texts alone.
    func check(_ source: Source) throws {
        guard ofText == nil else { return }
        if case .server = source { throw CommandFailure.parquetOfServer }
        if StandardStream.output.isTerminal {
            throw CommandFailure(
                .badInput, "Parquet is no text, and this is a terminal", advice: "write it to a file, with > FILE")
        }
    }
}

/// Answers as Parquet.
enum ParquetOutcome {
    /// What files say made them.
    static let createdBy = "plimsoll version \(Version.text)"

    /// Writes the rows to standard output, a row group at a time, as far as somebody reads there.
    static func write(_ result: ResultSet) throws {
        var writer = try ParquetWriter(
            columns: result.columns, createdBy: createdBy,
            notes: ParquetExport.notes(table: nil, position: result.position, watermark: result.watermark))
        for group in ParquetRows.groups(of: result.chunks) {
            try writer.append(group) { _ = try StandardStream.output.write($0) }
        }
        try StandardStream.output.write(writer.end())
    }
}

extension CommandFailure {
    /// Whoever wants Parquet names a directory.
    static let parquetOfServer = CommandFailure(
        .badInput, "a server gives no Parquet",
        advice: "name its data directory with --data DIR, which may be served meanwhile")
}
