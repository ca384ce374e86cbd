/// Numbers the distinct values of one key column, null among them, in the order they first appear. One thread's own.
struct KeyColumn: Sendable {
    private let type: ColumnType
    private var texts = TextInterner()
    private var numbers = NumberTable()
    /// Values without a 64-bit form, by what equal ones have in common; `otherValues` are those that came first.
    private var others: [Scalar: UInt32] = [:]
    private var otherValues: [Scalar] = []
    /// What each number stands for.
    private var kinds: [Kind] = []
    /// The number that stands for null; nil where there was none.
    private(set) var nullNumber: UInt32?
    private var textNumbers: [UInt32] = []
    private var integerNumbers: [UInt32] = []
    /// Codes of the dictionary met last, and how they are numbered here; `unknown` where not met yet.
    private var lastDictionary: TextDictionary?
    private var codeNumbers: [UInt32] = []
    /// The same of a family, while a dictionary was met that stands alone.
    private var family: (last: TextDictionary, numbers: [UInt32])?

    /// One distinct value, by the table that holds it and its place there, packed because there may be half a million.
    private struct Kind {
        enum Table: UInt32 {
            case null = 0
            case text, word, other
        }

        private let packed: UInt32

        init(_ table: Table, _ index: Int = 0) {
            precondition(index < 1 << 30, "the memory budget keeps tables below a thousand million values")
            packed = table.rawValue << 30 | UInt32(truncatingIfNeeded: index)
        }

        var table: Table { Table(rawValue: packed >> 30) ?? .null }
        var index: Int { Int(packed & (1 << 30 - 1)) }
    }

    private static let unknown = UInt32.max
    /// Entries of a dictionary from which on texts are looked up together.
    private static let manyTexts = 1 << 8

    init(type: ColumnType) { self.type = type }

    var count: Int { kinds.count }

    var memoryBytes: Int {
        let ofCodes = codeNumbers.capacity + (family?.numbers.capacity ?? 0)
        let counts = kinds.capacity + textNumbers.capacity + integerNumbers.capacity + ofCodes
        return texts.memoryBytes + numbers.memoryBytes + counts * 4 + others.count * 160
    }

    /// The number of every row's value; new values are added in row order.
    mutating func encode(_ vector: Vector) -> [UInt32] {
        switch vector.storage {
        case .constant(let value):
            return vector.count == 0 ? [] : Array(repeating: number(of: value), count: vector.count)
        case .text(let codes, let dictionary): return encode(codes, dictionary, vector.validity)
        case .int64(let values): return encode(values, vector.validity)
        case .boolean(let values): return encode(values.map { $0 ? 1 : 0 }, vector.validity)
        case .double(let values): return encode(values.map { Self.word($0) }, vector.validity)
        default: return (0..<vector.count).map { number(of: vector.scalar(at: $0)) }
        }
    }

    private mutating func encode(_ codes: [UInt32], _ dictionary: TextDictionary, _ validity: Validity?) -> [UInt32] {
        meet(dictionary)
        let source = codes.span
        var result = [UInt32](repeating: 0, count: source.count)
        var numbers = result.mutableSpan
        if validity == nil {
            if Self.look(source, codeNumbers.span, into: &numbers) { return result }
            if dictionary.count >= Self.manyTexts { return encode(many: codes, dictionary) }
        }
        for row in 0..<source.count {
            if let validity, !validity[row] {
                numbers[row] = numberOfNull()
                continue
            }
            let code = Int(source[row])
            let known = code < codeNumbers.count ? codeNumbers[code] : Self.unknown
            numbers[row] = known != Self.unknown ? known : number(ofCode: source[row], dictionary)
        }
        return result
    }

    /// The numbers of codes; false where one is not known yet.
    private static func look(
        _ codes: Span<UInt32>, _ known: Span<UInt32>, into numbers: inout MutableSpan<UInt32>
    ) -> Bool {
        for row in 0..<codes.count {
            let code = Int(codes[row])
            guard code < known.count, known[code] != unknown else { return false }
            numbers[row] = known[code]
        }
        return true
    }

