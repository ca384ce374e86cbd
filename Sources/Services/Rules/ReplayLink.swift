import AlertRules
import Asking
import Bytes
import JSONTexts
import PromQLText
import RuleFiles

/// Where it stands what an alert's rule would have said of the time around it.
enum ReplayLink {
    static let annotation: ByteText = "replay_url"

    /// ms before an alert was pending that are looked at, too.
    private static let lead: Int64 = 3_600_000

    /// - Parameters:
    ///   - alert: its name.
    ///   - pendingSince: ms since 1970.
    /// - Returns: nil where nobody knows where people reach the installation.
    static func address(of alert: ByteText, pendingSince: Int64, _ options: RuleOptions) -> String? {
        guard let origin = origin(options) else { return nil }
        let minute = floorDivide(pendingSince.saturatingSubtract(lead), 60_000)
        let nanoseconds = minute.saturatingMultiply(by: Nanoseconds.minute)
        let name = PercentText.escaped(alert.description)
        return "\(origin)/v1/alerts/replay?rule=\(name)&from=\(RFC3339.render(nanoseconds))&format=table"
    }

    /// Where people reach the installation, without a slash behind it; nil where nobody knows.
    static func origin(_ options: RuleOptions) -> String? {
        var origin = options.externalURL.description
        while origin.utf8.last == UInt8(ascii: "/") { origin.removeLast() }
        return origin.isEmpty ? nil : origin
    }

    /// Where a conversation is shown whole.
    /// - Parameter origin: as ``origin(_:)`` says.
    static func conversation(_ id: String, at origin: String) -> String {
        ConversationAddress.text(id, in: origin + "/v1/conversations")
    }
}

extension AlertMessage {
    /// The same with a link to its replay, where its rule says nothing of this name.
    func linked(to rules: [Rule], _ options: RuleOptions) -> AlertMessage {
        let name = labels["alertname"]
        // Told from when it fires on, which is after it was pending.
        let hold = rules.filter { $0.name == name }.compactMap { rule -> Int64? in
            if case .alert(let terms) = rule.kind { terms.hold } else { nil }
        }.max()
        guard let hold, !annotations.contains(where: { $0.name == ReplayLink.annotation }),
            let address = ReplayLink.address(
                of: name, pendingSince: startsAt.saturatingSubtract(hold), options)
        else { return self }
        let link = SeriesLabel(name: ReplayLink.annotation, value: ByteText(address.utf8))
        return AlertMessage(
            labels: labels, annotations: (annotations + [link]).sorted { $0.name < $1.name }, startsAt: startsAt,
            endsAt: endsAt, isResolved: isResolved, generatorURL: generatorURL)
    }
}
