/// Lower-case hexadecimal digits to numbers; the way back is HexadecimalColumns.
enum HexadecimalDigits {
    /// The value of each byte as a digit; 16 where it is none.
    private static let values: [UInt8] = (0...255).map { byte in
        switch byte {
        case 0x30...0x39: UInt8(byte - 0x30)
        case 0x61...0x66: UInt8(byte - 0x61 + 10)
        default: 16
        }
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
}