    /// Makes `codeNumbers` those of a dictionary: what was found out of another of its family holds for it too.
    private mutating func meet(_ dictionary: TextDictionary) {
        if let last = lastDictionary, !last.agrees(with: dictionary) {
            if dictionary.family == nil, last.family != nil {
                // Its pages may be followed by more of them.
                family = (last, codeNumbers)
                codeNumbers = []
            } else if let known = family, known.last.agrees(with: dictionary) {
                (lastDictionary, codeNumbers, family) = (known.last, known.numbers, nil)
            } else {
                codeNumbers.removeAll(keepingCapacity: true)
            }
        }
        let isOfFamily = lastDictionary?.agrees(with: dictionary) ?? false
        if codeNumbers.count < dictionary.count {
            codeNumbers.append(contentsOf: repeatElement(Self.unknown, count: dictionary.count - codeNumbers.count))
        }
        if !isOfFamily || dictionary.count > lastDictionary?.count ?? 0 { lastDictionary = dictionary }
        assert(codeNumbers.count >= dictionary.count, "a number for each code, or that it is not known")
    }

    /// As for each row by itself, where there are no nulls: texts that the rows bring for the first time are looked up
    /// together.
    private mutating func encode(many codes: [UInt32], _ dictionary: TextDictionary) -> [UInt32] {
        let source = codes.span
        var fresh: [UInt32] = []
        do {
            var known = codeNumbers.mutableSpan
            for row in 0..<source.count where known[Int(source[row])] == Self.unknown {
                // Any other number: it is looked up below.
                known[Int(source[row])] = 0
                fresh.append(source[row])
            }
        }
        let found = texts.intern(fresh, of: dictionary)
        numberTexts()
        do {
            let own = textNumbers
            var known = codeNumbers.mutableSpan
            for index in 0..<fresh.count { known[Int(fresh[index])] = own[Int(found[index])] }
        }
        var result = [UInt32](repeating: 0, count: source.count)
        var numbers = result.mutableSpan
        let known = codeNumbers.span
        for row in 0..<source.count { numbers[row] = known[Int(source[row])] }
        return result
    }

    private mutating func number(ofCode code: UInt32, _ dictionary: TextDictionary) -> UInt32 {
        guard Int(code) < codeNumbers.count else { return numberOfNull() }
        if codeNumbers[Int(code)] != Self.unknown { return codeNumbers[Int(code)] }
        let range = dictionary.range(Int(code))
        let number = number(ofText: texts.intern(dictionary.bytes, range.lowerBound, range.count))
        codeNumbers[Int(code)] = number
        return number
    }

    /// Gives texts that were interned without a number the next ones.
    private mutating func numberTexts() {
        let new = textNumbers.count..<texts.count
        let first = UInt32(kinds.count)
        textNumbers.append(contentsOf: first..<first + UInt32(new.count))
        kinds.append(contentsOf: new.lazy.map { Kind(.text, $0) })
    }

    private mutating func number(ofText text: UInt32) -> UInt32 {
        if Int(text) == textNumbers.count { numberTexts() }
        assert(Int(text) < textNumbers.count, "texts are numbered as first seen")
        return textNumbers[Int(text)]
    }

    private mutating func encode(_ values: [Int64], _ validity: Validity?) -> [UInt32] {
        let source = values.span
        var result = [UInt32](repeating: 0, count: source.count)
        var numbers = result.mutableSpan
        // Sorted and truncated times come in runs.
        var row = 0
        while row < source.count {
            if let validity, !validity[row] {
                numbers[row] = numberOfNull()
                row += 1
                continue
            }
            let number = numberOfWord(UInt64(bitPattern: source[row]))
            // Nulls hold zero, which others may be, too.
            let end = validity == nil || source[row] != 0 ? source.endOfRun(from: row) : row + 1
            numbers.fill(row..<end, with: number)
            row = end
        }
        return result
    }

