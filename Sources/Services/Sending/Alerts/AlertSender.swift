package import AlertRules
import Domain
package import Exporting
import HTTPRequests
package import Platform
import Synchronization

/// Tells one destination of alerts. What has not been told waits in memory; where it is lost with the process, those
/// who evaluate tell it again.
///
/// ``step()`` is for one thread at a time; ``take(_:)`` and ``sample`` may be called from anywhere.
package final class AlertSender: Sendable {
    /// What a step brought.
    struct Step: Sendable {
        /// Before the next step.
        var pauseMilliseconds = 0
        /// For the log: what was lost, or why nothing moves.
        var complaint: String?
    }

    private struct State {
        var queue: AlertQueue
        var failures: [String: Int] = [:]
        var sent = 0
        var refused = 0
        /// Why the last request brought nothing; nil: it did, or there was none.
        var hindrance: String?
    }

    private struct Line {
        var retry: ExportRetry
        let connection: HTTPConnection
        /// Alerts of the next request, where the receiver found one too large.
        var messagesMax = AlertSender.messagesMax
    }

    private static let messagesMax = 64

    /// As messages name it.
    let destination: String
    /// Who is told.
    package let target: AlertDestination
    private let configuration: AlertSendingConfiguration
    private let headers: [DestinationHeader]
    private let clock: any Clock
    private let randomness: any Randomness
    private let state: Mutex<State>
    private let line: Mutex<Line>

    /// Nothing has been told yet.
    package init(
        _ target: AlertDestination, _ configuration: AlertSendingConfiguration, clock: any Clock,
        randomness: any Randomness
    ) {
        (self.target, self.configuration, self.clock, self.randomness) = (target, configuration, clock, randomness)
        destination = "alerts \(target.url)"
        headers = configuration.sentAlong(to: target)
        state = Mutex(State(queue: AlertQueue(target.kind, repeatNanoseconds: configuration.repeatNanoseconds)))
        line = Mutex(
            Line(
                retry: ExportRetry(
                    backoffMilliseconds: configuration.backoffMilliseconds,
                    backoffMillisecondsMax: configuration.backoffMillisecondsMax),
                connection: HTTPConnection(userAgent: "plimsoll/\(Version.text)")))
    }

    /// Has messages told in time.
    package func take(_ messages: [AlertMessage]) {
        if messages.isEmpty { return }
        let now = clock.monotonicNanoseconds()
        state.withLock { $0.queue.put(messages, at: now) }
    }

    /// What became of the messages so far.
    package var sample: AlertSendingSample {
        state.withLock { state in
            var sample = AlertSendingSample(destination: target.url.description)
            (sample.sent, sample.failures, sample.waiting) = (state.sent, state.failures, state.queue.count)
            sample.dropped = state.queue.dropped + state.refused
            return sample
        }
    }

    /// Why what waits has not been told yet, on one line; nil: nothing hinders it.
    package var complaint: String? {
        state.withLock { state in
            guard let hindrance = state.hindrance, state.queue.count > 0 else { return nil }
            let waiting = state.queue.count == 1 ? "1 alert waits" : "\(state.queue.count) alerts wait"
            return "\(target.url) is not told of alerts: \(hindrance); \(waiting), it is tried again until it succeeds"
        }
    }

    /// Sends one request, where something waits. Blocking.
    func step() -> Step {
        line.withLock { line in
            let messages = state.withLock { $0.queue.next(atMost: line.messagesMax) }
            guard !messages.isEmpty else { return Step(pauseMilliseconds: configuration.pollMilliseconds) }
            let verdict: ExportRetry.Verdict
            var answered: Int?
            do throws(HTTPFailure) {
                let response = try line.connection.post(
                    body(messages), to: target.url.address,
                    headers: ["Content-Type: application/json"] + headers.map(\.line),
                    timeoutMilliseconds: configuration.timeoutMilliseconds,
                    authorityFile: configuration.authorityFile)
                answered = response.status
                verdict = line.retry.judge(Self.judged(response), chance: randomness.nextUInt64())
            } catch {
                verdict = line.retry.judge(error, chance: randomness.nextUInt64())
            }
            return step(after: verdict, answered.map { "status_\($0)" } ?? "no_answer", messages, &line)
        }
    }

    /// Alerts are told until somebody hears: what an operator puts right at the receiver is no reason to give up.
    private static func judged(_ response: HTTPResponse) -> HTTPResponse {
        switch response.status {
        // A success says nothing of spans here.
        case 200..<300: HTTPResponse(status: 200, body: [])
        case 300..<400, 401, 403, 404, 407, 500...:
            HTTPResponse(status: 503, retryAfterSeconds: response.retryAfterSeconds, body: [])
        default: response
        }
    }

    private func body(_ messages: [AlertMessage]) -> [UInt8] {
        switch target.kind {
        case .alertmanager: AlertBodies.alertmanager(messages)
        case .webhook:
            AlertBodies.webhook(messages, receiver: "plimsoll", externalURL: configuration.externalURL).first ?? []
        }
    }

    private func step(
        after verdict: ExportRetry.Verdict, _ reason: String, _ messages: [AlertMessage], _ line: inout Line
    ) -> Step {
        let now = clock.monotonicNanoseconds()
        var step = Step()
        switch verdict {
        case .delivered:
            line.messagesMax = Self.messagesMax
            state.withLock { state in
                state.sent += messages.count
                state.hindrance = nil
                state.queue.finish(messages, at: now)
            }
        case .tooLarge where messages.count > 1:
            line.messagesMax = messages.count / 2
            state.withLock { $0.failures[reason, default: 0] += 1 }
        case .tooLarge, .refused: step.complaint = drop(messages, reason, at: now)
        case .again(let milliseconds, _):
            state.withLock { state in
                state.failures[reason, default: 0] += 1
                state.hindrance = reason
            }
            step.pauseMilliseconds = milliseconds
            if line.retry.failures == 1 { step.complaint = "\(reason); tried again until it succeeds" }
        }
        return step
    }

    private func drop(_ messages: [AlertMessage], _ reason: String, at now: Int64) -> String {
        state.withLock { state in
            state.failures[reason, default: 0] += 1
            state.refused += messages.count
            state.hindrance = nil
            state.queue.finish(messages, at: now)
        }
        return "\(messages.count) alerts were not taken: \(reason) is final"
    }
}
