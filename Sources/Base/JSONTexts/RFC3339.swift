import Bytes

/// Why a text is no time that the store can keep.
package enum TimestampError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not RFC 3339; where the first byte stands that does not fit.
    case malformed(offset: Int)
    /// More than nine decimals of a second that are not zero.
    case tooPrecise
    /// Before 1677-09-21T00:12:43.145224192Z or after 2262-04-11T23:47:16.854775807Z: beyond 64 bits of nanoseconds.
    case outOfRange

    /// What is expected or wrong, in words for the sender.
    package var description: String {
        switch self {
        case .malformed(let offset): "an RFC 3339 time such as 2026-08-01T09:00:15.25Z (does not fit at byte \(offset))"
        case .tooPrecise: "an RFC 3339 time with at most nine decimals of a second"
        case .outOfRange: "an RFC 3339 time between 1677-09-21T00:12:43.145224192Z and 2262-04-11T23:47:16.854775807Z"
        }
    }
}

/// RFC 3339 times and nanoseconds since 1970 UTC.
package enum RFC3339 {
    /// Parses `date T time zone`; `T` and `Z` in either case, a blank for `T`, up to nine decimals, offsets of hours
    /// and minutes. A leap second (`:60`) is the first instant of the next minute plus its fraction, as POSIX time has
    /// it. Does not allocate.
    package static func parse(_ text: Span<UInt8>) throws(TimestampError) -> Int64 {
        guard text.count >= 20 else { throw .malformed(offset: text.count) }
        let year = try digits(text, 0, 4)
        try expect(text, 4, UInt8(ascii: "-"))
        let month = try digits(text, 5, 2)
        guard (1...12).contains(month) else { throw .malformed(offset: 5) }
        try expect(text, 7, UInt8(ascii: "-"))
        let day = try digits(text, 8, 2)
        let date = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day))
        guard day >= 1, date.day <= date.daysInMonth else { throw .malformed(offset: 8) }
        let separator = text[10] | 0x20
        guard separator == UInt8(ascii: "t") || text[10] == 0x20 else { throw .malformed(offset: 10) }
        let hour = try digits(text, 11, 2)
        guard hour < 24 else { throw .malformed(offset: 11) }
        try expect(text, 13, UInt8(ascii: ":"))
        let minute = try digits(text, 14, 2)
        guard minute < 60 else { throw .malformed(offset: 14) }
        try expect(text, 16, UInt8(ascii: ":"))
        let second = try digits(text, 17, 2)
        guard second <= 60 else { throw .malformed(offset: 17) }
        var place = 19
        let nanoseconds = try fraction(text, &place)
        let offset = try zone(text, place)
        return try join(
            seconds: Int(date.daysSince1970) * 86_400 + hour * 3600 + minute * 60 + second - offset,
            nanoseconds: nanoseconds)
    }

    /// The same for a slice of bytes.
    package static func parse(_ text: ArraySlice<UInt8>) throws(TimestampError) -> Int64 { try parse(text.span) }
    /// The same for text.
    package static func parse(_ text: String) throws(TimestampError) -> Int64 { try parse(text.utf8.span) }

    private static func expect(_ text: Span<UInt8>, _ place: Int, _ byte: UInt8) throws(TimestampError) {
        guard text[place] == byte else { throw .malformed(offset: place) }
    }

    @inline(__always)
    private static func digits(_ text: Span<UInt8>, _ start: Int, _ count: Int) throws(TimestampError) -> Int {
        var value = 0
        for place in start..<(start + count) {
            let digit = text[place] &- 0x30
            guard digit < 10 else { throw .malformed(offset: place) }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    /// Nanoseconds of the decimals at `place`, which moves behind them; 0 where there are none.
    private static func fraction(_ text: Span<UInt8>, _ place: inout Int) throws(TimestampError) -> Int {
        guard place < text.count, text[place] == UInt8(ascii: ".") else { return 0 }
        place += 1
        let start = place
        var value = 0
        while place < text.count {
            let digit = text[place] &- 0x30
            guard digit < 10 else { break }
            if place - start < 9 {
                value = value &* 10 &+ Int(digit)
            } else if digit != 0 {
                throw .tooPrecise
            }
            place += 1
        }
        guard place > start else { throw .malformed(offset: place) }
        var count = place - start
        while count < 9 {
            value &*= 10
            count += 1
        }
        return value
    }

    /// Seconds east of UTC.
    private static func zone(_ text: Span<UInt8>, _ place: Int) throws(TimestampError) -> Int {
        guard place < text.count else { throw .malformed(offset: place) }
        let sign = text[place]
        if sign | 0x20 == UInt8(ascii: "z") {
            guard place + 1 == text.count else { throw .malformed(offset: place + 1) }
            return 0
        }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { throw .malformed(offset: place) }
        guard place + 6 == text.count else { throw .malformed(offset: min(text.count, place + 6)) }
        let hours = try digits(text, place + 1, 2)
        guard hours < 24 else { throw .malformed(offset: place + 1) }
        try expect(text, place + 3, UInt8(ascii: ":"))
        let minutes = try digits(text, place + 4, 2)
        guard minutes < 60 else { throw .malformed(offset: place + 4) }
        let offset = hours * 3600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -offset : offset
    }

    private static func join(seconds: Int, nanoseconds: Int) throws(TimestampError) -> Int64 {
        // Before 1970 both parts are made negative, so that the first nanoseconds of the range don't overflow on the
        // way.
        assert((0..<1_000_000_000).contains(nanoseconds), "a fraction of a second")
        let (whole, part) =
            seconds < 0 && nanoseconds > 0 ? (seconds + 1, nanoseconds - 1_000_000_000) : (seconds, nanoseconds)
        let (product, isTooLarge) = Int64(whole).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isBeyond) = product.addingReportingOverflow(Int64(part))
        guard !isTooLarge, !isBeyond else { throw .outOfRange }
        return sum
    }

    /// How many decimals of a second are written.
    package enum Decimals: Sendable {
        /// 0, 3, 6 or 9, as many as it needs: `2026-08-01T09:00:15.250Z`.
        case thousands
        /// As many as it needs: `2026-08-01T09:00:15.25Z`.
        case shortest
        /// Nine.
        case nine
        /// Three, of which the last is not rounded.
        case three
    }

    /// Appends a time.
    /// - Parameters:
    ///   - nanosecondsSince1970: UTC.
    ///   - offsetSeconds: how far the clock that is written is ahead of UTC; less than a day either way.
    package static func append(
        _ nanosecondsSince1970: Int64, decimals: Decimals = .thousands, offsetSeconds: Int64 = 0,
        to bytes: inout [UInt8]
    ) {
        let (text, count) = clock(nanosecondsSince1970, decimals, offsetSeconds)
        bytes.append(contentsOf: text.span.extracting(0..<count))
        appendOffset(offsetSeconds, to: &bytes)
    }

    /// The time as text; see ``append(_:decimals:offsetSeconds:to:)``.
    package static func render(
        _ nanosecondsSince1970: Int64, decimals: Decimals = .thousands, offsetSeconds: Int64 = 0
    ) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(35)
        append(nanosecondsSince1970, decimals: decimals, offsetSeconds: offsetSeconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends an offset from UTC: `Z`, `+02:00`. The seconds of mean times, which RFC 3339 does not have, stand
    /// behind: `-00:01:15`.
    static func appendOffset(_ seconds: Int64, to bytes: inout [UInt8]) {
        guard seconds != 0 else { return bytes.append(UInt8(ascii: "Z")) }
        bytes.append(seconds < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        let size = seconds.magnitude
        appendPadded(size / 3600, digits: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        appendPadded(size / 60 % 60, digits: 2, to: &bytes)
        guard size % 60 != 0 else { return }
        bytes.append(UInt8(ascii: ":"))
        appendPadded(size % 60, digits: 2, to: &bytes)
    }

    /// The same as text.
    package static func renderOffset(_ seconds: Int64) -> String {
        var bytes: [UInt8] = []
        appendOffset(seconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Date and time as a clock shows them that is ahead of UTC, and how many of the bytes count.
    private static func clock(
        _ nanosecondsSince1970: Int64, _ decimals: Decimals, _ offsetSeconds: Int64
    ) -> (text: InlineArray<29, UInt8>, count: Int) {
        let seconds = floorDivide(nanosecondsSince1970, Nanoseconds.second)
        let nanoseconds = Int(nanosecondsSince1970 &- seconds &* Nanoseconds.second)
        let days = floorDivide(seconds + offsetSeconds, 86_400)
        let secondOfDay = Int(seconds + offsetSeconds - days * 86_400)
        let date = CivilDate(daysSince1970: days)
        // Digits are put over the template from the right; the decimals stay as they are where there are none.
        var text: InlineArray<29, UInt8> = [
            0x30, 0x30, 0x30, 0x30, 0x2D, 0x30, 0x30, 0x2D, 0x30, 0x30, 0x54,
            0x30, 0x30, 0x3A, 0x30, 0x30, 0x3A, 0x30, 0x30, 0x2E, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30,
        ]
        put(Int(date.year), endingAt: 4, in: &text)
        put(Int(date.month), endingAt: 7, in: &text)
        put(Int(date.day), endingAt: 10, in: &text)
        put(secondOfDay / 3600, endingAt: 13, in: &text)
        put(secondOfDay / 60 % 60, endingAt: 16, in: &text)
        put(secondOfDay % 60, endingAt: 19, in: &text)
        put(nanoseconds, endingAt: 29, in: &text)
        var count = 29
        switch decimals {
        case .nine: break
        case .three: count = 23
        case _ where nanoseconds == 0: count = 19
        case .thousands: count = nanoseconds % 1_000_000 == 0 ? 23 : nanoseconds % 1000 == 0 ? 26 : 29
        case .shortest: while text[count - 1] == 0x30 { count -= 1 }
        }
        return (text, count)
    }

    private static func put(_ value: Int, endingAt end: Int, in text: inout InlineArray<29, UInt8>) {
        var (rest, place) = (value, end)
        while rest > 0 {
            place -= 1
            text[place] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
            rest /= 10
        }
    }
}
