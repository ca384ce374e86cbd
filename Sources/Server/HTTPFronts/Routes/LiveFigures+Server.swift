import Bytes
import Domain
import EventStores
import HTTPTypes
import Hummingbird
import Intakes
import Platform
import Reports

extension Routes {
    /// What this process knows of what comes in and what does not.
    /// - Parameters:
    ///   - now: the time of the question, ns since 1970 UTC.
    ///   - from: since when refusals are asked for; nil: for an hour.
    func liveFigures(now: Int64, from: Int64?) -> LiveFigures {
        noteRefusals()
        let (status, waiting) = (store.status, settlement.waiting)
        let monotonic = clock.monotonicNanoseconds()
        /// The same time by the other clock.
        func moved(_ time: Int64, from own: Int64, to other: Int64) -> Int64 {
            let (age, isOld) = own.subtractingReportingOverflow(time)
            let (moved, isBeyond) = other.subtractingReportingOverflow(age)
            return isOld || isBeyond ? .min : moved
        }
        let asked = from.map { moved($0, from: now, to: monotonic) } ?? monotonic - Nanoseconds.hour
        return LiveFigures(
            spansWaiting: waiting?.spans ?? 0,
            tracesWaiting: waiting?.traces ?? 0, secondsToSettle: waiting?.seconds ?? 0,
            refusals: history.refused(after: asked).map { refusal in
                LiveFigures.Refusal(
                    refusal.key.reason, at: refusal.key.door, of: refusal.key.service?.text, count: refusal.count,
                    since: moved(refusal.first, from: monotonic, to: now),
                    last: moved(refusal.last, from: monotonic, to: now))
            },
            troubles: health.troubles(beside: status.troubles), address: ownAddress())
    }

    /// Why the store refuses what was sound on its way.
    private static let refusedByStore: [RefusalName] = [.conflict, .tooOld, .tooNew, .unreadable]

    /// Notes what was refused by now: events, spans and whole requests.
    func noteRefusals() {
        var totals: RefusalHistory.Totals = [:]
        var ofSpans: [RefusalName: Int] = [:]
        // order: sums.
        for (refusal, count) in traces.refusals where count > 0 {
            let key = RefusalHistory.Key(door: .spans, reason: refusal.reason, service: refusal.service)
            totals[key, default: 0] += count
            ofSpans[refusal.reason, default: 0] += count
        }
        for (reason, count) in refusedEvents(store.status) {
            // What the store refuses came as an event or as a span; it counts both.
            let isOfStore = Self.refusedByStore.contains(reason)
            let spans = isOfStore ? ofSpans[reason] ?? 0 : 0
            guard count > spans else { continue }
            totals[RefusalHistory.Key(door: .events, reason: reason), default: 0] += count - spans
        }
        for (door, reason, count) in refusals.byDoor where count > 0 {
            totals[RefusalHistory.Key(door: door, reason: reason), default: 0] += count
        }
        history.note(totals, now: clock.monotonicNanoseconds())
    }

    /// An answer to a question, with a word of spans that it does not show yet and of what it cannot show.
    /// - Parameters:
    ///   - waiting: what waited when the question came.
    ///   - missing: what belongs to the answer and could not be read.
    ///   - clock: by which clocks it goes.
    static func noting(
        _ waiting: WaitingSpans?, missing: [String] = [], clock: String? = nil, _ response: Response
    ) -> Response {
        var response = response
        if let waiting, let name = HTTPField.Name("Plimsoll-Waiting") { response.headers[name] = waiting.text }
        if !missing.isEmpty, let name = HTTPField.Name("Plimsoll-Missing") {
            response.headers[name] = missing.joined(separator: "; ")
        }
        if let clock, let name = HTTPField.Name("Plimsoll-Clock") { response.headers[name] = clock }
        return response
    }
}
