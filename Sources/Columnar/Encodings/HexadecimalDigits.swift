internal import Bytes

/// Lower-case hexadecimal digits to numbers; the way back is HexadecimalColumns.
enum HexadecimalDigits {
    /// The value of at most 16 digits; nil when a byte is none.
    @inline(__always)
    static func parse(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64? {
        var (value, index): (UInt64, Int) = (0, range.lowerBound)
        while range.upperBound - index >= 8 {
            guard let digits = eight(bytes.loadUInt64(at: index)) else { return nil }
            value = value << 32 | digits
            index += 8
        }
        let rest = range.upperBound - index
        if rest == 0 { return value }
        // Zeros in front of fewer digits change nothing.
        let bits = UInt64(8 * rest)
        let padded = bytes.loadPartialUInt64(at: index, length: rest) << (64 - bits) | 0x3030_3030_3030_3030 >> bits
        guard let digits = eight(padded) else { return nil }
        return value << UInt64(4 * rest) | digits
    }

    /// Eight digits at once, the first in the lowest byte.
    @inline(__always)
    static func eight(_ text: UInt64) -> UInt64? {
        // A byte each. No sum carries into the next: what a byte may come to is 24.
        let letters = text >> 6 & 0x0101_0101_0101_0101
        let digits = (text & 0x0F0F_0F0F_0F0F_0F0F) &+ letters &* 9
        // Below 16, and the same text when they are written again.
        let writtenAsLetters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        guard digits & 0xF0F0_F0F0_F0F0_F0F0 == 0,
            digits &+ 0x3030_3030_3030_3030 &+ writtenAsLetters &* 0x27 == text
        else { return nil }
        // Two, four, eight of them in a row.
        var value = digits.byteSwapped
        value = (value | value >> 4) & 0x00FF_00FF_00FF_00FF
        value = (value | value >> 8) & 0x0000_FFFF_0000_FFFF
        return (value | value >> 16) & 0xFFFF_FFFF
    }
}
