/// Lower-case hexadecimal digits to numbers and back, over arrays.
enum HexadecimalDigits {
    /// The value of each byte as a digit; 16 where it is none.
    private static let values: [UInt8] = (0...255).map { byte in
        switch byte {
        case 0x30...0x39: UInt8(byte - 0x30)
        case 0x61...0x66: UInt8(byte - 0x61 + 10)
        default: 16
        }
    }

    /// The two digits of each byte, the first in the low half.
    static let pairs: [UInt16] = (0...255).map { byte in
        let digits = Array("0123456789abcdef".utf8)
        return UInt16(digits[byte >> 4]) | UInt16(digits[byte & 15]) << 8
    }

    /// The value of at most 16 digits; nil when a byte is none.
    @inline(__always)
    static func parse(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64? {
        var value: UInt64 = 0
        var seen: UInt8 = 0
        for index in range {
            let digit = values[Int(bytes[index])]
            seen |= digit
            value = value << 4 | UInt64(digit & 15)
        }
        return seen < 16 ? value : nil
    }

    /// Appends the low `count` digits of `value`, most significant first.
    @inline(__always)
    static func append(_ value: UInt64, count: Int, to output: inout OutputSpan<UInt8>) {
        var shift = UInt64(count) &* 4
        if count & 1 != 0 {
            shift &-= 4
            output.append(UInt8(truncatingIfNeeded: pairs[Int(value &>> shift & 15)] >> 8))
        }
        while shift > 0 {
            shift &-= 8
            let pair = pairs[Int(value &>> shift & 255)]
            output.append(UInt8(truncatingIfNeeded: pair))
            output.append(UInt8(truncatingIfNeeded: pair >> 8))
        }
    }
}
