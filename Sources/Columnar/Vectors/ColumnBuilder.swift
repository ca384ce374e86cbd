/// Grows one column value by value and finishes as a ``Vector``. Null rows cost nothing until a value follows them.
package struct ColumnBuilder: Sendable {
    package let type: ColumnType
    package private(set) var count = 0
    private var integers: [Int64] = []
    private var wides: [Int128] = []
    private var doubles: [Double] = []
    private var booleans: [Bool] = []
    private var codes: [UInt32] = []
    private var dictionary = TextDictionaryBuilder()
    private var validity: Validity?
    private var hasValue = false
    /// Rows that it is to have, as far as that is known: its memory is made once.
    private let rowsExpected: Int

    /// An empty column.
    /// - Parameter rowsExpected: for how many rows memory is made with the first value.
    package init(type: ColumnType, rowsExpected: Int = 0) { (self.type, self.rowsExpected) = (type, rowsExpected) }

    /// Bytes held, roughly: for budgets.
    package var byteCount: Int {
        integers.count * 8 + wides.count * 16 + doubles.count * 8 + booleans.count + codes.count * 4
            + dictionary.byteCount
    }

    /// Appends nulls until the column has `rows` rows.
    package mutating func padNulls(to rows: Int) {
        guard rows > count else { return }
        if validity == nil { validity = Validity(count: count, allValid: true) }
        validity?.append(nulls: rows - count)
        fill(rows - count)
        count = rows
    }

    /// Appends a value as row `row`; rows between are null.
    package mutating func append(integer value: Int64, row: Int) {
        assert(row >= count, "rows ascend")
        if row > count { padNulls(to: row) }
        append(integer: value)
    }

    /// As above.
    package mutating func append(utf8 range: Range<Int>, of source: [UInt8], row: Int) {
        assert(row >= count, "rows ascend")
        if row > count { padNulls(to: row) }
        append(utf8: range, of: source)
    }

    /// Appends integers of consecutive rows.
    package mutating func append(integers values: [Int64]) {
        if values.isEmpty { return }
        if !hasValue { begin() }
        validity?.append(valid: values.count)
        if wides.isEmpty { integers.append(contentsOf: values) } else { wides += values.map { Int128($0) } }
        count += values.count
    }

    package mutating func append(integer value: Int64) {
        opened()
        assert(type != .double && type != .boolean && type != .text && type != .json, "integers in \(type)")
        if wides.isEmpty { integers.append(value) } else { wides.append(Int128(value)) }
    }

    /// A numeric mantissa; the column widens to 128 bits with the first one that needs them.
    package mutating func append(wide value: Int128) {
        opened()
        assert(type.isNumeric, "a wide number in \(type)")
        if wides.isEmpty, let narrow = Int64(exactly: value) {
            integers.append(narrow)
        } else {
            if wides.isEmpty {
                wides = integers.map { Int128($0) }
                integers = []
            }
            wides.append(value)
        }
    }

    package mutating func append(double value: Double) {
        opened()
        assert(type == .double, "a double in \(type)")
        doubles.append(value)
    }

    package mutating func append(boolean value: Bool) {
        opened()
        assert(type == .boolean, "a truth value in \(type)")
        booleans.append(value)
    }

    package mutating func append(utf8 range: Range<Int>, of source: [UInt8]) {
        opened()
        assert(type == .text || type == .json, "a text in \(type)")
        codes.append(dictionary.code(of: range, in: source))
    }

    package mutating func append(text: String) {
        opened()
        assert(type == .text || type == .json, "a text in \(type)")
        codes.append(dictionary.code(of: text))
    }

    package mutating func finish() -> Vector {
        assert(integers.isEmpty || wides.isEmpty, "a column is narrow or wide")
        guard hasValue else { return .constant(.null, type: type, count: count) }
        let storage: Vector.Storage =
            switch type {
            case .double: .double(doubles)
            case .boolean: .boolean(booleans)
            case .text, .json: .text(codes: codes, dictionary: dictionary.finish())
            default: wides.isEmpty ? .int64(integers) : .int128(wides)
            }
        return Vector(type: type, count: count, storage: storage, validity: validity)
    }

    private mutating func opened() {
        if !hasValue { begin() }
        validity?.append(true)
        count += 1
    }

    /// Storage for the rows so far, all of them null.
    private mutating func begin() {
        hasValue = true
        if rowsExpected > count {
            switch type {
            case .double: doubles.reserveCapacity(rowsExpected)
            case .boolean: booleans.reserveCapacity(rowsExpected)
            case .text, .json: codes.reserveCapacity(rowsExpected)
            default: integers.reserveCapacity(rowsExpected)
            }
        }
        fill(count)
    }

    /// Rows up to the last of those given, each with a zero as its value; false where none is given.
    mutating func makeRoom(_ rows: Span<UInt16>, from base: Int) -> Bool {
        guard rows.count > 0 else { return false }
        let (first, end) = (base + Int(rows[0]), base + Int(rows[rows.count - 1]) + 1)
        precondition(first >= count && end - first >= rows.count, "rows ascend")
        padNulls(to: first)
        if !hasValue { begin() }
        if rows.count == end - first {
            validity?.append(valid: rows.count)
        } else {
            if validity == nil { validity = Validity(count: count, allValid: true) }
            validity?.append(rows: rows, from: base, upTo: end)
        }
        fill(end - first)
        count = end
        return true
    }

    /// Sets values of rows that there is room for.
    mutating func put(_ words: Span<UInt64>, _ rows: Span<UInt16>, _ base: Int) {
        switch type {
        case .double:
            var values = doubles.mutableSpan
            for index in words.indices { values[base &+ Int(rows[index])] = Double(bitPattern: words[index]) }
        case .boolean:
            var values = booleans.mutableSpan
            for index in words.indices { values[base &+ Int(rows[index])] = words[index] != 0 }
        case .text, .json: preconditionFailure("texts have a source")
        default:
            if wides.isEmpty {
                var values = integers.mutableSpan
                for index in words.indices { values[base &+ Int(rows[index])] = Int64(bitPattern: words[index]) }
            } else {
                var values = wides.mutableSpan
                for index in words.indices {
                    values[base &+ Int(rows[index])] = Int128(Int64(bitPattern: words[index]))
                }
            }
        }
    }

    /// Likewise texts.
    mutating func put(_ texts: Span<UInt64>, of source: Span<UInt8>, _ rows: Span<UInt16>, _ base: Int) {
        precondition(type == .text || type == .json, "a text in \(type)")
        // Where nine of ten were new so far, the others will be.
        let known = codes.count - texts.count
        let areNew = known >= 256 && dictionary.count * 10 >= known * 9
        if areNew, rowsExpected > known { dictionary.reserve(rowsExpected) }
        var values: [UInt32] = []
        swap(&values, &codes)
        var places = values.mutableSpan
        if areNew {
            dictionary.put(codesOfNew: texts, of: source, rows: rows, from: base, to: &places)
        } else {
            dictionary.put(codesOf: texts, of: source, rows: rows, from: base, to: &places)
        }
        swap(&values, &codes)
    }

    /// Zeros below null rows, once the column has storage at all.
    private mutating func fill(_ rows: Int) {
        guard hasValue, rows > 0 else { return }
        switch type {
        case .double: doubles.append(contentsOf: repeatElement(0, count: rows))
        case .boolean: booleans.append(contentsOf: repeatElement(false, count: rows))
        case .text, .json: Self.append(rows, of: Self.zeroCodes, to: &codes)
        default:
            if wides.isEmpty {
                Self.append(rows, of: Self.zeroIntegers, to: &integers)
            } else {
                wides.append(contentsOf: repeatElement(0, count: rows))
            }
        }
    }

    private static let zeroCodes = [UInt32](repeating: 0, count: 256)
    private static let zeroIntegers = [Int64](repeating: 0, count: 256)

    /// As many zeros: copied where they are as few as mostly come at a time; what is repeated is stored one by one.
    @inline(__always)
    private static func append<Value: FixedWidthInteger>(_ count: Int, of zeros: [Value], to values: inout [Value]) {
        if count <= zeros.count {
            values.append(contentsOf: zeros[..<count])
        } else {
            values.append(contentsOf: repeatElement(0, count: count))
        }
    }
}
