import Bytes
import Columnar

/// Pages of columns, without the file around them.
extension FuzzTarget {
    static let pages = [
        FuzzTarget(
            "page", "a type, a header and a payload: rows as the header says, or none; encoded again the same",
            bytesMax: 8_192, seeds: samplePages
        ) { bytes in
            guard let first = bytes.first else { return }
            let type = types[Int(first) % types.count]
            let header: PageHeader
            let vector: Vector
            do throws(DecodingError) {
                var cursor = ByteCursor(bytes[1...])
                var told = try PageHeader(from: &cursor, type: type)
                let payload = try cursor.readSlice(cursor.remaining)
                told.storedBytes = payload.count
                if told.compression == .none { told.payloadBytes = payload.count }
                header = told
                vector = try PageDecoder.decode(header, payload: payload, type: type)
            } catch { return }
            try require(vector.count == header.rowCount, "rows as the header says")
            let page = PageEncoder.encode(vector)
            let again: Vector
            do throws(DecodingError) {
                again = try PageDecoder.decode(page.header, payload: page.payload[...], type: type)
            } catch { throw FuzzFinding("a page that was encoded is refused: \(error)") }
            for row in stride(from: 0, to: vector.count, by: 1 + vector.count / 64) {
                try require(again.scalar(at: row) == vector.scalar(at: row), "a page that was encoded has its rows")
            }
        }
    ]

    private static let types: [ColumnType] = [
        .boolean, .integer, .double, .numeric(scale: 12), .text, .timestamptz, .timestamp, .date, .json,
    ]

    /// A page of each type, of values that repeat and of such that do not, with and without nulls.
    private static func samplePages() -> [[UInt8]] {
        var pages: [[UInt8]] = []
        for (number, type) in types.enumerated() {
            for (spread, compression) in [(3, PageEffort.none), (1_000_003, .lz4), (977, .zstd)] {
                var builder = ColumnBuilder(type: type)
                for row in 0..<64 {
                    guard row % 9 != 4 else {
                        builder.padNulls(to: row + 1)
                        continue
                    }
                    append(row * 7_919 % spread, to: &builder)
                }
                let page = PageEncoder.encode(builder.finish(), options: PageOptions(compression: compression))
                pages.append([UInt8(number)] + page.headerBytes + page.payload)
            }
        }
        return pages
    }

    private static func append(_ value: Int, to builder: inout ColumnBuilder) {
        switch builder.type {
        case .boolean: builder.append(boolean: value % 2 == 0)
        case .double: builder.append(double: Double(value) / 8)
        case .numeric: builder.append(wide: Int128(value) << 60)
        case .text: builder.append(text: "text \(value)")
        case .json: builder.append(text: #"{"a":\#(value)}"#)
        default: builder.append(integer: Int64(value))
        }
    }
}