    /// The runs of equal values, which are numbered as by ``encode(_:)``; nil where there are more than so many.
    mutating func runs(of values: [Int64], upTo most: Int) -> [GroupAssignment.Run]? {
        let source = values.span
        var runs: [GroupAssignment.Run] = []
        var row = 0
        while row < source.count {
            if runs.count == most { return nil }
            let end = source.endOfRun(from: row)
            runs.append(
                GroupAssignment.Run(group: Int(numberOfWord(UInt64(bitPattern: source[row]))), rows: row..<end))
            row = end
        }
        return runs
    }

    /// The number of each run's value; new values are added in row order.
    mutating func numbers(of runs: RunColumn) -> [UInt32] {
        runs.values.map { numberOfWord(UInt64(bitPattern: $0)) }
    }

    private mutating func numberOfWord(_ word: UInt64) -> UInt32 {
        let index = Int(numbers.number(of: word))
        if index == integerNumbers.count {
            integerNumbers.append(UInt32(kinds.count))
            kinds.append(Kind(.word, index))
        }
        assert(index < integerNumbers.count, "words are numbered as first seen")
        return integerNumbers[index]
    }

    private mutating func numberOfNull() -> UInt32 {
        if let nullNumber { return nullNumber }
        let number = UInt32(kinds.count)
        kinds.append(Kind(.null))
        nullNumber = number
        return number
    }

    private mutating func number(of value: Scalar) -> UInt32 {
        switch Self.canonical(value, type: type) {
        case .null: return numberOfNull()
        case .word(let word): return numberOfWord(word)
        case .bytes(let bytes): return number(ofText: texts.intern(bytes, 0, bytes.count))
        case .other(let key):
            if let known = others[key] { return known }
            let number = UInt32(kinds.count)
            kinds.append(Kind(.other, otherValues.count))
            otherValues.append(value)
            others[key] = number
            return number
        }
    }

    /// The numbers of values already known; `UInt32.max` for null and for values never seen.
    func lookUp(_ vector: Vector) -> [UInt32] {
        if case .text(let codes, let dictionary) = vector.storage {
            return lookUp(codes, dictionary, vector.validity)
        }
        return (0..<vector.count).map { row in
            switch Self.canonical(vector.scalar(at: row), type: type) {
            case .null: Self.unknown
            case .word(let word): numbers.find(word).map { integerNumbers[Int($0)] } ?? Self.unknown
            case .bytes(let bytes): texts.find(bytes, 0, bytes.count).map { textNumbers[Int($0)] } ?? Self.unknown
            case .other(let value): others[value] ?? Self.unknown
            }
        }
    }

    /// Texts that several rows have are looked up once, and together.
    private func lookUp(_ codes: [UInt32], _ dictionary: TextDictionary, _ validity: Validity?) -> [UInt32] {
        let source = codes.span
        var known = [UInt32](repeating: Self.unknown, count: dictionary.count)
        var wanted: [UInt32] = []
        do {
            var marks = known.mutableSpan
            for row in 0..<source.count {
                let code = Int(source[row])
                if code >= marks.count || marks[code] != Self.unknown || !(validity?[row] ?? true) { continue }
                // Any other number: what it is comes below.
                marks[code] = 0
                wanted.append(source[row])
            }
        }
        let found = texts.find(wanted, of: dictionary, missing: Self.unknown)
        for (index, code) in wanted.enumerated() {
            known[Int(code)] = found[index] == Self.unknown ? Self.unknown : textNumbers[Int(found[index])]
        }
        var result = [UInt32](repeating: Self.unknown, count: source.count)
        var numbers = result.mutableSpan
        let byCode = known.span
        for row in 0..<source.count where Int(source[row]) < byCode.count { numbers[row] = byCode[Int(source[row])] }
        if let validity {
            for row in 0..<source.count where !validity[row] { numbers[row] = Self.unknown }
        }
        return result
    }

