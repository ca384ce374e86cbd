internal import Bytes
internal import Columnar
internal import Platform

// Bytes with remarks: the same text serves `inspect` and the tests that hold the format still.

/// Collects lines of offset, hexadecimal bytes and meaning.
package struct ByteAnnotations: Sendable {
    /// One line a field.
    package private(set) var lines: [String] = []

    /// Starts empty.
    package init() {}

    /// A field; of a long one the first sixteen bytes are shown.
    package mutating func add(_ bytes: ArraySlice<UInt8>, at offset: Int, _ meaning: String) {
        let shown = bytes.prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count < 2 ? "0" + digits : digits
        }.joined(separator: " ")
        let hex = bytes.count > 16 ? shown + " … (\(bytes.count))" : shown
        lines.append(Self.padded("\(offset)", 8) + Self.padded(hex, 56) + meaning)
    }

    /// The lines, each ended.
    package var text: String { lines.joined(separator: "\n") + "\n" }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }
}

extension SegmentReader {
    /// Header, first page, footer and trailer of the file, field by field. Reads those parts only.
    package func remarks() throws -> String {
        var remarks = ByteAnnotations()
        let head = try file.read(exactly: SegmentLimits.headerBytes, at: 0)
        remarks.add(head[0..<8], at: 0, "magic PLIMSEGM")
        remarks.add(head[8..<9], at: 8, "version \(head[8])")
        remarks.add(head[9..<16], at: 9, "zeros")
        remarks.add(head[16..<24], at: 16, "segment id \(segmentID)")
        remarks.add(head[24..<32], at: 24, "checksum of 0..<24")
        for table in footer.tables {
            for (column, reference) in (table.groups.first?.pages ?? []).enumerated() {
                guard let reference, reference.page.length > 0 else { continue }
                try add(reference, "\(table.name).\(table.columns[column].name)", table.columns[column].type, &remarks)
            }
        }
        let trailer = lengthBytes - SegmentLimits.trailerBytes
        let start = trailer - footerBytes
        let directory = try file.read(exactly: footerBytes, at: start)
        remarks.add(directory[0..<8], at: start, "checksum of the footer")
        remarks.add(directory[8...], at: start + 8, "footer: \(footer.tables.count) tables")
        let tail = try file.read(exactly: SegmentLimits.trailerBytes, at: trailer)
        remarks.add(tail[0..<8], at: trailer, "footer offset \(start)")
        remarks.add(tail[8..<16], at: trailer + 8, "footer length \(footerBytes)")
        remarks.add(tail[16..<24], at: trailer + 16, "magic MGESMILP")
        remarks.add(tail[24..<32], at: trailer + 24, "checksum of the trailer")
        return remarks.text
    }

    private func add(_ reference: PageReference, _ name: String, _ type: ColumnType, _ remarks: inout ByteAnnotations)
        throws
    {
        let start = reference.page.offset
        let bytes = try file.read(exactly: reference.page.length, at: start)
        var cursor = ByteCursor(bytes[8...])
        _ = try PageHeader(from: &cursor, type: type)
        let payload = 8 + cursor.offset
        let header = reference.header
        remarks.add(bytes[0..<8], at: start, "\(name): checksum of the page")
        remarks.add(bytes[8..<9], at: start + 8, "page version \(bytes[8])")
        remarks.add(bytes[9..<10], at: start + 9, "encoding \(header.encoding)")
        remarks.add(bytes[10..<11], at: start + 10, "flags, compression \(header.compression)")
        remarks.add(
            bytes[11..<payload], at: start + 11,
            "\(header.rowCount) rows, \(header.summary.nullCount) null, summary, lengths")
        remarks.add(bytes[payload...], at: start + payload, "payload")
    }
}
