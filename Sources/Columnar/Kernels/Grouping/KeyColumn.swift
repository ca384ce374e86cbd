internal import Bytes

/// Numbers the distinct values of one key column, null among them, in the order they first appear. One thread's own.
struct KeyColumn: Sendable {
    let type: ColumnType
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
    /// The kept dictionary that was met first (``KeptTexts``), whose texts are known by their codes and never looked
    /// at, and the numbers of its codes, `unknown` where not met yet. Texts of other dictionaries that it has are
    /// numbered here; `texts` has the others, and those that came before it.
    private var kept: TextDictionary?
    private var keptNumbers: [UInt32] = []
    /// How many texts were looked up by their bytes, by other threads whose columns were taken in as well.
    private(set) var lookedTexts = 0

    /// One distinct value, by the table that holds it and its place there, packed because there may be half a million.
    private struct Kind {
        enum Table: UInt32 {
            case null = 0
            case text, word, other, kept
        }

        private let packed: UInt32

        init(_ table: Table, _ index: Int = 0) {
            precondition(index < 1 << 29, "the memory budget keeps tables below five hundred million values")
            packed = table.rawValue << 29 | UInt32(truncatingIfNeeded: index)
        }

        var table: Table { Table(rawValue: packed >> 29) ?? .null }
        var index: Int { Int(packed & (1 << 29 - 1)) }
    }

    private static let unknown = UInt32.max
    /// So many of another column are taken in at a time.
    private static let kindsAtATime = 1 << 16
    /// Entries of a dictionary from which on texts are looked up together.
    private static let manyTexts = 1 << 8

    init(type: ColumnType) { self.type = type }

    var count: Int { kinds.count }

    /// How many values there are of which some are known; nil where nothing tells.
    var expectedCount: Int? { kept?.count }

    /// A kept dictionary is not among it: whoever keeps it holds it.
    var memoryBytes: Int {
        let ofCodes = codeNumbers.capacity + (family?.numbers.capacity ?? 0) + keptNumbers.capacity
        let counts = kinds.capacity + textNumbers.capacity + integerNumbers.capacity + ofCodes
        return texts.memoryBytes + numbers.memoryBytes + counts * 4 + others.count * 160
    }

    /// What ``decode(_:)`` makes of so many numbers beside codes, roughly: texts of the kept dictionary and others.
    func decodedTextBytes(of numbers: Int) -> Int {
        guard let kept, texts.count > 0 else { return 0 }
        let (bytes, count) = (kept.bytes.count + texts.bytes.count, kept.count + texts.count)
        return areFew(numbers, of: kept) ? numbers * (bytes / count + 32) : bytes + count * 4
    }

    /// Whether texts of so many numbers are copied one by one, rather than all there are.
    private func areFew(_ numbers: Int, of kept: TextDictionary) -> Bool { numbers < kept.count / 8 }

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
        if takesCodes(of: dictionary) { return encode(kept: codes, validity) }
        meet(dictionary)
        if validity == nil, dictionary.count < Self.manyTexts, let numbers = known(codes) { return numbers }
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

