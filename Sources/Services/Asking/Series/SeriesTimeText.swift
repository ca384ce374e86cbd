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
        if let seconds = number(text), let time = milliseconds(seconds) { return time }
        if let time = try? RFC3339.parse(text) {
            let (whole, rest) = time.quotientAndRemainder(dividingBy: 1_000_000)
            return rest < 0 ? whole - 1 : whole
        }
        // What Prometheus' clients send for all times.
        if text == "-292273086-05-16T16:47:06Z" { return always.lowerBound }
        if text == "292277025-08-18T07:12:54.999999999Z" { return always.upperBound }
        throw SeriesRefusal(
            parameter: parameter, "cannot parse \(QuotedText.quoted(Array(text.utf8))) to a valid timestamp")
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
