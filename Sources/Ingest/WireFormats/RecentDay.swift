internal import Bytes
internal import Domain
internal import JSONTexts

/// Reads times of the day that the last one was of: of most events only the clock differs from the one before.
struct RecentDay {
    /// The bytes of the date and of the `T` behind it, as two words that overlap; zeros, which no date has, at first.
    private var head: UInt64 = 0
    private var tail: UInt64 = 0
    /// Midnight, ns since 1970 UTC.
    private var midnight: Int64 = 0

    /// The time that a text in UTC tells, ns since 1970; nil where it is for others to say what it tells or what is
    /// wrong with it.
    @inline(__always)
    mutating func time(_ text: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        guard let clock = Self.clock(text, range) else { return nil }
        let start = range.lowerBound
        if text.loadUInt64(at: start) == head, text.loadUInt64(at: start &+ 3) == tail { return midnight &+ clock }
        return first(text, range, clock)
    }

    /// The same of another day, which is the recent one from now on.
    private mutating func first(_ text: Span<UInt8>, _ range: Range<Int>, _ clock: Int64) -> Int64? {
        let start = range.lowerBound
        guard text[start + 10] == UInt8(ascii: "T"), let time = try? RFC3339.parse(text.extracting(range)),
            Limits.times.contains(time), Limits.times.contains(time + Nanoseconds.day),
            Limits.times.contains(time - Nanoseconds.day)
        else { return nil }
        (head, tail, midnight) = (text.loadUInt64(at: start), text.loadUInt64(at: start + 3), time - clock)
        return time
    }

    /// The nanoseconds since midnight that `…T15:13:45.465Z` tells; nil where the clock is written otherwise.
    @inline(__always)
    private static func clock(_ text: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        let (start, end) = (range.lowerBound, range.upperBound)
        guard range.count >= 20, start &+ 36 <= text.count, text[end &- 1] == UInt8(ascii: "Z") else { return nil }
        // Digits and colons as their values; colons as 0.
        let word = text.loadUInt64(at: start &+ 11) ^ 0x3030_3A30_303A_3030
        guard (word | (word &+ 0x7676_7F76_767F_7676)) & 0x8080_8080_8080_8080 == 0 else { return nil }
        let hour = (word & 0xFF) &* 10 &+ word &>> 8 & 0xFF
        let minute = (word &>> 24 & 0xFF) &* 10 &+ word &>> 32 & 0xFF
        let second = (word &>> 48 & 0xFF) &* 10 &+ word &>> 56
        guard hour < 24, minute < 60, second < 60 else { return nil }
        let seconds = Int64(bitPattern: (hour &* 60 &+ minute) &* 60 &+ second) &* 1_000_000_000
        let decimals = range.count &- 21
        if decimals < 0 { return seconds }
        guard decimals >= 1, decimals <= 9, text[start &+ 19] == UInt8(ascii: ".") else { return nil }
        var (count, value) = PlainJSON.digits(text.loadUInt64(at: start &+ 20))
        guard count >= min(8, decimals) else { return nil }
        if decimals == 9 {
            let last = UInt64(text[start &+ 28] &- 0x30)
            guard last < 10 else { return nil }
            value = value &* 10 &+ last
            count = 9
        }
        guard count == decimals else { return nil }
        return seconds &+ Int64(bitPattern: value &* PlainJSON.power(9 &- decimals))
    }
}
