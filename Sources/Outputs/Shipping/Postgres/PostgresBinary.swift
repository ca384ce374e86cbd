import Bytes

// tests: forms are held against PostgreSQL's own.
/// Values in the binary form of PostgreSQL's wire, each with its length before it, and rows of them as
/// `COPY … (FORMAT binary)` takes them.
package struct PostgresBinary: Sendable {
    private var sink = ByteSink()
    /// Characters that PostgreSQL's texts cannot hold, that U+FFFD stands for.
    package private(set) var replacedZeros = 0
    private var groups: [UInt16] = []

    /// Nothing yet.
    package init() {}

    /// What was written so far.
    package var bytes: [UInt8] { sink.bytes }
    /// How much that is.
    package var count: Int { sink.count }

    /// Appends what was written from a place on to something else.
    func copy(from start: Int = 0, to other: inout ByteSink) {
        other.append(contentsOf: sink.bytes.span.extracting(start...))
    }

    /// Forgets what was written and keeps its room.
    package mutating func removeAll() { sink.removeAll() }

    // MARK: Rows

    /// What stands before the first row: signature, flags, and the length of nothing more.
    package mutating func appendHeader() {
        sink.append(contentsOf: Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00])
        append(Int32(0))
        append(Int32(0))
    }

    /// What a row begins with.
    package mutating func beginRow(fields: Int) { append(Int16(truncatingIfNeeded: fields)) }

    /// What stands behind the last row.
    package mutating func appendTrailer() { append(Int16(-1)) }

    // MARK: Values

    /// NULL.
    package mutating func appendNull() { append(Int32(-1)) }

    /// `boolean`.
    package mutating func append(boolean value: Bool) {
        append(Int32(1))
        sink.append(value ? UInt8(1) : UInt8(0))
    }

    /// `bigint`.
    package mutating func append(bigint value: Int64) {
        append(Int32(8))
        append(value)
    }

    /// `double precision`.
    package mutating func append(double value: Double) {
        append(Int32(8))
        append(Int64(bitPattern: value.bitPattern))
    }

    /// `timestamp with time zone`: microseconds since 2000 UTC; what is finer is cut off downwards, since rounding
    /// would bring the last moment of a day into the next one.
    /// - Parameter nanoseconds: since 1970 UTC.
    package mutating func append(timestamptz nanoseconds: Int64) {
        let (quotient, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1000)
        append(bigint: (rest < 0 ? quotient - 1 : quotient) - Self.epochMicroseconds)
    }

    /// From 1970 to 2000.
    private static let epochMicroseconds: Int64 = 946_684_800_000_000

    /// `uuid` of two halves.
    package mutating func append(uuid high: UInt64, _ low: UInt64) {
        append(Int32(16))
        append(Int64(bitPattern: high))
        append(Int64(bitPattern: low))
    }

    /// `text`: U+FFFD stands for what is no UTF-8, and for each U+0000.
    package mutating func append(text: ArraySlice<UInt8>) {
        if Self.isPlain(text) {
            append(Int32(truncatingIfNeeded: text.count))
            sink.append(contentsOf: text.span)
            return
        }
        var whole: [UInt8] = []
        for byte in wellFormed(text) {
            if byte == 0 {
                whole += Self.replacement
                replacedZeros += 1
            } else {
                whole.append(byte)
            }
        }
        append(Int32(truncatingIfNeeded: whole.count))
        sink.append(contentsOf: whole.span)
    }

    /// Whether a text is ASCII without U+0000, as most are.
    private static func isPlain(_ text: ArraySlice<UInt8>) -> Bool {
        let bytes = text.span
        var isPlain = true
        for place in bytes.indices { isPlain = isPlain && bytes[place] &- 1 < 0x7F }
        return isPlain
    }

    /// A text that came in another way than by our decoders must not hold up all others.
    private mutating func wellFormed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if String(validating: text, as: UTF8.self) != nil { return text }
        replacedZeros += 1
        return Array(String(decoding: text, as: UTF8.self).utf8)[...]
    }

    /// U+FFFD.
    static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// `jsonb` of a JSON document as text.
    package mutating func append(jsonb text: ArraySlice<UInt8>) {
        var replaced = 0
        let taken = PostgresJSON.acceptable(Self.isPlain(text) ? text : wellFormed(text), &replaced)
        replacedZeros += replaced
        append(Int32(truncatingIfNeeded: taken.count + 1))
        // The form's version.
        sink.append(UInt8(1))
        sink.append(contentsOf: taken.span)
    }

    /// `numeric`: groups of four decimal digits, the most significant one first, and the place of the point.
    /// - Parameters:
    ///   - mantissa: the value times 10^scale.
    ///   - scale: 0...38.
    package mutating func append(numeric mantissa: Int128, scale: Int) {
        precondition((0...38).contains(scale), "a decimal has at most 38 digits")
        groups.removeAll(keepingCapacity: true)
        let magnitude = mantissa.magnitude
        // The groups from the last one on; the first of them may have fewer digits than four.
        var (whole, fraction) = Self.parts(magnitude, scale)
        var left = scale
        if left % 4 != 0 {
            let digits = left % 4
            let (rest, last) = fraction.quotientAndRemainder(dividingBy: UInt128(Self.power(digits)))
            groups.append(UInt16(truncatingIfNeeded: last) * UInt16(truncatingIfNeeded: Self.power(4 - digits)))
            fraction = rest
            left -= digits
        }
        while left > 0 {
            groups.append(Self.takeGroup(&fraction))
            left -= 4
        }
        let behindPoint = groups.count
        while whole > 0 { groups.append(Self.takeGroup(&whole)) }
        var weight = groups.count - behindPoint - 1
        while groups.last == 0 {
            groups.removeLast()
            weight -= 1
        }
        let zeros = groups.prefix { $0 == 0 }.count
        if groups.isEmpty { weight = 0 }
        append(Int32(8 + 2 * (groups.count - zeros)))
        append(Int16(groups.count - zeros))
        append(Int16(weight))
        append(mantissa < 0 ? Int16(0x4000) : Int16(0))
        append(Int16(scale))
        for group in groups[zeros...].reversed() { append(Int16(bitPattern: group)) }
    }

    /// Before the point and behind it.
    private static func parts(_ magnitude: UInt128, _ scale: Int) -> (whole: UInt128, fraction: UInt128) {
        let power = powers[scale]
        if magnitude < power { return (0, magnitude) }
        let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: power)
        return (whole, fraction)
    }

    /// 10^0 to 10^38.
    private static let powers: [UInt128] = (0..<38).reduce(into: [1]) { powers, _ in
        powers.append(powers[powers.count - 1] * 10)
    }

    private static func power(_ exponent: Int) -> Int { [1, 10, 100, 1000, 10_000][exponent] }

    /// The last four digits.
    private static func takeGroup(_ value: inout UInt128) -> UInt16 {
        if value <= UInt128(UInt64.max) {
            let (rest, group) = UInt64(truncatingIfNeeded: value).quotientAndRemainder(dividingBy: 10_000)
            value = UInt128(rest)
            return UInt16(truncatingIfNeeded: group)
        }
        let (rest, group) = value.quotientAndRemainder(dividingBy: 10_000)
        value = rest
        return UInt16(truncatingIfNeeded: group)
    }

    // MARK: Numbers

    private mutating func append(_ value: Int16) {
        sink.append(word: UInt64(UInt16(bitPattern: value.byteSwapped)), count: 2)
    }
    private mutating func append(_ value: Int32) {
        sink.append(word: UInt64(UInt32(bitPattern: value.byteSwapped)), count: 4)
    }
    private mutating func append(_ value: Int64) { sink.append(littleEndian: value.byteSwapped) }
}
