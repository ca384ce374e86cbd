import Bytes
import Columnar
import JSONTexts

/// PostgreSQL's ISO text forms of times and intervals, both ways. Fractions have up to nine digits, trailing zeros cut.
enum TimeText {
    static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
    }

    static func fraction(_ nanoseconds: Int64) -> String {
        if nanoseconds == 0 { return "" }
        var digits = pad(nanoseconds, 9)
        while digits.hasSuffix("0") { digits.removeLast() }
        return "." + digits
    }

    static func date(_ day: Int64) -> String {
        let civil = CivilDate(daysSince1970: day)
        if civil.year <= 0 { return "\(pad(1 - civil.year, 4))-\(pad(civil.month, 2))-\(pad(civil.day, 2)) BC" }
        return "\(pad(civil.year, 4))-\(pad(civil.month, 2))-\(pad(civil.day, 2))"
    }

    static func clock(_ nanoseconds: Int64) -> String {
        let seconds = nanoseconds / Nanoseconds.second
        return "\(pad(seconds / 3600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2))"
            + fraction(nanoseconds % Nanoseconds.second)
    }

    /// A wall-clock reading: `2026-08-01 09:00:15.5`, or with `T` between.
    static func timestamp(_ instant: Int64, offsetSeconds: Int64 = 0, separator: String = " ") -> String {
        // The first day begins before the first instant, and an offset may reach beyond either end: the clock takes it.
        let day = floorDivide(instant, Nanoseconds.day)
        let reading = instant &- day &* Nanoseconds.day + offsetSeconds * Nanoseconds.second
        let shift = floorDivide(reading, Nanoseconds.day)
        return date(day + shift) + separator + clock(reading - shift * Nanoseconds.day)
    }

    /// An instant with its offset: `2026-08-01 11:00:15.5+02`.
    static func timestamptz(_ utc: Int64, zone: ZoneOffsets) -> String {
        let offset = zone.offsetNanoseconds(utc: utc) / Nanoseconds.second
        return timestamp(utc, offsetSeconds: offset) + offsetText(offset)
    }

    /// RFC 3339: `2026-08-01T09:00:15.5Z`. It has no seconds in offsets, so those of mean times are left out of the
    /// reading, too.
    static func rfc3339(_ utc: Int64, zone: ZoneOffsets) -> String {
        RFC3339.render(utc, decimals: .shortest, offsetSeconds: wholeMinutes(utc, zone))
    }

    /// Appends the same.
    static func append(rfc3339 utc: Int64, zone: ZoneOffsets, to bytes: inout [UInt8]) {
        RFC3339.append(utc, decimals: .shortest, offsetSeconds: wholeMinutes(utc, zone), to: &bytes)
    }

    /// The offset in seconds, without those beyond its minutes.
    private static func wholeMinutes(_ utc: Int64, _ zone: ZoneOffsets) -> Int64 {
        zone.offsetNanoseconds(utc: utc) / Nanoseconds.minute * 60
    }

    private static func offsetText(_ seconds: Int64) -> String {
        let magnitude = abs(seconds)
        var text = (seconds < 0 ? "-" : "+") + pad(magnitude / 3600, 2)
        if magnitude % 3600 != 0 { text += ":" + pad(magnitude / 60 % 60, 2) }
        if magnitude % 60 != 0 { text += ":" + pad(magnitude % 60, 2) }
        return text
    }

    /// `1 year 2 mons 3 days 04:05:06.7`.
    static func interval(_ value: Interval) -> String {
        var parts: [String] = []
        func add(_ amount: Int64, _ unit: String) {
            guard amount != 0 else { return }
            let sign = amount > 0 && parts.last?.hasPrefix("-") == true ? "+" : ""
            parts.append("\(sign)\(amount) \(unit)\(amount == 1 ? "" : "s")")
        }
        add(value.months / 12, "year")
        add(value.months % 12, "mon")
        add(value.days, "day")
        if value.nanoseconds != 0 || parts.isEmpty {
            let isNegative = value.nanoseconds < 0
            let magnitude = value.nanoseconds.magnitude
            let seconds = Int64(magnitude / 1_000_000_000)
            let clock =
                "\(pad(seconds / 3600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2))"
                + fraction(Int64(magnitude % 1_000_000_000))
            let sign = isNegative ? "-" : (parts.last?.hasPrefix("-") == true ? "+" : "")
            parts.append(sign + clock)
        }
        return parts.joined(separator: " ")
    }
}
