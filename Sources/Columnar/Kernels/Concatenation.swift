/// Joins vectors end to end.
extension Vector {
    /// The vectors one after another. Dictionaries are joined as they are: a text may then stand under several codes.
    /// - Complexity: O(rows + dictionary bytes).
    package static func concatenate(_ parts: [Vector], type: ColumnType) -> Vector {
        let filled = parts.filter { $0.count > 0 }
        if filled.count == 1 { return filled[0] }
        if filled.isEmpty { return Vector(type: type, scalars: []) }
        if case .constant(let first) = filled[0].storage,
            filled.allSatisfy({ if case .constant(let value) = $0.storage { value == first } else { false } })
        {
            return .constant(first, type: type, count: filled.reduce(0) { $0 + $1.count })
        }
        let count = filled.reduce(0) { $0 + $1.count }
        // What is null throughout is no array to be copied.
        let arrays = filled.map { $0.isAbsent ? $0 : $0.typedConstant(type).expanded() }
        let storage =
            joinedStorage(arrays, count: count)
            ?? .scalars(arrays.flatMap { part in (0..<part.count).map { part.scalar(at: $0) } })
        assert(arrays.reduce(0) { $0 + $1.count } == count, "no row is lost")
        return Vector(type: type, count: count, storage: storage, validity: joinedValidity(arrays, count: count))
    }

    private func typedConstant(_ type: ColumnType) -> Vector {
        self.type == .null ? typed(type) : self
    }

    private static func joinedValidity(_ parts: [Vector], count: Int) -> Validity? {
        guard parts.contains(where: { !$0.hasNoNulls }) else { return nil }
        var result = Validity(count: 0, allValid: true)
        for part in parts {
            if part.isAllNull {
                result.append(nulls: part.count)
            } else if part.hasNoNulls {
                result.append(valid: part.count)
            } else if case .scalars = part.storage {
                for row in 0..<part.count { result.append(!part.isNull(row)) }
            } else if let validity = part.validity {
                result.append(validity)
            }
        }
        assert(result.count == count, "a bit for each row")
        return result
    }

    private static func joinedStorage(_ parts: [Vector], count: Int) -> Storage? {
        guard let first = parts.first(where: { !$0.isAbsent }) else { return nil }
        switch first.storage {
        case .int64:
            let values: [Int64]? = joined(parts, count, zero: 0) {
                if case .int64(let values) = $0.storage { values } else { nil }
            }
            return values.map { .int64($0) } ?? joinedWide(parts, count, first.type)
        case .int128: return joinedWide(parts, count, first.type)
        case .double:
            let values: [Double]? = joined(parts, count, zero: 0) {
                if case .double(let values) = $0.storage { values } else { nil }
            }
            return values.map { .double($0) }
        case .boolean:
            let values: [Bool]? = joined(parts, count, zero: false) {
                if case .boolean(let values) = $0.storage { values } else { nil }
            }
            return values.map { .boolean($0) }
        case .interval:
            let values: [Interval]? = joined(parts, count, zero: Interval()) {
                if case .interval(let values) = $0.storage { values } else { nil }
            }
            return values.map { .interval($0) }
        case .text: return joinedTexts(parts, count)
        default: return nil
        }
    }

    private static func joined<Value>(
        _ parts: [Vector], _ count: Int, zero: Value, _ values: (Vector) -> [Value]?
    ) -> [Value]? {
        var result: [Value] = []
        result.reserveCapacity(count)
        for part in parts {
            if part.isAbsent {
                result.append(contentsOf: repeatElement(zero, count: part.count))
                continue
            }
            guard let piece = values(part) else { return nil }
            result.append(contentsOf: piece)
        }
        assert(result.count == count, "a value for each row")
        return result
    }

    private static func joinedWide(_ parts: [Vector], _ count: Int, _ type: ColumnType) -> Storage? {
        joined(parts, count, zero: 0) { part -> [Int128]? in
            guard part.type == type else { return nil }
            switch part.storage {
            case .int64(let values): return values.map { Int128($0) }
            case .int128(let values): return values
            default: return nil
            }
        }.map { .int128($0) }
    }

    private static func joinedTexts(_ parts: [Vector], _ count: Int) -> Storage? {
        var result: [UInt32] = []
        result.reserveCapacity(count)
        var bytes: [UInt8] = []
        var offsets: [UInt32] = [0]
        var bases: [ObjectIdentifier: UInt32] = [:]
        var shared: TextDictionary?
        var isShared = true
        for part in parts where !part.isAbsent {
            guard case .text(_, let dictionary) = part.storage else { return nil }
            // All rows are null: any code will do.
            if dictionary.count == 0 { continue }
            if let shared, !shared.agrees(with: dictionary) { isShared = false }
            // Of a family the one that has all their codes.
            if dictionary.count >= shared?.count ?? 0 { shared = dictionary }
        }
        for part in parts {
            if part.isAbsent {
                result.append(contentsOf: repeatElement(0, count: part.count))
                continue
            }
            guard case .text(let codes, let dictionary) = part.storage else { return nil }
            if isShared {
                result.append(contentsOf: codes)
                continue
            }
            let base: UInt32
            if let known = bases[ObjectIdentifier(dictionary)] {
                base = known
            } else {
                base = UInt32(offsets.count - 1)
                bases[ObjectIdentifier(dictionary)] = base
                let start = UInt32(bytes.count)
                bytes.append(contentsOf: dictionary.bytes)
                for index in 1..<dictionary.offsets.count { offsets.append(start + dictionary.offsets[index]) }
            }
            if dictionary.count == 0 {
                for _ in codes { result.append(0) }
            } else if let validity = part.validity {
                // Null rows keep code 0.
                for row in codes.indices { result.append(validity[row] ? base + codes[row] : 0) }
            } else {
                for code in codes { result.append(base + code) }
            }
        }
        assert(result.count == count, "a code for each row")
        if isShared, let shared { return .text(codes: result, dictionary: shared) }
        return .text(codes: result, dictionary: TextDictionary(bytes: bytes, offsets: offsets))
    }
}
