import Bytes

/// Durations as words: `1h30m`. Units stand from the largest to the smallest, each at most once; a year has 365 days.
enum DurationText {
    struct Fault: Error {
        let message: String
    }

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
        ("s", 1000), ("ms", 1),
    ]

    /// ns.
    static func nanoseconds(of text: ArraySlice<UInt8>) throws(Fault) -> Int64 {
        func invalid() -> Fault { Fault(message: "not a valid duration string: " + QuotedText.quoted(text)) }
        if text.elementsEqual("0".utf8) { return 0 }
        if text.isEmpty { throw Fault(message: "empty duration string") }
        var rest = text
        var last = -1
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isDigit)
            rest = rest.dropFirst(digits.count)
            let word = rest.prefix { !$0.isDigit }
            rest = rest.dropFirst(word.count)
            guard let number = UInt64(String(decoding: digits, as: UTF8.self)), !word.isEmpty else { throw invalid() }
            guard let unit = units.firstIndex(where: { $0.name.utf8.elementsEqual(word) }) else {
                throw Fault(
                    message: "unknown unit " + QuotedText.quoted(word) + " in duration " + QuotedText.quoted(text))
            }
            guard unit > last else { throw invalid() }
            last = unit
            let outOfRange = Fault(message: "duration out of range")
            guard let count = Int64(exactly: number) else { throw outOfRange }
            let (part, overflows) = count.multipliedReportingOverflow(by: units[unit].milliseconds * 1_000_000)
            let (sum, sumOverflows) = total.addingReportingOverflow(part)
            guard !overflows, !sumOverflows else { throw outOfRange }
            total = sum
        }
        return total
    }

    /// Seconds as ns, saturating.
    static func nanoseconds(seconds: Double) -> Int64 { saturated((seconds * 1e9).rounded(.toNearestOrAwayFromZero)) }

    /// The nearest integer that there is; zero for what is no number.
    static func saturated(_ value: Double) -> Int64 {
        Int64(exactly: value.rounded(.towardZero)) ?? (value.isNaN ? 0 : value < 0 ? .min : .max)
    }

    /// As it is written: to the ms, years and weeks only where nothing remains below them.
    static func written(nanoseconds: Int64) -> String {
        var rest = nanoseconds.magnitude / 1_000_000
        if rest == 0 { return "0s" }
        var text = nanoseconds < 0 ? "-" : ""
        for (index, unit) in units.enumerated() {
            let length = UInt64(unit.milliseconds)
            let isExact = rest.isMultiple(of: length)
            guard rest >= length, index > 1 || isExact else { continue }
            text += String(rest / length) + unit.name
            rest %= length
        }
        return text
    }
}
