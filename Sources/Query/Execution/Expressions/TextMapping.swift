import Columnar

/// Runs a function once per dictionary entry instead of once per row.
enum TextMapping {
    /// - Parameter transform: entry (or null, for null rows) → value. Only entries that a row uses are transformed, so
    ///   an entry nobody sees cannot fail.
    static func map(
        _ codes: [UInt32], _ dictionary: TextDictionary, validity: Validity?, type: ColumnType, isJSON: Bool,
        _ transform: (Scalar) throws -> Scalar
    ) throws -> Vector {
        var entryOfCode = [UInt32](repeating: .max, count: dictionary.count)
        var entries: [Scalar] = []
        var nullEntry: UInt32?
        var positions = [UInt32](repeating: 0, count: codes.count)
        for row in codes.indices {
            if let validity, !validity[row] {
                if nullEntry == nil {
                    nullEntry = UInt32(entries.count)
                    entries.append(try transform(.null))
                }
                positions[row] = nullEntry ?? 0
                continue
            }
            let code = Int(codes[row])
            if entryOfCode[code] == .max {
                entryOfCode[code] = UInt32(entries.count)
                let text = dictionary[code]
                entries.append(try transform(isJSON ? .json(text) : .text(text)))
            }
            positions[row] = entryOfCode[code]
        }
        assert(positions.allSatisfy { $0 < entries.count }, "an entry for each row")
        if entries.count == 1 { return .constant(entries[0], type: type, count: codes.count) }
        return Vector(type: type, scalars: entries).gather(positions)
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
