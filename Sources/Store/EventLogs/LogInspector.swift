internal import Bytes
package import Platform

/// Renders a log file as text: offset, bytes in hexadecimal, meaning. Shows what is there, damaged or not, and never
/// fails on contents.
package struct LogInspector {
    /// How much to show.
    package enum Detail: Sendable {
        /// A line a record.
        case records
        /// Every byte of headers, and payloads up to a number of bytes each.
        case bytes(payloadMax: Int)
    }

    private let detail: Detail
    private let line: (String) -> Void

    /// Calls `line` once for each line of text.
    /// - Throws: ``StorageError`` of reading.
    package static func inspect(_ file: any File, detail: Detail, line: @escaping (String) -> Void) throws {
        try LogInspector(detail: detail, line: line).run(file)
    }

    private func run(_ file: any File) throws {
        let head = try LogFileHead(of: file)
        let length = head.lengthBytes
        line("\(fileName(of: file.path)): \(length) bytes")
        guard let header = describe(head) else { return }
        var reader = LogFileReader(
            file: file, header: header, offset: LogFormat.fileHeaderBytes, chain: header.chain, limit: header.fileBytes)
        var records = 0
        while case .record(let record) = try reader.next() {
            records += 1
            try describe(record, file, reader.offset)
        }
        let torn = try reader.tornHeader()
        let end = reader.offset
        let remains = try reader.searchRemains()
        line("\(hexadecimal(end)) end of \(records) records, \(length - end) bytes free")
        if let witness = remains.witness {
            line(
                "\(hexadecimal(end)) DAMAGED: the record at \(hexadecimal(witness)) says that this place was flushed"
            )
        } else if let torn {
            line("\(hexadecimal(end)) torn record of \(torn.recordBytes) bytes")
        }
        if remains.orphans > 0 { line("\(remains.orphans) orphaned records behind the end") }
    }

    /// The sector's fields; the header where they are intact.
    private func describe(_ head: LogFileHead) -> LogFileHeader? {
        let sector = head.sector
        func number(_ offset: Int, _ width: Int) -> UInt64 {
            guard offset + width <= sector.count else { return 0 }
            return sector[offset..<(offset + width)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        if case .bytes = detail {
            let fields: [(Int, Int, String)] = [
                (0, 7, "magic"), (7, 1, "version \(number(7, 1))"), (8, 8, "log id"),
                (16, 8, "file number \(number(16, 8))"),
                (24, 8, "file bytes \(number(24, 8))"), (32, 8, "first position \(number(32, 8))"),
                (40, 8, "end of the file before \(number(40, 8))"), (48, 4, "chain of the file before"),
                (52, 4, "zero"),
                (56, 8, "checksum"),
            ]
            for (offset, width, remark) in fields where offset + width <= sector.count {
                dump(Array(sector[offset..<(offset + width)]), at: offset, remark)
            }
        }
        do {
            let header = try head.header(number: number(16, 8))
            line("\(hexadecimal(0)) file \(header.fileNumber), first position \(header.firstPosition), intact")
            return header
        } catch {
            let verdict = error.isOfNewerForm ? "of a newer version of plimsoll" : "DAMAGED"
            line("\(hexadecimal(error.offset)) \(verdict): expected \(error.expectation)")
            return nil
        }
    }

    private func describe(_ record: LogRecord, _ file: any File, _ end: Int) throws {
        let start = record.place.offset
        guard case .bytes(let payloadMax) = detail else {
            line("\(hexadecimal(start)) \(summary(record))")
            return
        }
        let bytes = try file.read(upTo: LogFormat.recordHeaderBytes, at: start)
        guard let header = try? LogRecordHeader(parsing: bytes[...]) else { return }
        line("\(hexadecimal(start)) \(summary(record))")
        let fields: [(Int, Int, String)] = [
            (0, 8, "checksum, intact"), (8, 4, "payload bytes \(header.payloadBytes)"), (12, 1, "kind \(header.kind)"),
            (13, 1, "zero"),
            (14, 2, "file number, low"), (16, 4, "count \(header.count)"), (20, 4, "chain"),
            (24, 8, "position \(header.position)"),
            (32, 8, "received time \(header.receivedTime)"),
            (40, 8, "flushed up to \(hexadecimal(header.flushedOffset))"),
            (48, 8, "log id"),
        ]
        for (offset, width, remark) in fields {
            dump(Array(bytes[offset..<(offset + width)]), at: start + offset, remark)
        }
        let shown = Array(record.payload.prefix(payloadMax))
        for index in stride(from: 0, to: shown.count, by: 8) {
            dump(
                Array(shown[index..<min(index + 8, shown.count)]), at: start + LogFormat.recordHeaderBytes + index,
                "payload")
        }
        if record.payload.count > shown.count {
            line("         \(record.payload.count - shown.count) more payload bytes")
        }
        let payloadEnd = start + LogFormat.recordHeaderBytes + record.payload.count
        if end > payloadEnd { dump([UInt8](repeating: 0, count: end - payloadEnd), at: payloadEnd, "padding") }
    }

    private func summary(_ record: LogRecord) -> String {
        let events = record.count > 0 ? ", \(record.count) events" : ""
        return "\(record.kind), position \(record.position)\(events), \(record.payload.count) payload bytes"
    }

    private func dump(_ bytes: [UInt8], at offset: Int, _ remark: String) {
        let text = bytes.map { hexadecimal(Int($0), digits: 2) }.joined(separator: " ")
        line("\(hexadecimal(offset))   \(text)\(String(repeating: " ", count: max(1, 25 - text.utf8.count)))\(remark)")
    }

    private func hexadecimal(_ value: Int, digits: Int = 8) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
