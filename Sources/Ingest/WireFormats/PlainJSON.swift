internal import Bytes

/// Reads JSON as most senders write it, eight bytes at a time and without a tape: texts of ASCII without escapes,
/// integers without exponents, one blank at most between two signs. Whatever is written otherwise is no error here, but
/// read by the parser.
enum PlainJSON {
    static let quote = UInt8(ascii: "\"")

    /// The byte at a place; 0 behind the end.
    @inline(__always)
    static func byte(_ text: Span<UInt8>, _ place: Int) -> UInt8 { place < text.count ? text[place] : 0 }

    /// The place behind a blank that may stand there.
    @inline(__always)
    static func behindBlank(_ text: Span<UInt8>, _ place: Int) -> Int {
        byte(text, place) == 0x20 ? place &+ 1 : place
    }

    /// Where the closing quote of a text stands that begins at a place; nil where it has something else than printable
    /// ASCII without escapes, and where the end of the bytes is so near that words cannot be read.
    @inline(__always)
    static func textEnd(_ text: Span<UInt8>, _ start: Int) -> Int? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = 0x8080_8080_8080_8080
        var place = start
        while place &+ 8 <= text.count {
            let word = text.loadUInt64(at: place)
            // The highest bit of the first byte that ends it is exact; bytes above may have caught a carry of it.
            let quotes = (word ^ (ones &* 0x22)) &- ones
            let escapes = (word ^ (ones &* 0x5C)) &- ones
            let controls = word &- (ones &* 0x20)
            let stops = (quotes | escapes | controls | (word &+ ones) | word) & high
            if stops != 0 {
                place &+= stops.trailingZeroBitCount &>> 3
                return text[place] == quote ? place : nil
            }
            place &+= 8
        }
        return nil
    }

    /// The digits that eight bytes begin with: how many they are, and their value.
    @inline(__always)
    static func digits(_ word: UInt64) -> (count: Int, value: UInt64) {
        let digits = word ^ 0x3030_3030_3030_3030
        let others = (digits | (digits &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080
        let count = others.trailingZeroBitCount &>> 3
        guard count > 0 else { return (0, 0) }
        // Zeros before them, then pairs, fours and all eight at once.
        var value = digits &<< UInt64(64 &- 8 &* count)
        value = (value &* 2561) &>> 8 & 0x00FF_00FF_00FF_00FF
        value = (value &* 6_553_601) &>> 16 & 0x0000_FFFF_0000_FFFF
        return (count, (value &* 42_949_672_960_001) &>> 32)
    }

    /// 10 to the power of 0 to 9.
    @inline(__always)
    static func power(_ exponent: Int) -> UInt64 {
        switch exponent {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        case 7: 10_000_000
        case 8: 100_000_000
        default: 1_000_000_000
        }
    }

    /// The integer of at most 16 digits that stands at a place, which moves behind it; nil where another number stands
    /// there, or none. What follows it is for the caller to look at.
    @inline(__always)
    static func integer(_ text: Span<UInt8>, _ place: inout Int) -> Int64? {
        guard place &+ 25 <= text.count else { return nil }
        let isNegative = text[place] == UInt8(ascii: "-")
        let start = isNegative ? place &+ 1 : place
        var (count, value) = digits(text.loadUInt64(at: start))
        if count == 8 {
            let more = digits(text.loadUInt64(at: start &+ 8))
            guard more.count < 8 || text[start &+ 16] &- 0x30 > 9 else { return nil }
            value = value &* power(more.count) &+ more.value
            count &+= more.count
        }
        // No zero before other digits, and no zero below zero.
        guard count > 0, text[start] != 0x30 || count == 1 && !isNegative else { return nil }
        place = start &+ count
        return isNegative ? 0 &- Int64(bitPattern: value) : Int64(bitPattern: value)
    }

    /// The number that stands at a place, which moves behind it, where it has at most seven digits before and eight
    /// behind the point: such a fraction of two exact numbers is rounded once, as the parser rounds it. A whole number
    /// may be longer.
    static func double(_ text: Span<UInt8>, _ place: inout Int) -> Double? {
        guard let whole = integer(text, &place) else { return nil }
        guard byte(text, place) == UInt8(ascii: ".") else { return Double(whole) }
        // Below zero what stands behind the point is taken away; -0.5 has no whole number that says so.
        guard whole.magnitude < 10_000_000, place &+ 10 <= text.count else { return nil }
        let (count, value) = digits(text.loadUInt64(at: place &+ 1))
        guard count > 0, count < 8 || text[place &+ 9] &- 0x30 > 9 else { return nil }
        place &+= 1 &+ count
        let scale = Int64(power(count))
        let fraction = Int64(value)
        return Double(whole &* scale &+ (whole < 0 ? 0 &- fraction : fraction)) / Double(scale)
    }
}
