import Dispatch
import HTTPRequests
import Platform
import Synchronization

/// Brings batches to the server, one at a time, and does not give up by itself. Used from one queue; `giveUp` from
/// anywhere.
final class Delivery: Sendable {
    /// How a batch ended.
    struct Outcome {
        var refused = 0
        /// Events that no attempt settled before delivery was given up.
        var unsettled = 0
    }

    /// Posts a body to the server's `/v1/events`.
    typealias Post = @Sendable (_ body: [UInt8]) throws(HTTPFailure) -> HTTPResponse

    private enum Verdict {
        case settled(refused: Int)
        case again(reason: String, afterSeconds: Int?)
        case tooLarge
    }

    private let configuration: EmitterConfiguration
    private let randomness: any Randomness
    private let post: Post
    private let interruption = DispatchSemaphore(value: 0)
    private let hasGivenUp = Atomic<Bool>(false)
    /// The longest pause that a server's `Retry-After` may ask for.
    private static let retryAfterSecondsMax = 60

    init(_ configuration: EmitterConfiguration, randomness: any Randomness, post: @escaping Post) {
        self.configuration = configuration
        self.randomness = randomness
        self.post = post
    }

    /// Posts over a connection of its own.
    static func overHTTP(_ configuration: EmitterConfiguration) -> Post {
        let url =
            (configuration.server.hasSuffix("/") ? String(configuration.server.dropLast()) : configuration.server)
            + "/v1/events"
        let headers =
            ["Content-Type: application/x-ndjson"] + (configuration.token.map { ["Authorization: Bearer \($0)"] } ?? [])
        let timeout = configuration.requestTimeoutMilliseconds
        let connection = Mutex(HTTPConnection(userAgent: "plimsoll-emitter"))
        return { body throws(HTTPFailure) in
            try connection.withLock { connection throws(HTTPFailure) in
                try connection.post(body, to: url, headers: headers, timeoutMilliseconds: timeout)
            }
        }
    }

    /// Whether nothing is to be tried any more.
    var isGivenUp: Bool { hasGivenUp.load(ordering: .acquiring) }

    /// Ends pauses now and attempts when they return.
    func giveUp() {
        hasGivenUp.store(true, ordering: .releasing)
        interruption.signal()
    }

    /// Sends a batch until the server took or refused it, or delivery was given up.
    func deliver(_ batch: EventBatch, onFailure: () -> Void) -> Outcome {
        var attempt = 0
        while !isGivenUp {
            switch send(batch) {
            case .settled(let refused): return Outcome(refused: refused)
            case .tooLarge:
                guard batch.count > 1 else {
                    configuration.report?(.refused(events: 1, answer: "larger than the server takes"))
                    return Outcome(refused: 1)
                }
                return deliverHalves(of: batch, onFailure: onFailure)
            case .again(let reason, let seconds):
                attempt += 1
                onFailure()
                configuration.report?(.retrying(events: batch.count, attempt: attempt, reason: reason))
                pause(beforeAttempt: attempt, atLeastSeconds: seconds)
            }
        }
        return Outcome(unsettled: batch.count)
    }

    private func deliverHalves(of batch: EventBatch, onFailure: () -> Void) -> Outcome {
        let (first, second) = batch.halves
        let one = deliver(first, onFailure: onFailure)
        let other = deliver(second, onFailure: onFailure)
        return Outcome(refused: one.refused + other.refused, unsettled: one.unsettled + other.unsettled)
    }

    private func send(_ batch: EventBatch) -> Verdict {
        let response: HTTPResponse
        do throws(HTTPFailure) {
            response = try post(batch.bytes)
        } catch {
            return .again(reason: error.description, afterSeconds: nil)
        }
        switch response.status {
        case 200..<300:
            // Whoever says nothing of events, such as a proxy with a page of its own, holds none.
            guard let kept = DeliveryResponse.kept(response.body) else {
                return .again(reason: "status \(response.status) of no plimsoll server", afterSeconds: nil)
            }
            let refused = max(0, batch.count - kept)
            if refused > 0 { configuration.report?(.refused(events: refused, answer: Self.text(response))) }
            return .settled(refused: refused)
        case 413 where batch.count > 1: return .tooLarge
        // Credentials and addresses are mended by operators: until then nothing is lost.
        case 300..<400, 401, 403, 404, 405, 407, 408, 421, 425, 429, 500...:
            return .again(reason: "status \(response.status)", afterSeconds: response.retryAfterSeconds)
        default:
            configuration.report?(.refused(events: batch.count, answer: Self.text(response)))
            return .settled(refused: batch.count)
        }
    }

    private static func text(_ response: HTTPResponse) -> String {
        String(decoding: response.body.prefix(2000), as: UTF8.self)
    }

    /// Full jitter: anything between nothing and the doubled pause, so that many emitters do not come back at one
    /// instant.
    private func pause(beforeAttempt attempt: Int, atLeastSeconds: Int?) {
        let ceiling = min(
            configuration.backoffMillisecondsMax, configuration.backoffMilliseconds << min(attempt - 1, 16))
        let jitter = ceiling > 0 ? Int(randomness.nextUInt64() % UInt64(ceiling + 1)) : 0
        let milliseconds = max(0, min(atLeastSeconds ?? 0, Self.retryAfterSecondsMax)) * 1000 + jitter
        _ = interruption.wait(timeout: .now() + .milliseconds(milliseconds))
    }
}

extension EventBatch {
    /// The events in two batches, in order.
    fileprivate var halves: (EventBatch, EventBatch) {
        var lines = 0
        let half = count / 2
        guard
            let end = bytes.firstIndex(where: { byte in
                if byte == UInt8(ascii: "\n") { lines += 1 }
                return lines == half
            })
        else { preconditionFailure("every event ends its line") }
        return (
            EventBatch(bytes: Array(bytes[...end]), count: half),
            EventBatch(bytes: Array(bytes[(end + 1)...]), count: count - half)
        )
    }
}

/// Reads what the server answered to a batch.
enum DeliveryResponse {
    /// Events that the server holds now: accepted plus known already, however many it claims. nil when the answer does
    /// not say both.
    static func kept(_ answer: [UInt8]) -> Int? {
        guard let accepted = integer("\"accepted\":", in: answer),
            let duplicates = integer("\"duplicates\":", in: answer)
        else {
            return nil
        }
        let (sum, isBeyond) = accepted.addingReportingOverflow(duplicates)
        return isBeyond ? .max : sum
    }

    // The answer's first members are these two counts, so a search finds them before any text that a client could have
    // shaped.
    private static func integer(_ name: String, in answer: [UInt8]) -> Int? {
        let name = Array(name.utf8)
        guard answer.count > name.count,
            let start = (0...(answer.count - name.count)).first(where: {
                answer[$0..<($0 + name.count)].elementsEqual(name)
            })
        else { return nil }
        let digits = answer[(start + name.count)...].prefix { $0 >= 48 && $0 <= 57 }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
