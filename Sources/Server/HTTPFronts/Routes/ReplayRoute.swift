import Asking
import Bytes
import Domain
import Hummingbird
import Intakes
import JSONTexts
import Plans
import Platform
import Reports
import Rules

extension Routes {
    /// Of so many alerts it is looked up which conversations they were about.
    private static let alertsLookedUp = 50

    /// Which alerts would have fired in the past.
    func alertReplay(_ query: QueryParameters) async throws -> Response {
        let format = query["format"] ?? "json"
        guard ["json", "table"].contains(format) else {
            throw Refusal(.badRequest, "there is no format \(format)", hint: "known: json, table")
        }
        let (start, end) = try alertTimes(query)
        let rules = ruleManager?.rules ?? RuleSet.none
        let name = try alertName(query)
        let keepsPart = try Self.flag("part", query)
        let waiting = settlement.waiting
        let (text, notices) = try await queries.run { [self] cancellation throws in
            let options = questionOptions(cancellation, within: queries.memory)
            // Of a part it has to be looked up, too, which conversations were behind it.
            let evaluating =
                keepsPart
                ? questionOptions(
                    cancellation, within: queries.memory, timeLimit: limits.queryTimeLimitNanoseconds / 4 * 3) : options
            return try Self.inItsTime {
                let pinned = store.pinnedSeries(present: [], memory: seriesMemory, within: evaluating)
                let replay = try RuleReplay.answer(
                    rules, from: start / 1_000_000, through: end / 1_000_000, only: name,
                    over: pinned.source, within: SeriesBudget(evaluating), keepsPart: keepsPart)
                let (tables, _) = store.pinnedForReports()
                let answerLimits = store.objectives.current.set.answerLimits
                let shown = try ReplayText(
                    replay, limits: answerLimits, alertsMax: Self.alertsLookedUp, endedBecause: Self.whyEnded
                ) { sql in
                    do {
                        return try StatementRunner(engine: engine).run(sql, over: tables, options: options).firstTexts
                    } catch let error as QueryError where keepsPart && error.kind == .deadlineExceeded {
                        return nil
                    }
                }
                return (format == "json" ? shown.json : shown.table, missing(pinned))
            }
        }
        let type = format == "json" ? MediaType.json : MediaType.text
        return Self.noting(waiting, missing: notices, Response(bytes: Array(text.utf8), contentType: type))
    }

    /// What is said beside a part.
    private static let whyEnded =
        "the time that a question may take was over; ask for the rest with from= this time, or for a shorter range"

    /// Who asks for more than can be answered in time is told what to do instead.
    private static func inItsTime<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try ending(body)
        } catch let refusal as SeriesRefusal where refusal.kind == .timeout {
            throw tooLong
        } catch let error as QueryError where error.kind == .deadlineExceeded {
            throw tooLong
        }
    }

    private static var tooLong: Refusal {
        var refusal = Refusal(
            .serviceUnavailable, "the replay was not done in the time that a question may take",
            hint: "ask for a shorter time, with to=, for one rule, or with part=true for what can be done in time; "
                + "plimsoll alerts replay takes as long as it needs")
        refusal.seriesKind = .timeout
        refusal.reason = .timeLimit
        return refusal
    }

    /// ns since 1970 UTC. Links say where to begin alone, and are followed on the same day or years later.
    /// - Parameter mayBeLater: whether times that are yet to come are none, and no mistake.
    func alertTimes(_ query: QueryParameters, mayBeLater: Bool = false) throws -> (start: Int64, end: Int64) {
        let now = store.now
        do {
            let from = try query["from"].map { text throws(ReportError) in try PeriodText.parse(text, now: now) }
            let to = try query["to"].map { text throws(ReportError) in
                try PeriodText.parse(text, now: now, isEnd: true)
            }
            let end = min(now, to ?? from?.saturatingAdd(Nanoseconds.day) ?? now)
            let start = from ?? end.saturatingSubtract(Nanoseconds.day)
            if mayBeLater, start > now, start <= to ?? start { return (now, now) }
            guard start <= end else {
                throw Refusal(.badRequest, "nothing is between from and to", hint: "let from be before to and now")
            }
            return (start, end)
        } catch let error as ReportError {
            throw Refusal(error)
        }
    }
}
