import Bytes
import RuleFiles

/// What becomes of one alert at an evaluation.
enum AlertMachine {
    /// ms that an alert that is over is kept, so that everybody hears of it.
    static let retention: Int64 = 15 * 60_000

    /// - Parameters:
    ///   - alert: with the value and annotations of now, where its series is there.
    ///   - isThere: whether it is.
    /// - Returns: the alert as it is now; nil: it has gone.
    static func next(_ alert: RuleAlert, isThere: Bool, _ terms: Rule.AlertTerms, at time: Int64) -> RuleAlert? {
        var alert = alert
        if isThere {
            alert.keptFiringSince = nil
        } else {
            switch alert.stage {
            case .pending: return nil
            case .resolved:
                let since = time.saturatingSubtract(alert.resolvedAt ?? time)
                return since > retention ? nil : alert
            case .firing:
                guard isKept(&alert, terms, at: time) else {
                    (alert.stage, alert.resolvedAt) = (.resolved, time)
                    return alert
                }
            }
        }
        if alert.stage == .pending, time.saturatingSubtract(alert.activeAt) >= terms.hold {
            (alert.stage, alert.firedAt) = (.firing, time)
        }
        return alert
    }

    private static func isKept(_ alert: inout RuleAlert, _ terms: Rule.AlertTerms, at time: Int64) -> Bool {
        guard terms.keepFiring > 0 else { return false }
        let since = alert.keptFiringSince ?? time
        alert.keptFiringSince = since
        return time.saturatingSubtract(since) < terms.keepFiring
    }
}
