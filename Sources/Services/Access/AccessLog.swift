import Platform
import Synchronization

/// Says who was refused and who used `admin`: by token id, never by secret, and with nothing that a stranger could have
/// written. At most one line a second about refusals, so that nobody fills the disk; counters have them all.
struct AccessLog: Sendable {
    private final class Pace: Sendable {
        let state = Mutex((last: Int64?.none, withheld: 0))
    }

    private static let pauseNanoseconds: Int64 = 1_000_000_000

    private let clock: any Clock
    private let log: OperatorLog
    private let pace = Pace()

    init(clock: any Clock, log: OperatorLog) {
        self.clock = clock
        self.log = log
    }

    func served(_ id: String, action: String, peer: String) {
        log.notice("token \(id) from \(peer): \(action)")
    }

    func refused(_ objection: AccessDenialReason, id: String?, scope: AccessScope, action: String, peer: String) {
        write { "refused \(action) from \(peer): \(objection.rawValue), token \(id ?? "-"), needed \(scope.rawValue)" }
    }

    func failed(_ reason: String) {
        write { "nobody is let in: \(reason)" }
    }

    private func write(_ line: () -> String) {
        let now = clock.monotonicNanoseconds()
        let withheld: Int? = pace.state.withLock { state in
            if let last = state.last, now - last < Self.pauseNanoseconds {
                state.withheld += 1
                return nil
            }
            defer { state = (now, 0) }
            return state.withheld
        }
        guard let withheld else { return }
        log.warning("\(line())\(withheld > 0 ? " (and \(withheld) refusals before it)" : "")")
    }
}
