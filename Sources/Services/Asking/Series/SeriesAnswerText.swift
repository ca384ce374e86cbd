import Bytes
package import JSONTexts
import PromQLEvaluation
package import PromQLText
import Synchronization

/// An answer as Prometheus writes it in JSON, piece by piece, at the pace of whoever takes it: beside the answer itself
/// a piece is all that lies in memory. Safe on any thread.
package final class SeriesAnswerText: Sendable {
    private let writing: Mutex<Writing>

    /// - Parameters:
    ///   - statistics: whether it says what it took.
    ///   - pieceBytes: about how long a piece is.
    package init(_ answer: SeriesAnswer, statistics: Bool = false, pieceBytes: Int = 128 << 10) {
        writing = Mutex(Writing(answer, statistics: statistics, pieceBytes: pieceBytes))
    }

    /// The next piece; nil after the last one.
    package func next() -> [UInt8]? { writing.withLock { $0.next() } }

    /// Whether the last piece was taken.
    package var isEnded: Bool { writing.withLock { $0.isEnded } }
}

/// Where writing an answer stands: which series, and which of its samples.
private struct Writing: Sendable {
    private let answer: SeriesAnswer
    private let hasStatistics: Bool
    private let pieceBytes: Int
    private var json = JSONWriter()
    private var numbers = NumberTexts()
    private var place = 0
    /// The sample of a series with several; nil: the series is not begun.
    private var sample: Int?
    /// Whether its histograms are written, which stand behind its numbers.
    private var isAtHistograms = false
    private var isListOpen = false
    private var isBegun = false
    private(set) var isEnded = false

    init(_ answer: SeriesAnswer, statistics: Bool, pieceBytes: Int) {
        (self.answer, hasStatistics, self.pieceBytes) = (answer, statistics, pieceBytes)
    }

    mutating func next() -> [UInt8]? {
        if isEnded { return nil }
        json.reserve(isBegun ? pieceBytes : min(pieceBytes, likelyBytes))
        if !isBegun { begin() }
        while json.bytes.count < pieceBytes, step() {}
        return json.take()
    }

    /// Of the whole text, roughly.
    private var likelyBytes: Int {
        guard case .matrix(let series) = answer.value else { return 4096 }
        return series.reduce(1024) { $0 + 256 + $1.samples.times.count * Self.sampleBytes }
    }

    /// Of a sample whose number has most digits that there are.
    private static let sampleBytes = 36

    private mutating func begin() {
        isBegun = true
        json.beginObject()
        json.member("status", "success")
        json.key("data")
        json.beginObject()
        switch answer.value {
        case .scalar: json.member("resultType", "scalar")
        case .string: json.member("resultType", "string")
        case .vector: json.member("resultType", "vector")
        case .matrix: json.member("resultType", "matrix")
        }
        json.key("result")
        json.beginArray()
    }

    /// Writes a sample; false once everything is written.
    private mutating func step() -> Bool {
        switch answer.value {
        case .scalar(let time, let value):
            SeriesJSON.write(time: time, to: &json)
            SeriesJSON.write(value, to: &json)
            return end()
        case .string(let text):
            SeriesJSON.write(time: answer.time, to: &json)
            json.value(utf8: text.bytes[...])
            return end()
        case .vector(let samples):
            guard place < samples.count else { return end() }
            let one = samples[place]
            place += 1
            json.beginObject()
            json.key("metric")
            json.value(one.labels.labels)
            if case .histogram = one.value { json.key("histogram") } else { json.key("value") }
            SeriesJSON.write(one.time, one.value, to: &json)
            json.endObject()
            return true
        case .matrix(let series):
            guard place < series.count else { return end() }
            write(series[place])
            return true
        }
    }

    /// Goes on with a series, by one sample.
    private mutating func write(_ series: Series) {
        let run = series.samples
        guard let index = sample else {
            json.beginObject()
            json.key("metric")
            json.value(series.labels.labels)
            (sample, isAtHistograms, isListOpen) = (0, false, false)
            return
        }
        guard index < run.times.count else {
            if isListOpen { json.endArray() }
            isListOpen = false
            if !isAtHistograms, !run.histograms.isEmpty {
                (sample, isAtHistograms) = (0, true)
                return
            }
            json.endObject()
            (place, sample) = (place + 1, nil)
            return
        }
        if run.histograms.isEmpty { return writeFloats(run, from: index) }
        sample = index + 1
        let isHistogram = !run.histograms.isEmpty && run.histograms[index] != nil
        guard isHistogram == isAtHistograms else { return }
        if !isListOpen {
            json.key(isHistogram ? "histograms" : "values")
            json.beginArray()
            isListOpen = true
        }
        SeriesJSON.write(run.times[index], run[index], to: &json)
    }

    /// As many samples as the piece has room for, at least one.
    private mutating func writeFloats(_ run: SampleRun, from index: Int) {
        if !isListOpen {
            json.key("values")
            json.beginArray()
            isListOpen = true
        }
        let (times, floats) = (run.times, run.floats)
        var next = index
        repeat {
            SeriesJSON.write(times[next], floats[next], to: &json, &numbers)
            next += 1
        } while next < times.count && json.bytes.count < pieceBytes
        sample = next
    }

    private mutating func end() -> Bool {
        json.endArray()
        if hasStatistics { writeStatistics() }
        json.endObject()
        for (name, remarks) in [("warnings", answer.warnings), ("infos", answer.infos)] where !remarks.isEmpty {
            json.key(name)
            json.array(remarks) { $1.value($0) }
        }
        json.endObject()
        isEnded = true
        return false
    }

    /// As Prometheus does; of its times those are zero that nothing is spent on here.
    private mutating func writeStatistics() {
        func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }
        json.key("stats")
        json.beginObject()
        json.key("timings")
        json.beginObject()
        json.member("evalTotalTime", seconds(answer.preparationNanoseconds + answer.evaluationNanoseconds))
        json.member("resultSortTime", 0)
        json.member("queryPreparationTime", seconds(answer.preparationNanoseconds))
        json.member("innerEvalTime", seconds(answer.evaluationNanoseconds))
        json.member("execQueueTime", 0)
        json.member("execTotalTime", seconds(answer.preparationNanoseconds + answer.evaluationNanoseconds))
        json.endObject()
        json.key("samples")
        json.beginObject()
        json.member("totalQueryableSamples", answer.samplesRead)
        json.member("samplesRead", answer.samplesRead)
        json.endObject()
        json.endObject()
    }
}

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
