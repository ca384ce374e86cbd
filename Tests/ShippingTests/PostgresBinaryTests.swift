import Columnar
import Shipping
import Testing

/// Values as PostgreSQL's `…_send` functions write them.
@Suite struct PostgresBinaryTests {
    private static func bytes(_ body: (inout PostgresBinary) -> Void) -> [UInt8] {
        var binary = PostgresBinary()
        body(&binary)
        return binary.bytes
    }

    /// Length, digits, weight, sign, scale, and the digits.
    private static func numeric(_ weight: Int16, _ sign: Int16, _ scale: Int16, _ digits: [Int16]) -> [UInt8] {
        let words = [Int16(digits.count), weight, sign, scale] + digits
        let body = words.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        return [0, 0, 0, UInt8(body.count)] + body
    }

    @Test func amountsAreGroupsOfFourDigits() {
        func encoded(_ mantissa: Int128, _ scale: Int) -> [UInt8] {
            Self.bytes { $0.append(numeric: mantissa, scale: scale) }
        }
        #expect(encoded(0, 12) == Self.numeric(0, 0, 12, []))
        #expect(encoded(1_500_000_000_000, 12) == Self.numeric(0, 0, 12, [1, 5000]))
        #expect(encoded(1, 12) == Self.numeric(-3, 0, 12, [1]))
        #expect(encoded(-12, 12) == Self.numeric(-3, 0x4000, 12, [12]))
        #expect(encoded(-10_000, 0) == Self.numeric(1, 0x4000, 0, [1]))
        #expect(encoded(123_456_789, 1) == Self.numeric(1, 0, 1, [1234, 5678, 9000]))
        #expect(encoded(5, 38) == Self.numeric(-10, 0, 38, [500]))
        #expect(encoded(20_000_000_000_000_000, 12) == Self.numeric(1, 0, 12, [2]))
    }

    @Test func theLargestAmountsAreWhole() {
        // 170141183460469231731687303715884105728, and its negative.
        let digits: [Int16] = [170, 1411, 8346, 469, 2317, 3168, 7303, 7158, 8410, 5728]
        #expect(Self.bytes { $0.append(numeric: .min, scale: 0) } == Self.numeric(9, 0x4000, 0, digits))
        let largest = Self.bytes { $0.append(numeric: .max, scale: 0) }
        #expect(largest == Self.numeric(9, 0, 0, digits.dropLast() + [5727]))
        // 1.70141183460469231731687303715884105727
        let small = Self.bytes { $0.append(numeric: .max, scale: 38) }
        #expect(
            small == Self.numeric(0, 0, 38, [1, 7014, 1183, 4604, 6923, 1731, 6873, 371, 5884, 1057, 2700]))
    }

    @Test func timesAreCutOffDownwards() {
        func microseconds(_ time: Int64) -> Int64 {
            Self.bytes { $0.append(timestamptz: time) }.dropFirst(4).reduce(0) { $0 << 8 | Int64($1) }
        }
        let year2000: Int64 = 946_684_800_000_000_000
        #expect(microseconds(year2000) == 0)
        #expect(microseconds(year2000 + 999) == 0)
        #expect(microseconds(year2000 - 1) == -1)
        #expect(microseconds(year2000 - 1000) == -1)
        // The last moment of a day stays in it.
        #expect(microseconds(year2000 + 86_399_999_999_600) == 86_399_999_999)
        #expect(microseconds(.min) == -9_223_372_036_854_776 - 946_684_800_000_000)
    }

    @Test func numbersLieWithTheGreatestByteFirst() {
        #expect(Self.bytes { $0.append(bigint: 258) } == [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2])
        #expect(Self.bytes { $0.append(double: 1) } == [0, 0, 0, 8, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0])
        #expect(Self.bytes { $0.append(boolean: true) } == [0, 0, 0, 1, 1])
        #expect(Self.bytes { $0.appendNull() } == [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(
            Self.bytes { $0.append(uuid: 0x0102_0304_0506_0708, 9) } == [
                0, 0, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 9,
            ])
        let signature: [UInt8] = [80, 71, 67, 79, 80, 89, 10, 0xFF, 13, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(Self.bytes { $0.appendHeader() } == signature)
        #expect(Self.bytes { $0.beginRow(fields: 3) } == [0, 3])
        #expect(Self.bytes { $0.appendTrailer() } == [0xFF, 0xFF])
    }

    private static func text(_ text: String, asJSON: Bool = false) -> (text: String, replaced: Int) {
        var binary = PostgresBinary()
        let bytes = Array(text.utf8)[...]
        if asJSON { binary.append(jsonb: bytes) } else { binary.append(text: bytes) }
        let length = binary.bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        #expect(length == binary.count - 4)
        return (String(decoding: binary.bytes.dropFirst(asJSON ? 5 : 4), as: UTF8.self), binary.replacedZeros)
    }

    @Test func charactersThatPostgreSQLCannotHoldAreReplacedAndCounted() {
        #expect(Self.text("ä") == ("ä", 0))
        #expect(Self.text("a\0b\0") == ("a\u{FFFD}b\u{FFFD}", 2))
        #expect(Self.text("ä\0") == ("ä\u{FFFD}", 1))
        var binary = PostgresBinary()
        binary.append(text: [0x61, 0xC3, 0x62])
        binary.append(jsonb: [0x22, 0xFF, 0x22])
        #expect(binary.replacedZeros == 2)
        #expect(
            binary.bytes == [0, 0, 0, 5, 0x61, 0xEF, 0xBF, 0xBD, 0x62, 0, 0, 0, 6, 1, 0x22, 0xEF, 0xBF, 0xBD, 0x22])
    }

    @Test func documentsAreAsJsonbTakesThem() {
        func json(_ text: String) -> (text: String, replaced: Int) { Self.text(text, asJSON: true) }
        #expect(json(#"{"a":[1,2.5e3,null]}"#) == (#"{"a":[1,2.5e3,null]}"#, 0))
        #expect(json(#"{"a":"x\u0000y"}"#) == ("{\"a\":\"x\u{FFFD}y\"}", 1))
        // A backslash that stands for itself, and then four digits.
        #expect(json(#"{"a":"x\\u0000y"}"#) == (#"{"a":"x\\u0000y"}"#, 0))
        #expect(json(#"{"a":"\ud83d\ude00 \n"}"#) == (#"{"a":"\ud83d\ude00 \n"}"#, 0))
        #expect(json(#"{"a":"\ud83d x","b":"\ude00"}"#) == ("{\"a\":\"\u{FFFD} x\",\"b\":\"\u{FFFD}\"}", 2))
        #expect(json(#"{"a":1e99999,"b":-1E+99999}"#) == (#"{"a":"1e99999","b":"-1E+99999"}"#, 2))
        // As many digits behind the point as an exponent makes of them.
        let digits = "1." + String(repeating: "7", count: 8000)
        #expect(json("[\(digits)e-9999]") == ("[\"\(digits)e-9999\"]", 1))
        #expect(json(#"{"a":"1e99999 \t"}"#) == (#"{"a":"1e99999 \t"}"#, 0))
        // What is cut off is no reason to read on.
        #expect(json(#"{"a":"\u00"#) == (#"{"a":"\u00"#, 0))
    }

    @Test func columnsHaveTheTypesThatHoldThemWhole() {
        #expect(PostgresType(.numeric(scale: 12))?.declaration == "numeric(38,12)")
        #expect(PostgresType(.timestamptz)?.declaration == "timestamp with time zone")
        #expect(PostgresType(.json)?.declaration == "jsonb")
        #expect(PostgresType(.interval) == nil)
    }
}
