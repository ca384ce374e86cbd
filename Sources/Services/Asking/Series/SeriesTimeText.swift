import Bytes
import JSONTexts
import PromQLText

/// Times and durations as the API of Prometheus takes them.
package enum SeriesTimeText {
    /// The times that an index is asked for where nobody says which: all that ns since 1970 tell, in ms.
    package static let always: ClosedRange<Int64> = (.min / 1_000_000)...(.max / 1_000_000)

    /// ms since 1970: seconds with decimals, or RFC 3339, rounded down.
    /// - Parameter parameter: what says so.
    package static func time(_ text: String, _ parameter: String) throws(SeriesRefusal) -> Int64 {
        if let time = time(text) { return time }
        throw SeriesRefusal(parameter: parameter, unread(text))
    }

    /// The same of a parameter that may be left out, of which Prometheus says more.
    /// - Parameter parameter: what says so.
    package static func optionalTime(_ text: String, _ parameter: String) throws(SeriesRefusal) -> Int64 {
        if let time = time(text) { return time }
        throw SeriesRefusal(parameter: parameter, "Invalid time value for '\(parameter)': \(unread(text))")
    }

    private static func unread(_ text: String) -> String {
        "cannot parse \(QuotedText.quoted(Array(text.utf8))) to a valid timestamp"
    }

    private static func time(_ text: String) -> Int64? {
        if let seconds = number(text), let time = time(seconds: seconds) { return time }
        if let time = written(text) { return time }
        // What Prometheus' clients send for all times.
        if text == "-292273086-05-16T16:47:06Z" { return always.lowerBound }
        if text == "292277025-08-18T07:12:54.999999999Z" { return always.upperBound }
        return nil
    }

    /// Whole seconds and the rest apart, as Prometheus does it: of the number as it is written the rest is rounded.
    private static func time(seconds: Double) -> Int64? {
        let whole = seconds.rounded(.towardZero)
        guard let count = Int64(exactly: whole) else { return nil }
        let (time, overflows) = count.multipliedReportingOverflow(by: 1000)
        let rest = Int64(((seconds - whole) * 1000).rounded(.toNearestOrAwayFromZero))
        let (sum, isBeyond) = time.addingReportingOverflow(rest)
        return overflows || isBeyond ? nil : sum
    }

    /// RFC 3339 as Prometheus reads it: in capitals, without leap seconds, of any year with four digits.
    private static func written(_ text: String) -> Int64? {
        var bytes = Array(text.utf8.prefix(64))
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T"), bytes[17] != UInt8(ascii: "6"),
            bytes.last != UInt8(ascii: "z"), bytes[..<4].allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        // Days repeat after 400 years, so the year is read as one that ns since 1970 reach.
        let year = bytes[..<4].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        let cycles = (year + 2300) / 400 - 10
        var rest = year - cycles * 400
        for place in (0..<4).reversed() {
            bytes[place] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
        guard let time = try? RFC3339.parse(bytes[...]) else { return nil }
        let (whole, part) = time.quotientAndRemainder(dividingBy: 1_000_000)
        return (part < 0 ? whole - 1 : whole) + cycles * 146_097 * 86_400_000
    }

    /// ms: seconds with decimals, or a duration in the words of PromQL.
    /// - Parameter parameter: what says so.
    package static func duration(_ text: String, _ parameter: String) throws(SeriesRefusal) -> Int64 {
        if let seconds = number(text) {
            guard seconds.magnitude < Double(Int64.max) / 1e9, let length = milliseconds(seconds) else {
                throw SeriesRefusal(
                    parameter: parameter,
                    "cannot parse \(QuotedText.quoted(Array(text.utf8))) to a valid duration. It overflows int64")
            }
            return length
        }
        guard let length = try? PromQLDuration.nanoseconds(Array(text.utf8)) else {
            throw SeriesRefusal(
                parameter: parameter, "cannot parse \(QuotedText.quoted(Array(text.utf8))) to a valid duration")
        }
        return length / 1_000_000
    }

    /// A decimal number, with an exponent or without; nil for infinities as well.
    private static func number(_ text: String) -> Double? {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard isPlain, text.utf8.count <= 400, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Seconds as ms, to the nearest one; nil beyond 64 bits.
    private static func milliseconds(_ seconds: Double) -> Int64? {
        Int64(exactly: (seconds * 1000).rounded(.toNearestOrAwayFromZero))
    }
}