    /// The numbers of codes of few texts, all at once; nil where one is not known yet.
    private func known(_ codes: [UInt32]) -> [UInt32]? {
        var numbers = codes
        guard CodeTable.replace(&numbers, by: codeNumbers), BitPacking.areAll(numbers, below: kinds.count)
        else { return nil }
        return numbers
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

    /// Whether a dictionary's codes are those of the kept one. The first that is met becomes it, and a later one that
    /// has more of the same texts, unless others came meanwhile, which may be among these.
    private mutating func takesCodes(of dictionary: TextDictionary) -> Bool {
        guard let index = dictionary.index else { return false }
        if let kept {
            guard kept.agrees(with: dictionary) else { return false }
            if dictionary.count <= kept.count { return true }
            if texts.count > 0 { return false }
        }
        let more = dictionary.count - keptNumbers.count
        keptNumbers.append(contentsOf: repeatElement(Self.unknown, count: more))
        kept = dictionary
        if texts.count == 0 { return true }
        // Texts that came before keep their numbers.
        lookedTexts += texts.count
        let own = (0..<UInt32(texts.count)).map { $0 }
        let codes = index.interner.find(own, of: texts.dictionary, missing: Self.unknown)
        for (text, code) in codes.enumerated() where code != Self.unknown {
            keptNumbers[Int(code)] = textNumbers[text]
        }
        return true
    }

    /// The numbers of codes of the kept dictionary, where there are no nulls.
    private mutating func encode(kept codes: [UInt32]) -> [UInt32] {
        guard let first = codes.first else { return [] }
        if keptNumbers[Int(first)] != Self.unknown {
            // Mostly the others are known then, too.
            let source = codes.span
            var result = [UInt32](repeating: 0, count: source.count)
            var numbers = result.mutableSpan
            if Self.look(source, keptNumbers.span, into: &numbers) { return result }
        }
        var numbers = codes
        guard let fresh = CodeTable.number(&numbers, by: &keptNumbers, from: UInt32(kinds.count)) else {
            preconditionFailure("codes are below the number of texts")
        }
        kinds.append(contentsOf: fresh.lazy.map { Kind(.kept, Int($0)) })
        return numbers
    }

    /// The same where there may be nulls.
    private mutating func encode(kept codes: [UInt32], _ validity: Validity?) -> [UInt32] {
        guard let validity else { return encode(kept: codes) }
        let source = codes.span
        var result = [UInt32](repeating: 0, count: source.count)
        var numbers = result.mutableSpan
        var fresh: [Kind] = []
        var (next, null) = (UInt32(kinds.count), nullNumber)
        do {
            var known = keptNumbers.mutableSpan
            for row in 0..<source.count {
                if !validity[row] {
                    if null == nil {
                        null = next
                        next += 1
                        fresh.append(Kind(.null))
                    }
                    numbers[row] = null ?? 0
                    continue
                }
                let code = Int(source[row])
                if known[code] == Self.unknown {
                    known[code] = next
                    next += 1
                    fresh.append(Kind(.kept, code))
                }
                numbers[row] = known[code]
            }
        }
        nullNumber = null
        kinds.append(contentsOf: fresh)
        assert(kinds.count == Int(next), "a number for each new value")
        return result
    }

    private mutating func number(ofKept code: UInt32) -> UInt32 {
        if keptNumbers[Int(code)] == Self.unknown {
            keptNumbers[Int(code)] = UInt32(kinds.count)
            kinds.append(Kind(.kept, Int(code)))
        }
        return keptNumbers[Int(code)]
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
        let found = numbered(fresh, of: dictionary)
        do {
            var known = codeNumbers.mutableSpan
            for index in 0..<fresh.count { known[Int(fresh[index])] = found[index] }
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
        let number = number(ofBytes: dictionary.bytes, range.lowerBound, range.count)
        codeNumbers[Int(code)] = number
        return number
    }

    /// The numbers of a dictionary's texts, looked up together; new ones are numbered in the order of the codes.
    private mutating func numbered(_ codes: [UInt32], of dictionary: TextDictionary) -> [UInt32] {
        lookedTexts += codes.count
        guard let index = kept?.index else {
            let found = texts.intern(codes, of: dictionary)
            numberTexts()
            let own = textNumbers
            return found.map { own[Int($0)] }
        }
        let known = index.interner.find(codes, of: dictionary, missing: Self.unknown)
        var rest: [UInt32] = []
        for place in codes.indices where known[place] == Self.unknown { rest.append(codes[place]) }
        let found = texts.intern(rest, of: dictionary)
        var next = 0
        return codes.indices.map { place -> UInt32 in
            if known[place] != Self.unknown { return number(ofKept: known[place]) }
            next += 1
            return number(ofText: found[next - 1])
        }
    }

    private mutating func number(ofBytes source: [UInt8], _ start: Int, _ length: Int) -> UInt32 {
        lookedTexts += 1
        if let code = kept?.index?.interner.find(source, start, length) { return number(ofKept: code) }
        return number(ofText: texts.intern(source, start, length))
    }

    /// Gives texts that were interned without a number the next ones.
    /// - Parameter end: texts before it; nil: all.
    private mutating func numberTexts(upTo end: Int? = nil) {
        let new = textNumbers.count..<(end ?? texts.count)
        let first = UInt32(kinds.count)
        textNumbers.append(contentsOf: first..<first + UInt32(new.count))
        kinds.append(contentsOf: new.lazy.map { Kind(.text, $0) })
    }

    private mutating func number(ofText text: UInt32) -> UInt32 {
        if Int(text) == textNumbers.count { numberTexts(upTo: Int(text) + 1) }
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
        case .bytes(let bytes): return number(ofBytes: bytes, 0, bytes.count)
        case .other(let key):
            if let known = others[key] { return known }
            let number = UInt32(kinds.count)
            kinds.append(Kind(.other, otherValues.count))
            otherValues.append(value)
            others[key] = number
            return number
        }
    }

    /// The codes that its texts have in the kept dictionary, null left out; nil where one has none there.
    var keptCodes: [UInt32]? {
        guard kept != nil else { return nil }
        var codes: [UInt32] = []
        for kind in kinds where kind.table != .null {
            guard kind.table == .kept else { return nil }
            codes.append(UInt32(truncatingIfNeeded: kind.index))
        }
        return codes
    }

    /// The numbers of values already known, null among them where it is one; `UInt32.max` for values never seen.
    /// - Parameter nullsToo: whether null is a value as others are; false: rows without a value are never known.
    func lookUp(_ vector: Vector, nullsToo: Bool) -> [UInt32] {
        var found = lookUp(vector)
        guard nullsToo, let nullNumber, !vector.hasNoNulls else { return found }
        for row in found.indices where vector.isNull(row) { found[row] = nullNumber }
        return found
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
            case .bytes(let bytes): lookUp(bytes)
            case .other(let value): others[value] ?? Self.unknown
            }
        }
    }

    private func lookUp(_ bytes: [UInt8]) -> UInt32 {
        if let code = kept?.index?.interner.find(bytes, 0, bytes.count) { return keptNumbers[Int(code)] }
        return texts.find(bytes, 0, bytes.count).map { textNumbers[Int($0)] } ?? Self.unknown
    }

    /// Texts that several rows have are looked up once, and together.
    private func lookUp(_ codes: [UInt32], _ dictionary: TextDictionary, _ validity: Validity?) -> [UInt32] {
        // Texts that a later one of the family has beside those of the kept one are none of these.
        if let kept, kept.agrees(with: dictionary), dictionary.count <= kept.count || texts.count == 0 {
            return Self.looked(up: codes, in: keptNumbers, validity)
        }
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
        if let index = kept?.index {
            let codesOfKept = index.interner.find(wanted, of: dictionary, missing: Self.unknown)
            for (index, code) in codesOfKept.enumerated() where code != Self.unknown {
                known[Int(wanted[index])] = keptNumbers[Int(code)]
            }
        }
        return Self.looked(up: codes, in: known, validity)
    }

    /// By row the number of its code in a table; `unknown` for null and for codes that it has not got.
    private static func looked(up codes: [UInt32], in table: [UInt32], _ validity: Validity?) -> [UInt32] {
        let source = codes.span
        var result = [UInt32](repeating: unknown, count: source.count)
        var numbers = result.mutableSpan
        let byCode = table.span
        for row in 0..<source.count where Int(source[row]) < byCode.count { numbers[row] = byCode[Int(source[row])] }
        if let validity {
            for row in 0..<source.count where !validity[row] { numbers[row] = Self.unknown }
        }
        return result
    }

    /// Adds another thread's values; the result gives its numbers' numbers here.
    /// - Parameter helpers: of who adds the last one; nothing is looked up or added any more.
    mutating func absorb(_ other: KeyColumn, last helpers: KernelHelpers? = nil) -> [UInt32] {
        if let theirs = other.kept { _ = takesCodes(of: theirs) }
        lookedTexts += other.lookedTexts
        if other.hasCodes(of: kept) { return numbers(ofCodes: other.kinds) }
        kinds.reserveCapacity(kinds.count + other.kinds.count)
        let known = numberedTexts(of: other, last: helpers)
        let common = textsInCommon(with: other)
        return other.kinds.map { kind -> UInt32 in
            switch kind.table {
            case .null: return numberOfNull()
            case .word: return numberOfWord(other.numbers.keys[kind.index])
            case .text: return known[kind.index]
            case .other: return number(of: other.otherValues[kind.index])
            case .kept where kind.index < common: return number(ofKept: UInt32(truncatingIfNeeded: kind.index))
            case .kept: return number(ofKept: kind.index, of: other)
            }
        }
    }

    /// Whether all of its values are texts of a kept dictionary whose codes are another one's, too.
    private func hasCodes(of other: TextDictionary?) -> Bool {
        guard texts.count == 0, numbers.count == 0, otherValues.isEmpty, nullNumber == nil else { return false }
        assert(kinds.allSatisfy { $0.table == .kept }, "there is nothing else")
        guard let kept, let other else { return false }
        return other.agrees(with: kept) && kept.count <= other.count
    }

    /// The numbers of what stands for codes of the kept dictionary, as of rows that come a chunk at a time.
    private mutating func numbers(ofCodes kinds: [Kind]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(kinds.count)
        for start in stride(from: 0, to: kinds.count, by: Self.kindsAtATime) {
            let part = kinds[start..<min(start + Self.kindsAtATime, kinds.count)]
            result.append(contentsOf: encode(kept: part.map { UInt32(truncatingIfNeeded: $0.index) }))
        }
        return result
    }

    /// Below which codes of its kept dictionary are those of the one here.
    private func textsInCommon(with other: KeyColumn) -> Int {
        guard let kept, let theirs = other.kept, kept.agrees(with: theirs) else { return 0 }
        return min(kept.count, theirs.count)
    }

    /// The numbers of what another one interned.
    private mutating func numberedTexts(of other: KeyColumn, last helpers: KernelHelpers?) -> [UInt32] {
        if kept != nil {
            return numbered((0..<UInt32(other.texts.count)).map { $0 }, of: other.texts.dictionary)
        }
        lookedTexts += other.texts.count
        texts.reserve(adding: other.texts, entries: helpers == nil)
        let found =
            if let helpers { texts.takeIn(last: other.texts, helpers) } else { texts.takeIn(other.texts) }
        numberTexts()
        let own = textNumbers
        return found.map { own[Int($0)] }
    }

    /// The number of a text of another one's kept dictionary, by its bytes.
    private mutating func number(ofKept code: Int, of other: KeyColumn) -> UInt32 {
        guard let theirs = other.kept else { preconditionFailure("a code of a kept dictionary has one") }
        let range = theirs.range(code)
        return number(ofBytes: theirs.bytes, range.lowerBound, range.count)
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
                case .null, .text, .kept: return .null
                case .other: return otherValues[kind.index]
                case .word: return Self.scalar(numbers.keys[kind.index], type: type)
                }
            })
    }

    private func decodeTexts(_ wanted: [UInt32]) -> Vector {
        if let kept, texts.count > 0, areFew(wanted.count, of: kept) { return decodeTexts(wanted, of: kept) }
        var codes: [UInt32] = []
        codes.reserveCapacity(wanted.count)
        var validity: Validity?
        // Others lie behind the texts of the kept dictionary.
        let first = kept?.count ?? 0
        for (row, number) in wanted.enumerated() {
            let kind = kinds[Int(number)]
            switch kind.table {
            case .text: codes.append(UInt32(first + kind.index))
            case .kept: codes.append(UInt32(kind.index))
            case .null, .word, .other:
                codes.append(0)
                if validity == nil { validity = Validity(count: wanted.count, allValid: true) }
                validity?[row] = false
            }
        }
        return Vector(
            type: type, count: wanted.count, storage: .text(codes: codes, dictionary: dictionary), validity: validity)
    }

    /// The same with a dictionary of these texts alone.
    private func decodeTexts(_ wanted: [UInt32], of kept: TextDictionary) -> Vector {
        var builder = TextDictionaryBuilder()
        var codes = [UInt32](repeating: 0, count: wanted.count)
        var validity = Validity(count: wanted.count, allValid: true)
        for (row, number) in wanted.enumerated() {
            let kind = kinds[Int(number)]
            switch kind.table {
            case .text:
                let range = Int(texts.offsets[kind.index])..<Int(texts.offsets[kind.index + 1])
                codes[row] = builder.code(of: range, in: texts.bytes)
            case .kept: codes[row] = builder.code(of: kept.range(kind.index), in: kept.bytes)
            case .null, .word, .other: validity[row] = false
            }
        }
        return Vector(
            type: type, count: wanted.count, storage: .text(codes: codes, dictionary: builder.finish()),
            validity: validity.unlessWhole)
    }

    /// The texts of the kept dictionary, then the others.
    private var dictionary: TextDictionary {
        guard let kept else { return texts.dictionary }
        if texts.count == 0 { return kept }
        let start = UInt32(kept.bytes.count)
        var offsets = kept.offsets
        offsets.reserveCapacity(offsets.count + texts.count)
        for offset in texts.offsets.dropFirst() { offsets.append(start + offset) }
        return TextDictionary(bytes: kept.bytes + texts.bytes, offsets: offsets)
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
