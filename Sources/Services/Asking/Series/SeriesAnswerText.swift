import Bytes
import JSONTexts
import PromQLEvaluation
import PromQLText
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
        json.member("peakSamples", answer.samplesMost)
        json.member("samplesRead", answer.samplesRead)
        json.endObject()
        json.endObject()
    }
}
