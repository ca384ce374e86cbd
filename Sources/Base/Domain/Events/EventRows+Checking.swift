package import Bytes

extension EventRows {
    /// Takes rows end to end and proves their shape: lengths add up, types and columns are known, fields ascend, values
    /// are of the column's kind, and the identity stands in front. What passes can be walked by ``EventRowCursor``
    /// without a check.
    /// - Throws: with the offset of the first byte that is not what a row promises.
    /// - Complexity: O(bytes).
    package init(checking bytes: [UInt8], registry: SchemaRegistry) throws(DecodingError) {
        var starts: [UInt32] = []
        var start = 0
        while start < bytes.count {
            starts.append(UInt32(start))
            start = try Self.checkRow(bytes, at: start, registry)
        }
        assert(start == bytes.count, "rows lie end to end")
        self.init(bytes: bytes, starts: starts)
    }

    /// - Returns: where the row ends.
    private static func checkRow(_ bytes: [UInt8], at start: Int, _ registry: SchemaRegistry) throws(DecodingError)
        -> Int
    {
        func wrong(_ offset: Int, _ expectation: String) -> DecodingError {
            DecodingError(offset: offset, expectation: expectation)
        }
        guard bytes.count - start >= EventRowWriter.headerBytes else { throw wrong(start, "a row header") }
        let row = EventRow(bytes, at: start)
        let end = row.range.upperBound
        guard end - start >= EventRowWriter.headerBytes, end <= bytes.count else {
            throw wrong(start, "a row that ends in its record")
        }
        guard Int(row.type) < registry.types.count else {
            throw wrong(start + 4, "a known event type")
        }
        guard bytes[start + 6] & ~1 == 0 else { throw wrong(start + 6, "no flag but that of an absent time") }
        var cursor = ByteCursor(bytes[(start + EventRowWriter.headerBytes)..<end])
        var count = 0
        var last = -1
        let known = registry.wellKnown
        while !cursor.isAtEnd {
            let at = cursor.index
            let column = Int(try cursor.read(littleEndian: UInt16.self))
            guard column > last, column < registry.columns.count else {
                throw wrong(at, "a known column after the one before")
            }
            if count < 3, column != Int([known.id, known.source, known.tenant][count]) {
                throw wrong(at, "id, source and tenant first")
            }
            last = column
            count += 1
            try checkValue(&cursor, registry.columns[column].type)
        }
        guard count >= 3, count & 0xFF == Int(bytes[start + 7]) else { throw wrong(start + 7, "\(count) fields") }
        return end
    }

    private static func checkValue(_ cursor: inout ByteCursor, _ type: FieldType) throws(DecodingError) {
        let kind = EventFieldKind(rawValue: try cursor.readByte())
        switch (type, kind) {
        case (.integer, .integer), (.timestamp, .integer), (.money, .integer): _ = try cursor.readZigzag()
        case (.double, .double): _ = try cursor.readDouble()
        case (.boolean, .boolean): guard try cursor.readByte() <= 1 else { throw cursor.failure("0 or 1") }
        case (.text, .text), (.json, .json): _ = try cursor.readSlice(try cursor.readCount(max: cursor.remaining))
        default: throw cursor.failure("a value of the column's type")
        }
    }
}
