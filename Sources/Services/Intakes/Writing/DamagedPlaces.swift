import Bytes
package import Domain
package import EventStores
import OperatorLogs
package import Platform
import Synchronization

/// Places of files that somebody met and that cannot be used, for those who run the server: said in the log when they
/// are met, and known until they can be read again or the process ends.
package final class DamagedPlaces: Sendable {
    private struct Place {
        /// File, offset and what should stand there.
        var text: ExactText
        var error: any FileContentError
    }

    private struct State {
        /// In the order in which they were met.
        var places: [Place] = []
        /// When each was said last, on the monotonic clock; also of places that are no longer known.
        var told: [ExactText: Int64] = [:]
    }

    /// The reason under which requests are counted that met such a place, and by which the log names it.
    package static let reason = RefusalName.damaged.rawValue
    /// So many are known at a time. One damaged file may have many damaged pages.
    private static let placesMax = 100
    /// So many of them are shown one by one.
    private static let shownMax = 10
    /// A place that comes and goes is said once in so much time.
    private static let toldNanoseconds: Int64 = 600_000_000_000

    private let state = Mutex(State())
    private let log: OperatorLog
    private let clock: any Clock

    init(log: OperatorLog, clock: any Clock) { (self.log, self.clock) = (log, clock) }

    /// Notes what somebody met, and says it unless that was done.
    /// - Parameter request: who met it: a request, or work of the server's own; nil where nobody knows.
    /// - Returns: whether the error is of such a place; any other is left to the caller.
    @discardableResult
    package func met(_ error: any Error, by request: String? = nil) -> Bool {
        guard let error = error as? any FileContentError else { return false }
        let (text, now) = (ExactText("\(error)"), clock.monotonicNanoseconds())
        let mustLog = state.withLock { state in
            if state.places.contains(where: { $0.text == text }) { return false }
            guard state.places.count < Self.placesMax else { return false }
            state.places.append(Place(text: text, error: error))
            if let told = state.told[text], now - told < Self.toldNanoseconds { return false }
            // What was said long ago is forgotten when there is much of it.
            if state.told.count >= 2 * Self.placesMax { state.told = [:] }
            state.told[text] = now
            return true
        }
        guard mustLog else { return true }
        var fields = [LogField(.reason, Self.reason), LogField(.error, "\(error)")]
        fields.append(LogField(.advice, error.advice()))
        if let request { fields.append(LogField(.request, request)) }
        log.error("a place of a file cannot be used", fields)
        return true
    }

    // tests: places of either kind are told without a store that meets them.
    /// Notes what hides whether events are repeats.
    package func met(in results: [AppendResult]) {
        var last: UnreadablePlace?
        for case .unreadable(let place) in results.lazy.flatMap(\.verdicts) where place != last {
            met(place.error, by: "events that may be kept already")
            last = place
        }
    }

    /// How many are known.
    package var count: Int { state.withLock { $0.places.count } }

    /// Each, for whoever asks how the server does.
    package var troubles: [Trouble] {
        let all = state.withLock { $0.places }.map { Trouble($0.error) }
        guard all.count > Self.shownMax else { return all }
        let (shown, others) = (all.prefix(Self.shownMax), all.dropFirst(Self.shownMax))
        let remedy = others.first { $0.remedy == .backup }?.remedy ?? .laterVersion
        return shown + [Trouble("\(others.count) more places of files cannot be used", remedy)]
    }

    /// Forgets those that can be used again.
    /// - Parameter isWell: whether a place is; blocking.
    package func look(_ isWell: (any FileContentError) -> Bool) {
        let places = state.withLock { $0.places }
        for place in places where isWell(place.error) {
            let isLast = state.withLock { state in
                state.places.removeAll { $0.text == place.text }
                return state.places.isEmpty
            }
            if isLast { log.warning("every damaged place that was met can be used again, or is no longer needed") }
        }
    }
}
