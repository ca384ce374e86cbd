import Bytes
import PromQLEvaluation
import PromQLText
import Synchronization

/// Series, and what expressions say of them.
struct Asking {
    var source: any SeriesSource
    var samplesMax = 50_000_000
    var stepsMax = 10_000_000

    /// - Parameter lines: series in the shorthand of unit tests, a value a minute.
    init(_ lines: String...) throws {
        var series = MemorySeries()
        for line in lines { series.load(try SeriesDescription(Array(line.utf8)), step: 60_000) }
        source = series
    }

    init(_ source: any SeriesSource) { self.source = source }

    func answer(
        _ text: String, _ times: PromQLQuestion.Times, within budget: some QuestionBudget = UnboundedBudget()
    ) throws(EvaluationError) -> PromQLAnswer {
        let expression: PromQLExpression
        do throws(PromQLError) {
            expression = try PromQLExpression(Array(text.utf8), features: .all)
        } catch { throw .refused("\(error)") }
        var question = PromQLQuestion(expression, at: times)
        (question.samplesMax, question.stepsMax) = (samplesMax, stepsMax)
        return try PromQLEvaluator.answer(question, over: source, within: budget)
    }

    /// The value as lines, or why there is none.
    func lines(_ text: String, _ times: PromQLQuestion.Times) -> [String] {
        do throws(EvaluationError) {
            return Self.lines(try answer(text, times).value)
        } catch { return ["\(error)"] }
    }

    /// At the minute.
    func lines(_ text: String, at minute: Int64) -> [String] { lines(text, .instant(minute * 60_000)) }

    static func lines(_ value: PromQLAnswer.Value) -> [String] {
        switch value {
        case .scalar(_, let value): ["\(value)"]
        case .string(let text): ["\(text)"]
        case .vector(let samples): samples.map { "\($0.labels) \(written($0.value))" }
        case .matrix(let series):
            series.map { one in
                "\(one.labels)" + one.samples.times.indices.map {
                    " \(written(one.samples[$0]))@\(one.samples.times[$0] / 1000)"
                }.joined()
            }
        }
    }

    private static func written(_ value: SampleValue) -> String {
        switch value {
        case .float(let float): "\(float)"
        case .histogram(let histogram): "{count:\(histogram.count) sum:\(histogram.sum)}"
        }
    }
}

/// Counts what is taken, and says no beyond a number of bytes or of looks at the clock.
final class CountingBudget: QuestionBudget {
    private let bytesMax: Int
    private let looksMax: Int
    private let counts = Mutex((bytes: 0, bytesTop: 0, looks: 0))

    init(bytesMax: Int = .max, looksMax: Int = .max) { (self.bytesMax, self.looksMax) = (bytesMax, looksMax) }

    var bytes: Int { counts.withLock { $0.bytes } }
    var bytesTop: Int { counts.withLock { $0.bytesTop } }
    var looks: Int { counts.withLock { $0.looks } }

    func take(bytes: Int) throws(EvaluationError) {
        let isTaken = counts.withLock { counts in
            guard counts.bytes + bytes <= bytesMax else { return false }
            counts.bytes += bytes
            counts.bytesTop = max(counts.bytesTop, counts.bytes)
            return true
        }
        if !isTaken { throw .outOfMemory }
    }

    func giveBack(bytes: Int) { counts.withLock { $0.bytes -= bytes } }

    func lookAtClock() throws(EvaluationError) {
        let looks = counts.withLock { counts in
            counts.looks += 1
            return counts.looks
        }
        if looks > looksMax { throw .timedOut }
    }
}
