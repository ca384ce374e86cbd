import HTTPRequests
import WireFormats

/// What becomes of a request to an OTLP receiver, by its answer. A value that knows no clock: chance comes in, pauses
/// go out.
///
/// Tried again are what the specification of OTLP over HTTP names (429, 502, 503, 504), 408, and a connection that
/// brought no answer; anything else would fail again.
struct ExportRetry: Sendable {
    enum Verdict: Hashable, Sendable {
        /// Taken, but for some spans.
        case delivered(rejectedSpans: Int, message: String)
        /// Never to be sent again.
        case refused(reason: String)
        /// To be sent again, after a pause.
        case again(milliseconds: Int, reason: String)
        /// To be sent again in smaller requests.
        case tooLarge
    }

    /// The longest pause that a receiver can ask for.
    static let retryAfterSecondsMax = 3600

    let backoffMilliseconds: Int
    let backoffMillisecondsMax: Int
    /// Failures since the last success.
    private(set) var failures = 0

    init(backoffMilliseconds: Int, backoffMillisecondsMax: Int) {
        self.backoffMilliseconds = backoffMilliseconds
        self.backoffMillisecondsMax = backoffMillisecondsMax
    }

    mutating func judge(_ response: HTTPResponse, chance: UInt64) -> Verdict {
        switch response.status {
        case 200..<300:
            failures = 0
            let partial = OTLPResponse.partialSuccess(protobuf: response.body)
            return .delivered(rejectedSpans: partial?.rejectedSpans ?? 0, message: partial?.message ?? "")
        case 413: return .tooLarge
        case 408, 429, 502, 503, 504:
            return again("status_\(response.status)", atLeastSeconds: response.retryAfterSeconds ?? 0, chance: chance)
        default:
            failures = 0
            return .refused(reason: "status_\(response.status)")
        }
    }

    mutating func judge(_ failure: HTTPFailure, chance: UInt64) -> Verdict {
        again("no_answer", atLeastSeconds: 0, chance: chance)
    }

    /// Full jitter above what the receiver asked for, so that many senders do not come back at one instant.
    private mutating func again(_ reason: String, atLeastSeconds: Int, chance: UInt64) -> Verdict {
        let ceiling = min(backoffMillisecondsMax, backoffMilliseconds << min(failures, 16))
        failures += 1
        assert(failures > 0, "this failure is counted")
        let jitter = Int(chance % UInt64(max(0, ceiling) + 1))
        return .again(
            milliseconds: min(max(0, atLeastSeconds), Self.retryAfterSecondsMax) * 1000 + jitter, reason: reason)
    }
}