    /// Adds another thread's values; the result gives its numbers' numbers here.
    /// - Parameter helpers: of who adds the last one; nothing is looked up or added any more.
    mutating func absorb(_ other: KeyColumn, last helpers: KernelHelpers? = nil) -> [UInt32] {
        texts.reserve(adding: other.texts, entries: helpers == nil)
        kinds.reserveCapacity(kinds.count + other.kinds.count)
        let known =
            if let helpers { texts.takeIn(last: other.texts, helpers) } else { texts.takeIn(other.texts) }
        numberTexts()
        return other.kinds.map { kind in
            switch kind.table {
            case .null: return numberOfNull()
            case .word: return numberOfWord(other.numbers.keys[kind.index])
            case .text: return number(ofText: known[kind.index])
            case .other: return number(of: other.otherValues[kind.index])
            }
        }
    }

    /// Whether a number stands for null.
    func isNull(_ number: UInt32) -> Bool { number == nullNumber }

    /// The values of numbers, as a column.
    func decode(_ wanted: [UInt32]) -> Vector {
        if type == .text || type == .json { return decodeTexts(wanted) }
        return Vector(
            type: type,
            scalars: wanted.map { number in
                let kind = kinds[Int(number)]
                switch kind.table {
                case .null, .text: return .null
                case .other: return otherValues[kind.index]
                case .word: return Self.scalar(numbers.keys[kind.index], type: type)
                }
            })
    }

    private func decodeTexts(_ wanted: [UInt32]) -> Vector {
        var codes: [UInt32] = []
        codes.reserveCapacity(wanted.count)
        var validity: Validity?
        for (row, number) in wanted.enumerated() {
            let kind = kinds[Int(number)]
            if kind.table == .text {
                codes.append(UInt32(kind.index))
            } else {
                codes.append(0)
                if validity == nil { validity = Validity(count: wanted.count, allValid: true) }
                validity?[row] = false
            }
        }
        return Vector(
            type: type, count: wanted.count, storage: .text(codes: codes, dictionary: texts.dictionary),
            validity: validity)
    }

    private enum Canonical {
        case null
        case word(UInt64)
        case bytes([UInt8])
        case other(Scalar)
    }

    /// Equal values have one form, whatever storage they come in.
    private static func canonical(_ value: Scalar, type: ColumnType) -> Canonical {
        switch value {
        case .null: return .null
        case .boolean(let truth): return .word(truth ? 1 : 0)
        case .integer(let v), .timestamptz(let v), .timestamp(let v), .date(let v):
            if case .numeric(let scale) = type {
                return canonical(.numeric(Int128(v), scale: 0), type: .numeric(scale: scale))
            }
            return .word(UInt64(bitPattern: v))
        case .double(let v): return .word(UInt64(bitPattern: word(v)))
        case .text(let text), .json(let text): return .bytes(Array(text.utf8))
        case .numeric(var mantissa, var scale):
            while scale > type.scale, mantissa % 10 == 0 {
                mantissa /= 10
                scale -= 1
            }
            if scale <= type.scale, let exact = Decimal128.rescale(mantissa, from: scale, to: type.scale),
                let narrow = Int64(exactly: exact)
            {
                return .word(UInt64(bitPattern: narrow))
            }
            return .other(common(.numeric(mantissa, scale: scale)))
        case .interval, .array: return .other(common(value))
        }
    }

    /// One value for all that SQL holds equal: 1.0 and 1.00, a month and thirty days, also inside arrays.
    private static func common(_ value: Scalar) -> Scalar {
        switch value {
        case .numeric(var mantissa, var scale):
            while scale > 0, mantissa % 10 == 0 {
                mantissa /= 10
                scale -= 1
            }
            return .numeric(mantissa, scale: scale)
        case .interval(let interval): return .numeric(IntervalMath.comparable(interval), scale: 0)
        case .array(let values): return .array(values.map(common))
        default: return value
        }
    }

    private static func word(_ value: Double) -> Int64 {
        if value == 0 { return 0 }
        return Int64(bitPattern: value.isNaN ? Double.nan.bitPattern : value.bitPattern)
    }

    private static func scalar(_ word: UInt64, type: ColumnType) -> Scalar {
        switch type {
        case .boolean: .boolean(word == 1)
        case .double: .double(Double(bitPattern: word))
        default: Scalar(integer: Int64(bitPattern: word), type: type)
        }
    }
}
