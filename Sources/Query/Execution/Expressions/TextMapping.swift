import Columnar

/// Runs a function once per dictionary entry instead of once per row.
enum TextMapping {
    /// A function of two columns of texts runs once for each pair of entries that occurs.
    /// - Parameter transform: entries → value.
    /// - Returns: nil where pairs could be as many as rows, and where a row is null.
    static func map(
        _ left: Vector, _ right: Vector, type: ColumnType, _ transform: (Scalar, Scalar) throws -> Scalar
    ) throws -> Vector? {
        guard left.validity == nil, right.validity == nil, case .text(let codes, let dictionary) = left.storage,
            case .text(let others, let entries) = right.storage, left.type == .text, right.type == .text
        else { return nil }
        let (count, isBeyond) = dictionary.count.multipliedReportingOverflow(by: entries.count)
        guard !isBeyond, count <= codes.count / 4 else { return nil }
        let width = UInt32(truncatingIfNeeded: entries.count)
        let pairs = zipOperands(Operand.array(codes), Operand.array(others), count: codes.count) { $0 &* width &+ $1 }
        let (order, entryOfPair, _) = occurring(pairs, below: count, nil)
        let values = try order.map { pair in
            let (one, other) = Int(pair).quotientAndRemainder(dividingBy: entries.count)
            return try transform(.text(dictionary[one]), .text(entries[other]))
        }
        if values.count == 1 { return .constant(values[0], type: type, count: codes.count) }
        return Vector(type: type, scalars: values).gather(pairs.span.looked(up: entryOfPair))
    }

    /// - Parameter transform: entry (or null, for null rows) → value. Only entries that a row uses are transformed, so
    ///   an entry nobody sees cannot fail.
    static func map(
        _ codes: [UInt32], _ dictionary: TextDictionary, validity: Validity?, type: ColumnType, isJSON: Bool,
        _ transform: (Scalar) throws -> Scalar
    ) throws -> Vector {
        let (order, entryOfCode, hasNulls) = occurring(codes, below: dictionary.count, validity)
        var entries = try order.map { code in
            let text = dictionary[Int(code)]
            return try transform(isJSON ? .json(text) : .text(text))
        }
        let null = hasNulls ? try transform(.null) : nil
        if let truth = truths(codes, entryOfCode, entries, null, validity) { return truth }
        if let null { entries.append(null) }
        if entries.count == 1 { return .constant(entries[0], type: type, count: codes.count) }
        var positions = codes.span.looked(up: entryOfCode)
        if null != nil, let validity { replaceNulls(&positions, by: UInt32(entries.count - 1), validity) }
        assert(positions.allSatisfy { $0 < entries.count }, "an entry for each row")
        return Vector(type: type, scalars: entries).gather(positions)
    }

    /// The codes that rows have which are not null, in the order in which they appear; by code its place among them, 0
    /// where it has none; and whether any row is null.
    private static func occurring(
        _ codes: [UInt32], below count: Int, _ validity: Validity?
    ) -> (order: [UInt32], places: [UInt32], hasNulls: Bool) {
        var order: [UInt32] = []
        // One more than the place, until all are known.
        var places = [UInt32](repeating: 0, count: max(1, count))
        let source = codes.span
        var present = 0
        func note(_ code: UInt32) {
            guard places[Int(code)] == 0 else { return }
            order.append(code)
            places[Int(code)] = UInt32(order.count)
        }
        if let validity {
            let words = validity.words.span
            for word in 0..<words.count {
                var bits = words[word]
                present += bits.nonzeroBitCount
                while bits != 0 {
                    note(source[word * 64 + bits.trailingZeroBitCount])
                    bits &= bits &- 1
                }
            }
        } else {
            present = source.count
            for row in 0..<source.count { note(source[row]) }
        }
        for code in order { places[Int(code)] -= 1 }
        return (order, places, present < source.count)
    }

    /// Truths by code where null stays null and nothing else becomes it; nil of what is otherwise.
    private static func truths(
        _ codes: [UInt32], _ entryOfCode: [UInt32], _ entries: [Scalar], _ null: Scalar?, _ validity: Validity?
    ) -> Vector? {
        guard null?.isNull ?? true, !entries.isEmpty else { return nil }
        var truth: [Bool] = []
        for entry in entries {
            guard case .boolean(let value) = entry else { return nil }
            truth.append(value)
        }
        let byCode = entryOfCode.map { truth[Int($0)] }
        var rows = codes.span.looked(up: byCode)
        // Rows that are null have code 0.
        if byCode[0] { clearNulls(&rows, validity) }
        return Vector(type: .boolean, count: codes.count, storage: .boolean(rows), validity: validity)
    }

    private static func replaceNulls(_ positions: inout [UInt32], by entry: UInt32, _ validity: Validity) {
        for (index, word) in validity.words.enumerated() where word != .max {
            for row in index * 64..<min(index * 64 + 64, positions.count) where word >> UInt64(row & 63) & 1 == 0 {
                positions[row] = entry
            }
        }
    }

    /// Truth by code: for comparisons and LIKE, which answer the same for every row of a code.
    static func test(
        _ codes: [UInt32], _ dictionary: TextDictionary, validity: Validity?, _ predicate: (ArraySlice<UInt8>) -> Bool
    ) -> Vector {
        var truth = [Bool](repeating: false, count: max(dictionary.count, 1))
        if dictionary.count <= codes.count {
            for code in 0..<dictionary.count { truth[code] = predicate(dictionary.utf8(code)) }
        } else {
            var isKnown = truth
            for code in codes where Int(code) < dictionary.count && !isKnown[Int(code)] {
                isKnown[Int(code)] = true
                truth[Int(code)] = predicate(dictionary.utf8(Int(code)))
            }
        }
        var result = codes.span.looked(up: truth)
        clearNulls(&result, validity)
        return Vector(type: .boolean, count: codes.count, storage: .boolean(result), validity: validity)
    }

    static func clearNulls(_ values: inout [Bool], _ validity: Validity?) {
        assert(validity == nil || validity?.count == values.count, "a bit for each row")
        guard let validity else { return }
        for (index, word) in validity.words.enumerated() where word != .max {
            for row in index * 64..<min(index * 64 + 64, values.count) where word >> UInt64(row & 63) & 1 == 0 {
                values[row] = false
            }
        }
    }
}
