import Domain
import EventStores
import HTTPTypes
import Hummingbird
import Intakes
import Platform
import Reports

extension Routes {
    /// What this process knows of what comes in and what does not.
    func liveFigures(now: Int64) -> LiveFigures {
        let (status, waiting) = (store.status, settlement.waiting)
        let uptime = clock.monotonicNanoseconds() - startNanoseconds
        let (started, isBeyond) = now.subtractingReportingOverflow(uptime)
        return LiveFigures(
            started: isBeyond ? 0 : started, spansWaiting: waiting?.spans ?? 0, tracesWaiting: waiting?.traces ?? 0,
            secondsToSettle: waiting?.seconds ?? 0,
            refusals: refusedEvents(status).map { .init($0.reason, at: .events, count: $0.count) }
                + traces.refusals.map { .init($0.reason, at: .spans, count: $0.count) }
                + refusals.byDoor.map { .init($0.reason, at: $0.door, count: $0.count) },
            troubles: status.troubles + health.damage.lines, refusal: health.refusal)
    }

    /// An answer to a question, with a word of spans that it does not show yet and of what it cannot show.
    /// - Parameters:
    ///   - waiting: what waited when the question came.
    ///   - missing: what belongs to the answer and could not be read.
    static func noting(_ waiting: WaitingSpans?, missing: [String] = [], _ response: Response) -> Response {
        var response = response
        if let waiting, let name = HTTPField.Name("Plimsoll-Waiting") { response.headers[name] = waiting.text }
        if !missing.isEmpty, let name = HTTPField.Name("Plimsoll-Missing") {
            response.headers[name] = missing.joined(separator: "; ")
        }
        return response
    }
}
