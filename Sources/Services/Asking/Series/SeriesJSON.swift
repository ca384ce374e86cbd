import Bytes
package import JSONTexts
import PromQLEvaluation
package import PromQLText

/// Times, numbers and distributions as Prometheus writes them in JSON.
package enum SeriesJSON {
    /// A number as text: the shortest digits that mean the same double, with an exponent from 1e21 on and below 1e-6.
    static func text(_ value: Double) -> String {
        isPlain(value) ? WrittenNumber.plain(value) : WrittenNumber.general(value)
    }

    private static func isPlain(_ value: Double) -> Bool {
        value == 0 || !value.isFinite || (1e-6..<1e21).contains(value.magnitude)
    }

    /// A number as text, with an exponent whatever its size: so values of alerts are written.
    static func exponentText(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0e+00" : WrittenNumber.plain(value) }
        let parts = WrittenNumber.plain(value.magnitude).split(separator: ".")
        let (whole, fraction) = (parts[0], parts.count > 1 ? parts[1] : "")
        let zeros = fraction.prefix { $0 == "0" }.count
        let exponent = whole == "0" ? -zeros - 1 : whole.count - 1
        var digits = String(whole == "0" ? fraction.dropFirst(zeros) : whole + fraction)
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let magnitude = exponent.magnitude
        return (value < 0 ? "-" : "") + digits.prefix(1) + (digits.count > 1 ? "." + digits.dropFirst() : "")
            + (exponent < 0 ? "e-" : "e+") + (magnitude < 10 ? "0" : "") + String(magnitude)
    }

    /// Series with their examples, as an array.
    package static func write(_ series: [SeriesExemplars], to json: inout JSONWriter) {
        json.array(series) { one, json in
            json.object { json in
                json.key("seriesLabels")
                json.value(one.labels.labels)
                json.key("exemplars")
                json.array(one.exemplars) { exemplar, json in
                    json.object { json in
                        json.key("labels")
                        json.value(exemplar.labels.labels)
                        json.key("value")
                        write(exemplar.value, to: &json)
                        json.key("timestamp")
                        write(time: exemplar.time, to: &json)
                    }
                }
            }
        }
    }

    static func write(_ value: Double, to json: inout JSONWriter) {
        json.value(plain: { append(value, to: &$0) })
    }

    private static func append(_ value: Double, to bytes: inout [UInt8]) {
        if isPlain(value) {
            WrittenNumber.append(plain: value, to: &bytes)
        } else {
            bytes.append(contentsOf: WrittenNumber.general(value).utf8)
        }
    }

    /// ms since 1970 as seconds, with three decimals where they are not whole.
    static func write(time: Int64, to json: inout JSONWriter) {
        json.raw(plain: { append(time: time, to: &$0) })
    }

    private static func append(time: Int64, to bytes: inout [UInt8]) {
        let (seconds, rest) = time.magnitude.quotientAndRemainder(dividingBy: 1000)
        if time < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDecimal(Int64(seconds), to: &bytes)
        if rest == 0 { return }
        bytes.append(UInt8(ascii: "."))
        appendPadded(rest, digits: 3, to: &bytes)
    }

    /// A sample at once, since answers have them by the thousand. Those of our times have ten digits before the point.
    static func write(
        _ time: Int64, _ value: Double, to json: inout JSONWriter, _ numbers: inout NumberTexts
    ) {
        let (seconds, rest) = time.magnitude.quotientAndRemainder(dividingBy: 1000)
        guard time > 0, seconds >= 1_000_000_000, seconds < 10_000_000_000,
            let place = numbers.place(of: value, { append(value, to: &$0) })
        else { return writeLong(time, value, to: &json) }
        let texts = numbers.bytes
        json.raw(plain: { bytes in
            bytes.append(addingCapacity: NumberTexts.bytesMax + 20) { text in
                text.append(UInt8(ascii: "["))
                append(fiveDigits: UInt32(truncatingIfNeeded: seconds / 100_000), to: &text)
                append(fiveDigits: UInt32(truncatingIfNeeded: seconds % 100_000), to: &text)
                if rest > 0 {
                    text.append(UInt8(ascii: "."))
                    for power in [100, 10, 1] as [UInt64] {
                        text.append(48 + UInt8(truncatingIfNeeded: rest / power % 10))
                    }
                }
                text.append(UInt8(ascii: ","))
                text.append(UInt8(ascii: "\""))
                for index in place { text.append(texts[index]) }
                text.append(UInt8(ascii: "\""))
                text.append(UInt8(ascii: "]"))
            }
        })
    }

    private static func append(fiveDigits number: UInt32, to text: inout OutputSpan<UInt8>) {
        assert(number < 100_000, "five digits")
        text.append(48 + UInt8(truncatingIfNeeded: number / 10_000))
        text.append(48 + UInt8(truncatingIfNeeded: number / 1_000 % 10))
        text.append(48 + UInt8(truncatingIfNeeded: number / 100 % 10))
        text.append(48 + UInt8(truncatingIfNeeded: number / 10 % 10))
        text.append(48 + UInt8(truncatingIfNeeded: number % 10))
    }

    /// The same of whatever time and number.
    private static func writeLong(_ time: Int64, _ value: Double, to json: inout JSONWriter) {
        json.raw(plain: { bytes in
            bytes.append(UInt8(ascii: "["))
            append(time: time, to: &bytes)
            bytes.append(UInt8(ascii: ","))
            bytes.append(UInt8(ascii: "\""))
            append(value, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
            bytes.append(UInt8(ascii: "]"))
        })
    }

    static func write(_ time: Int64, _ value: SampleValue, to json: inout JSONWriter) {
        json.beginArray()
        write(time: time, to: &json)
        switch value {
        case .float(let float): write(float, to: &json)
        case .histogram(let histogram): write(histogram, to: &json)
        }
        json.endArray()
    }

    private static func write(_ histogram: NativeHistogram, to json: inout JSONWriter) {
        json.beginObject()
        json.member("count", text(histogram.count))
        json.member("sum", text(histogram.sum))
        let buckets = histogram.allBuckets.filter { $0.count != 0 }
        if !buckets.isEmpty {
            json.key("buckets")
            json.array(buckets) { bucket, json in
                json.beginArray()
                json.value(bucket.lowerInclusive ? (bucket.upperInclusive ? 3 : 1) : bucket.upperInclusive ? 0 : 2)
                for number in [bucket.lower, bucket.upper, bucket.count] { write(number, to: &json) }
                json.endArray()
            }
        }
        json.endObject()
    }
}
