import Bytes
import JSONTexts

/// How a store judges how conversations end: after how much silence they are over, and by which rule reports count
/// unless they are asked for another. Logged when it comes into force; what is in force last judges all conversations,
/// also those of before.
package struct OutcomeSettings: Hashable, Sendable {
    /// A conversation in which nobody has done anything for so long is closed; nil: silence closes nothing.
    package var idleAfterNanoseconds: Int64?
    /// What reports count by.
    package var rule: OutcomeRule

    /// Takes both as given.
    package init(idleAfterNanoseconds: Int64?, rule: OutcomeRule) {
        (self.idleAfterNanoseconds, self.rule) = (idleAfterNanoseconds, rule)
    }

    /// Of a new store, and of a server that is told nothing else: a day of silence, house-1.
    package static let standard = OutcomeSettings(idleAfterNanoseconds: Nanoseconds.day, rule: .house1)
    /// Of a store that never said anything: made before silence meant something.
    package static let unsaid = OutcomeSettings(idleAfterNanoseconds: nil, rule: .house1)

    /// The reason under which silence closes.
    package static let idleReason = "idle"

    /// When silence closes a conversation: its last activity and the silence allowed, once time has reached that.
    /// - Parameters:
    ///   - lastActivity: when a person or an agent last did something (ns since 1970 UTC).
    ///   - reached: up to when the log knows that time has passed.
    /// - Returns: nil while the silence is not over, or where silence closes nothing.
    package func idleClose(after lastActivity: Int64, reached: Int64) -> Int64? {
        guard let idleAfterNanoseconds else { return nil }
        let (end, isBeyond) = lastActivity.addingReportingOverflow(idleAfterNanoseconds)
        return isBeyond || end > reached ? nil : end
    }

    /// A silence for people, such as `24 h`: in the greatest unit of which it is a whole number.
    package static func text(nanoseconds: Int64) -> String {
        let units: [(Int64, String)] = [
            (Nanoseconds.hour, "h"), (Nanoseconds.minute, "min"), (Nanoseconds.second, "s"), (1_000_000, "ms"),
        ]
        for (unit, name) in units where nanoseconds % unit == 0 { return "\(nanoseconds / unit) \(name)" }
        return "\(nanoseconds) ns"
    }

    /// Of the record that a store keeps of it, as canonical JSON.
    package var data: String {
        JSONWriter.object { json in
            json.key("idle_after_ns")
            if let idleAfterNanoseconds { json.value(String(idleAfterNanoseconds)) } else { json.null() }
            json.member("rule", rule.rawValue)
        }
    }

    /// What ``data`` wrote; nil for anything else.
    package init?(data: String) {
        guard let json = try? JSONReader.parse(data), let name = json["rule"]?.string,
            let rule = OutcomeRule(rawValue: name)
        else { return nil }
        self.init(idleAfterNanoseconds: nil, rule: rule)
        guard let text = json["idle_after_ns"]?.string else { return }
        guard let time = Int64(text), time > 0 else { return nil }
        idleAfterNanoseconds = time
    }
}
