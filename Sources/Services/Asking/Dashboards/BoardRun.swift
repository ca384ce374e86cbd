import Bytes
import Dashboarding
import JSONTexts
package import Plans
import PromQLEvaluation
package import PromQLText

/// Answers a dashboard: its range, what its variables may be, panel by panel, what is marked; a line of JSON each, as
/// it is ready.
///
/// All questions are of one state of things and have the time of one together; equal ones are asked once. What is wrong
/// with one stands in its panel's line, and the others are answered.
package final class BoardRun {
    /// What it took.
    package struct Counts: Hashable, Sendable {
        /// Questions of panels.
        var questions = 0
        /// Those that were asked: equal ones once.
        var asked = 0
    }

    /// What is asked: equal ones have one answer.
    struct Key: Hashable {
        var text: [UInt8]
        var from: Int64
        var through: Int64
        /// 0: once.
        var step: Int64

        var question: SeriesQuestion {
            step == 0
                ? SeriesQuestion(text, at: through) : SeriesQuestion(text, from: from, through: through, step: step)
        }
    }

    let request: BoardRequest
    let runner: SeriesRunner
    let source: any SeriesSource
    let options: QueryOptions
    var texts: [String: VariableText] = [:]
    /// What variables are set to, value by value, where it is known.
    var settings: [String: [ByteText]] = [:]
    private var remaining: [Key: Int] = [:]
    private var kept: [Key: Result<SeriesAnswer, BoardRefusal>] = [:]
    private var counts = Counts()
    /// Values of variables and texts of questions, which are held until all is answered; nil: nobody counts.
    private let held: MemoryBooking?
    /// What parts of questions said: panels ask for shares and quantiles of the same sums.
    private let parts: SharedParts

    /// - Parameter options: their clock runs; all questions share its time.
    package init(
        _ request: BoardRequest, _ runner: SeriesRunner, over source: any SeriesSource, within options: QueryOptions
    ) {
        (self.request, self.runner, self.source, self.options) = (request, runner, source, options)
        held = options.memoryPool.map { MemoryBooking(in: $0) }
        parts = SharedParts(within: SeriesBudget(options))
    }

    /// Answers everything.
    /// - Parameters:
    ///   - watermark: every event received up to this time (ns since 1970 UTC) is in it: a page draws what comes
    ///     later otherwise, and draws before the last line is there. nil: not told.
    ///   - emit: takes a line with its end; says whether it could be kept. Where it could not, a short line says so in
    ///     its place, which is to be kept in any case.
    /// - Throws: ``SeriesRefusal`` of the kind `canceled` where nobody waits any more.
    package func run(
        watermark: Int64? = nil, _ emit: (_ line: [UInt8], _ isShort: Bool) -> Bool
    ) throws -> Counts {
        let range = BoardLines.line("range") { json in
            json.member("from", request.times.from)
            json.member("to", request.times.to)
            if let watermark {
                json.key("watermark")
                json.value(time: watermark)
            }
        }
        _ = emit(range, true)
        for variable in request.dashboard.variables {
            guard let line = try line(of: variable), request.part != .panels else { continue }
            _ = emit(line, true)
        }
        if request.part == .all { for line in repeatLines { _ = emit(line, true) } }
        let places = self.places
        let asked = try places.map { place in try place.panel.targets.map { try question(of: place, $0) } }
        for case .success(let key) in asked.flatMap(\.self).map(\.key) {
            remaining[key, default: 0] += 1
            counts.questions += 1
        }
        for (place, questions) in zip(places, asked) {
            switch try inTime({ try line(of: place, questions) }) {
            case .success(let line): if !emit(line, false) { _ = emit(Self.refused(place, Self.unfetched), true) }
            case .failure(let refusal): _ = emit(Self.refused(place, refusal), true)
            }
        }
        let marks = request.part == .all ? request.dashboard.annotations : []
        for annotation in marks where annotation.isEnabled {
            switch try inTime({ try line(of: annotation) }) {
            case .success(let line): _ = emit(line, true)
            case .failure(let refusal): _ = emit(refused(annotation, refusal), true)
            }
        }
        return counts
    }

    /// A line, or that its time was over while it was written: others are told the same, each in its place.
    private func inTime(_ line: () throws -> [UInt8]) throws -> Result<[UInt8], BoardRefusal> {
        do {
            return .success(try line())
        } catch let error as QueryError {
            return .failure(try Self.lateness(error))
        }
    }

    /// What is said where there is no time left.
    /// - Throws: where nobody waits any more.
    static func lateness(_ error: QueryError) throws(SeriesRefusal) -> BoardRefusal {
        let isLate = error.kind == .deadlineExceeded
        let refusal = SeriesRefusal(isLate ? EvaluationError.timedOut : .cancelled)
        guard isLate else { throw refusal }
        return BoardRefusal(refusal)
    }

    /// Books what is held until all is answered.
    /// - Returns: nil: there is room for it.
    func hold(_ bytes: Int) -> BoardRefusal? {
        guard let held, !held.change(to: held.bytes + bytes) else { return nil }
        return Self.full
    }

    static let full = BoardRefusal(
        .unavailable, "other questions hold the memory that the answer takes: ask again later")
    private static let unfetched = BoardRefusal(
        .unavailable, "answers that their clients have not fetched hold the memory")

    // MARK: Questions

    /// A question of a panel, or why there is none.
    struct PanelQuestion {
        var target: PanelTarget
        var timing: PanelTiming
        var key: Result<Key, BoardRefusal>
        /// Whether distributions are shown by their buckets.
        var isBanded: Bool
    }

    private func question(of place: PanelPlace, _ target: PanelTarget) throws(SeriesRefusal) -> PanelQuestion {
        let timing = PanelTiming(
            place.panel, from: request.times.from, to: request.times.to, pageWidth: request.pageWidth)
        var question = PanelQuestion(
            target: target, timing: timing, key: .failure(Self.full), isBanded: place.panel.isBanded)
        do throws(QueryError) {
            try options.check()
        } catch {
            question.key = .failure(try Self.lateness(error))
            return question
        }
        switch text(of: target.expression, timing, of: place) {
        case .failure(let refusal): question.key = .failure(refusal)
        case .success(let text):
            if let refusal = hold(text.count) {
                question.key = .failure(refusal)
                break
            }
            question.key = .success(
                target.isInstant
                    ? Key(text: text, from: timing.to, through: timing.to, step: 0)
                    : Key(text: text, from: timing.start, through: timing.end, step: timing.step))
        }
        return question
    }

    /// An expression with its variables, which is one.
    /// - Parameter place: whose variables stand before those of all; nil: nobody's.
    func text(
        of expression: String, _ timing: PanelTiming, of place: PanelPlace? = nil
    ) -> Result<[UInt8], BoardRefusal> {
        let text: [UInt8]
        do throws(InterpolationError) {
            text = try Interpolation(timing, place?.texts(over: texts) ?? texts).text(expression)
        } catch {
            let place = TextPosition.written(error.offset, in: Array(expression.utf8))
            return .failure(BoardRefusal(.badData, error.message, position: place))
        }
        do throws(PromQLError) {
            _ = try PromQLExpression(text)
            return .success(text)
        } catch {
            return .failure(BoardRefusal(.badData, error.description, position: error.faults.first?.position))
        }
    }

    /// What a question says, booked as long as it is held; of one that is asked again later it is kept.
    func answer(_ key: Key) throws(SeriesRefusal) -> Result<SeriesAnswer, BoardRefusal> {
        let left = (remaining[key] ?? 1) - 1
        remaining[key] = left
        if let known = kept[key] {
            if left == 0 { kept[key] = nil }
            return known
        }
        counts.asked += 1
        let outcome: Result<SeriesAnswer, BoardRefusal>
        do throws(SeriesRefusal) {
            outcome = booked(try runner.answer(key.question, over: source, within: options, sharing: parts))
        } catch {
            if error.kind == .canceled { throw error }
            outcome = .failure(BoardRefusal(error))
        }
        if left > 0 { kept[key] = outcome }
        return outcome
    }

    /// An answer that has room beside others, itself and as text.
    private func booked(_ answer: SeriesAnswer) -> Result<SeriesAnswer, BoardRefusal> {
        guard let pool = options.memoryPool else { return .success(answer) }
        let booking = MemoryBooking(in: pool)
        guard booking.change(to: 2 * answer.heldBytes) else {
            return .failure(Self.full)
        }
        var answer = answer
        answer.booking = booking
        return .success(answer)
    }

    private static func refused(_ place: PanelPlace, _ refusal: BoardRefusal) -> [UInt8] {
        BoardLines.line("panel") { json in
            place.write(to: &json)
            json.key("targets")
            json.raw("[]")
            json.key("error")
            BoardLines.write(refusal, to: &json)
        }
    }
}
