import Columnar

/// Texts of several vectors as one, each text once: pages have dictionaries of their own.
struct MergedTexts {
    private let type: ColumnType
    private var codes: [UInt32]
    private var validity: Validity
    private var texts = TextDictionaryBuilder()

    /// - Parameter count: rows of the whole; each is null until it is set.
    init(type: ColumnType, count: Int) {
        precondition(type == .text || type == .json, "a column of texts")
        self.type = type
        codes = Array(repeating: 0, count: count)
        validity = Validity(count: count, allValid: false)
    }

    /// Bytes of all texts so far.
    var byteCount: Int { texts.byteCount }

    /// Puts rows of a vector in their places.
    /// - Complexity: O(rows + texts of the dictionary + bytes of those that are used).
    mutating func put(_ rows: [UInt32], of vector: Vector, at places: [UInt32]) {
        assert(rows.count == places.count, "a place for each row")
        switch vector.storage {
        case .constant(.text(let text)), .constant(.json(let text)):
            let code = texts.code(of: text)
            for place in places { set(Int(place), code) }
        case .text(let own, let dictionary):
            var known = [UInt32](repeating: .max, count: dictionary.count)
            for (row, place) in zip(rows, places) where vector.validity?[Int(row)] ?? true {
                let code = Int(own[Int(row)])
                if known[code] == .max { known[code] = texts.code(of: dictionary.range(code), in: dictionary.bytes) }
                set(Int(place), known[code])
            }
        case .constant: break
        default: preconditionFailure("pages of texts hold texts")
        }
    }

    private mutating func set(_ place: Int, _ code: UInt32) {
        codes[place] = code
        validity[place] = true
    }

    /// The whole.
    func vector() -> Vector {
        if texts.count == 0 { return .constant(.null, type: type, count: codes.count) }
        return Vector(
            type: type, count: codes.count, storage: .text(codes: codes, dictionary: texts.finish()),
            validity: validity.nullCount == 0 ? nil : validity)
    }
}
