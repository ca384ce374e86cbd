package import Bytes

/// Some rows of a page: where a question wants few of many, the others are not decoded. What pages promise is checked
/// as far as it concerns these rows and the lengths of everything.
extension PageDecoder {
    /// So much of a page may be wanted that picking rows pays: one row in so many.
    private static let rowsPerWantedRow = 8

    /// The rows at `rows` of the payload of a page of `type`, as `decode` and `gather` give them, but for the texts,
    /// which are those that occur in the rows; all nulls come as a constant.
    /// - Parameter landmarks: of this payload, where it stays in memory and is not compressed.
    /// - Precondition: rows ascend and are rows of the page.
    /// - Throws: `DecodingError` whose offset counts from the start of the (decompressed) payload.
    /// - Complexity: O(rows + payload), where the payload is only passed over if it is packed.
    package static func decode(
        _ header: PageHeader, payload: ArraySlice<UInt8>, type: ColumnType, rows: [UInt32],
        landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> Vector {
        precondition(rows.last.map { Int($0) < header.rowCount } ?? true, "rows of the page")
        assert(zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 }, "rows ascend")
        let isPlain = header.encoding == .nulls || header.encoding == .constant
        if isPlain || rows.count > header.rowCount / rowsPerWantedRow {
            return try decode(header, payload: payload, type: type).gather(rows)
        }
        let plain = try plainPayload(header, payload)
        var cursor = ByteCursor(plain)
        let nullCount = header.summary.nullCount
        var places = rows
        var validity: Validity?
        if nullCount > 0 {
            let all = try nulls(&cursor, header, landmarks)
            places = all.ranks(of: rows)
            validity = all.gather(rows)
        }
        let storage = try storage(
            header, &cursor, type, count: header.rowCount - nullCount, validity, at: places, landmarks)
        guard cursor.isAtEnd else { throw cursor.failure("the end of the payload") }
        if places.isEmpty, !rows.isEmpty { return .constant(.null, type: type, count: rows.count) }
        return Vector(type: type, count: rows.count, storage: storage, validity: validity)
    }

    /// The map of a page's null rows, which it has.
    static func nulls(
        _ cursor: inout ByteCursor, _ header: PageHeader, _ landmarks: PageLandmarks?
    ) throws(DecodingError) -> Validity {
        let (count, nullCount) = (header.rowCount, header.summary.nullCount)
        if let landmarks { return try landmarks.nulls(&cursor, count: count, nullCount: nullCount) }
        return try NullMap.read(&cursor, count: count, nullCount: nullCount)
    }

    /// The texts of some rows, and no others.
    static func texts(
        _ cursor: inout ByteCursor, count: Int, at places: [UInt32], _ landmarks: PageLandmarks?
    ) throws(DecodingError) -> (codes: [UInt32], dictionary: TextDictionary) {
        let codes = try CodeStream.read(&cursor, count: count, limit: PageLimits.rowsMax, at: places, landmarks)
        let wanted = codes.sorted().withoutRepetitions
        let dictionary = try TextBlockDecoder.read(&cursor, codes: wanted, landmarks)
        let own = codes.map { code in UInt32(truncatingIfNeeded: wanted.partitioningIndex { $0 >= code }) }
        return (own, dictionary)
    }
}

extension Array where Element == UInt32 {
    /// Each once.
    /// - Precondition: equal ones stand together.
    fileprivate var withoutRepetitions: [UInt32] {
        var result: [UInt32] = []
        for value in self where value != result.last { result.append(value) }
        return result
    }
}

extension Validity {
    /// Of those of `rows` that are present: how many present rows come before.
    /// - Precondition: rows ascend and are rows.
    func ranks(of rows: [UInt32]) -> [UInt32] {
        var ranks: [UInt32] = []
        ranks.reserveCapacity(rows.count)
        var (word, before) = (0, 0)
        for row in rows where self[Int(row)] {
            while word < Int(row) >> 6 {
                before += words[word].nonzeroBitCount
                word += 1
            }
            let below = words[word] & ((1 << UInt64(row & 63)) - 1)
            ranks.append(UInt32(truncatingIfNeeded: before + below.nonzeroBitCount))
        }
        return ranks
    }
}
