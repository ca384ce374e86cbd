/// Picks rows of vectors by position.
extension Vector {
    /// The rows at `positions`, in that order; a position may repeat.
    /// - Precondition: every position is a row.
    /// - Complexity: O(positions).
    package func gather(_ positions: [UInt32]) -> Vector {
        assert(positions.allSatisfy { $0 < count }, "every position is a row")
        let picked: Storage
        switch storage {
        case .int64(let values): picked = .int64(gathered(values, positions))
        case .int128(let values): picked = .int128(gathered(values, positions))
        case .double(let values): picked = .double(gathered(values, positions))
        case .boolean(let values): picked = .boolean(gathered(values, positions))
        case .text(let codes, let dictionary): picked = .text(codes: gathered(codes, positions), dictionary: dictionary)
        case .interval(let values): picked = .interval(gathered(values, positions))
        case .scalars(let values): picked = .scalars(gathered(values, positions))
        case .constant: picked = storage
        }
        return Vector(type: type, count: positions.count, storage: picked, validity: validity?.gather(positions))
    }

    /// As `gather`, where `UInt32.max` stands for a missing row: null.
    package func gatherOrNull(_ positions: [UInt32]) -> Vector {
        guard positions.contains(.max) else { return gather(positions) }
        guard count > 0 else { return .constant(.null, type: type, count: positions.count) }
        assert(positions.allSatisfy { $0 < count || $0 == .max }, "every position is a row or missing")
        let picked: Storage
        switch storage {
        case .int64(let values): picked = .int64(gathered(values, positions, missing: 0))
        case .int128(let values): picked = .int128(gathered(values, positions, missing: 0))
        case .double(let values): picked = .double(gathered(values, positions, missing: 0))
        case .boolean(let values): picked = .boolean(gathered(values, positions, missing: false))
        case .text(let codes, let dictionary):
            picked = .text(codes: gathered(codes, positions, missing: 0), dictionary: dictionary)
        case .interval(let values): picked = .interval(gathered(values, positions, missing: Interval()))
        case .scalars(let values): picked = .scalars(gathered(values, positions, missing: .null))
        case .constant(let value):
            if value.isNull { return .constant(.null, type: type, count: positions.count) }
            return expanded().gatherOrNull(positions)
        }
        return Vector(
            type: type, count: positions.count, storage: picked, validity: Self.present(positions, in: validity))
    }

    /// Which rows at `positions` have a value, a word of them at a time.
    private static func present(_ positions: [UInt32], in validity: Validity?) -> Validity {
        let source = positions.span
        let known = validity?.words ?? []
        let others = known.span
        let words = (0..<(source.count + 63) / 64).map { word -> UInt64 in
            var bits: UInt64 = 0
            for row in word * 64..<min(word * 64 + 64, source.count) {
                let position = source[row]
                var bit: UInt64 = position == .max ? 0 : 1
                if bit == 1, !known.isEmpty {
                    bit = (others[Int(position >> 6)] &>> UInt64(position & 63)) & 1
                }
                bits |= bit &<< UInt64(row & 63)
            }
            return bits
        }
        return Validity(words: words, count: source.count)
    }

    /// A constant as the array it stands for; any other vector as it is.
    func expanded() -> Vector {
        guard case .constant(let value) = storage else { return self }
        if !value.isNull, let array = Self.repeated(value, count: count, type: type) {
            return Vector(type: type, count: count, storage: array)
        }
        if value.isNull, count > 0, let zeros = Self.zeros(count, type: type) {
            return Vector(
                type: type, count: count, storage: zeros, validity: Validity(count: count, allValid: false))
        }
        return Vector(type: type, scalars: Array(repeating: value, count: count))
    }

    /// What lies in null rows of a type; nil for the types that are rarely stored.
    private static func zeros(_ count: Int, type: ColumnType) -> Storage? {
        switch type {
        case .integer, .timestamptz, .timestamp, .date, .numeric: .int64(Array(repeating: 0, count: count))
        case .double: .double(Array(repeating: 0, count: count))
        case .boolean: .boolean(Array(repeating: false, count: count))
        case .text, .json: .text(codes: Array(repeating: 0, count: count), dictionary: TextDictionary.empty)
        case .interval, .array, .null: nil
        }
    }

    private static func repeated(_ value: Scalar, count: Int, type: ColumnType) -> Storage? {
        switch value {
        case .integer(let v), .timestamptz(let v), .timestamp(let v), .date(let v):
            .int64(Array(repeating: v, count: count))
        case .double(let v): .double(Array(repeating: v, count: count))
        case .boolean(let v): .boolean(Array(repeating: v, count: count))
        case .text(let v), .json(let v):
            .text(codes: Array(repeating: 0, count: count), dictionary: TextDictionary([v]))
        default: nil
        }
    }
}

extension Validity {
    /// The bits at `positions`.
    package func gather(_ positions: [UInt32]) -> Validity? {
        assert(positions.allSatisfy { $0 < count }, "every position is a row")
        var words = [UInt64](repeating: 0, count: (positions.count + 63) / 64)
        let source = self.words
        var index = 0
        for word in words.indices {
            var bits: UInt64 = 0
            let end = min(64, positions.count - index)
            for bit in 0..<end {
                let position = Int(positions[index + bit])
                bits |= ((source[position >> 6] >> UInt64(position & 63)) & 1) << UInt64(bit)
            }
            words[word] = bits
            index += end
        }
        let result = Validity(words: words, count: positions.count)
        return result.validCount == positions.count ? nil : result
    }

    /// Rows present in both.
    package func intersection(_ other: Validity) -> Validity {
        assert(other.count == count, "rows of one chunk")
        var words = self.words
        let others = other.words
        for index in words.indices { words[index] &= others[index] }
        return Validity(words: words, count: count)
    }
}

private func gathered<Value>(_ values: [Value], _ positions: [UInt32]) -> [Value] {
    let source = values.span
    let rows = positions.span
    return [Value](computing: rows.count) { source[Int(rows[$0])] }
}

/// `missing` where a position is `UInt32.max`.
private func gathered<Value>(_ values: [Value], _ positions: [UInt32], missing: Value) -> [Value] {
    let source = values.span
    let rows = positions.span
    return [Value](computing: rows.count) { rows[$0] == .max ? missing : source[Int(rows[$0])] }
}

extension Array {
    /// `count` elements computed in order.
    fileprivate init(computing count: Int, _ element: (Int) -> Element) {
        self.init(capacity: count) { output in
            for index in 0..<count { output.append(element(index)) }
        }
    }
}
