import Columnar
import Foundation
import Hashing
import Platform
import Segments

/// A temporary directory that goes with the closure.
func withTemporaryDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("segments-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

let callColumns = [
    SegmentColumn(name: "time", type: .timestamptz),
    SegmentColumn(name: "conversation_id", type: .text, hint: .lookup),
    SegmentColumn(name: "model", type: .text),
    SegmentColumn(name: "cost_usd", type: .numeric(scale: 12)),
    SegmentColumn(name: "ok", type: .boolean),
    SegmentColumn(name: "error_type", type: .text),
]

/// `rows` calls from number `first` on, one a second.
func callChunk(first: Int, rows: Int) -> Chunk {
    var conversations = TextDictionaryBuilder()
    let codes = (0..<rows).map { conversations.code(of: "c-\(1_000_000 + (first + $0) / 5)") }
    let models = TextDictionary(["small", "large", "local"])
    var validity = Validity(count: rows, allValid: false)
    for row in stride(from: 0, to: rows, by: 7) { validity[row] = true }
    return Chunk(
        columns: [
            Vector(
                type: .timestamptz, count: rows, storage: .int64((0..<rows).map { Int64(first + $0) * 1_000_000_000 })),
            Vector(type: .text, count: rows, storage: .text(codes: codes, dictionary: conversations.finish())),
            Vector(
                type: .text, count: rows, storage: .text(codes: (0..<rows).map { UInt32($0 % 3) }, dictionary: models)),
            Vector(type: .numeric(scale: 12), count: rows, storage: .int64((0..<rows).map { Int64($0 * 150_000) })),
            .constant(.boolean(true), type: .boolean, count: rows),
            Vector(
                type: .text, count: rows,
                storage: .text(codes: Array(repeating: 0, count: rows), dictionary: TextDictionary(["timeout"])),
                validity: validity),
        ], rowCount: rows)
}

/// A segment of `groups` groups of calls and one table beside.
func writeSample(
    _ fileSystem: any FileSystem, _ directory: String, id: UInt64 = 7, groups: Int = 3, rows: Int = 100
) throws -> SegmentDescription {
    let writer = try SegmentWriter(fileSystem: fileSystem, directory: directory, segmentID: id)
    for group in 0..<groups {
        try writer.add(table: "llm_call", columns: callColumns, chunk: callChunk(first: group * rows, rows: rows))
    }
    let side = Chunk(columns: [Vector(type: .double, count: 2, storage: .double([0.5, .nan]))], rowCount: 2)
    try writer.add(table: "feedback", columns: [SegmentColumn(name: "score", type: .double)], chunk: side)
    writer.add(identities: (0..<UInt64(groups * rows)).map(identityHash))
    return try writer.finish(metadata: [1, 2, 3])
}

/// Everything a segment answers, as text.
func contents(_ reader: SegmentReader) throws -> String {
    var lines: [String] = ["metadata \(reader.metadata)"]
    for table in reader.tableNames {
        for group in reader.groups(table: table) {
            for (index, column) in group.columns.enumerated() {
                lines.append(
                    "\(table) \(group.index) \(column.name) \(rows(try group.column(index))) \(group.summary(index))")
            }
        }
    }
    return lines.joined(separator: "\n")
}

private func rows(_ vector: Vector) -> String {
    (0..<vector.count).map { row in
        if let validity = vector.validity, !validity[row] { return "-" }
        switch vector.storage {
        case .int64(let values): return "\(values[row])"
        case .double(let values): return "\(values[row].bitPattern)"
        case .boolean(let values): return "\(values[row])"
        case .text(let codes, let dictionary): return dictionary[Int(codes[row])]
        case .constant(let value): return "\(value)"
        default: return "?"
        }
    }.joined(separator: ",")
}

/// A well-mixed hash, as identities have.
func identityHash(_ number: UInt64) -> UInt64 { xxh3((0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }) }
