package import Sending

/// Which rules `plimsoll serve` evaluates, and who is told of alerts.
package struct AlertSettings: Sendable {
    /// Whether rules are evaluated at all.
    package var isEvaluated = true
    /// Rule files; empty: the rules that follow from the objectives.
    package var ruleFiles: [String] = []
    /// Who is told, and how.
    package var sending = AlertSendingConfiguration()
    /// Labels that say which installation it is: what is told of an alert has them, too.
    package var externalLabels: [(name: String, value: String)] = []
    /// Where people reach the server; nil: where it listens.
    package var externalURL: String?
    /// ns from one evaluation to the next where a group says nothing.
    package var intervalNanoseconds: Int64 = 60_000_000_000
    /// ns that questions look back where a group says nothing.
    package var queryOffsetNanoseconds: Int64 = 0

    /// The rules of the objectives; nobody is told.
    init() {}

    /// As those of all settings.
    var contradictions: [(keys: [String], message: String)] {
        let keys = ["alerts.headers", "alerts.alertmanagers", "alerts.webhooks"]
        let hosts = sending.destinations.map(\.url.host)
        if hosts.count > 1, sending.headers.contains(where: { $0.host == nil }) {
            let example = "\(hosts[0]) authorization=Bearer abc"
            return [
                (
                    keys,
                    "alerts.headers would be sent to every one of several destinations; write before each the host "
                        + "that it is for: \(example)"
                )
            ]
        }
        guard let stranger = sending.headers.compactMap(\.host).first(where: { !hosts.contains($0) }) else { return [] }
        return [(keys, "alerts.headers has a header for \(stranger), and nobody is told of alerts there")]
    }

    /// Who is told, without what opens their addresses; nobody where nothing is evaluated.
    package var receivers: [String] { isEvaluated ? sending.destinations.map(\.url.description) : [] }

    /// Who is told, and how, by an installation that people reach at an address.
    package func told(from origin: String) -> AlertSendingConfiguration {
        var configuration = sending
        configuration.externalURL = origin
        return configuration
    }
}

extension Setting {
    static let alerts: [Setting] = [
        Setting(key: "alerts.evaluate", purpose: "false: evaluate no alert rules") {
            $0.alerts.isEvaluated = try SettingText.flag($1)
        },
        Setting(
            key: "alerts.rules",
            purpose:
                "rule files to evaluate, several separated by commas, instead of the rules of the objectives; they are "
                + "looked at again every 15 s, and on SIGHUP"
        ) {
            $0.alerts.ruleFiles = SettingText.parts($1)
        },
        Setting(
            key: "alerts.alertmanagers",
            purpose: "Alertmanagers to tell of alerts, such as http://127.0.0.1:9093; several separated by commas"
        ) {
            $0.alerts.sending.alertmanagers = try SettingText.destinations($1) { DestinationURL(alertmanager: $0) }
        },
        Setting(
            key: "alerts.webhooks",
            purpose: "addresses to call as Alertmanager calls a webhook; several separated by commas"
        ) {
            $0.alerts.sending.webhooks = try SettingText.destinations($1) { DestinationURL(webhook: $0) }
        },
        Setting(
            key: "alerts.headers",
            purpose:
                "sent along with alerts: name=value, separated by commas, such as authorization=Bearer abc; of several "
                + "destinations each after the host that it is for, such as one.example:9093 authorization=Bearer abc"
        ) {
            $0.alerts.sending.headers = try SettingText.alertHeaders($1)
        },
        Setting(
            key: "alerts.ca_file",
            purpose: "a file of certificates, PEM, of those who may vouch for the destinations of alerts, and no others"
        ) {
            $0.alerts.sending.authorityFile = try SettingText.name($1)
        },
        Setting(
            key: "alerts.repeat", purpose: "after how long a webhook is told again of what still fires, such as 4h"
        ) {
            $0.alerts.sending.repeatNanoseconds = try SettingText.nanoseconds($1)
        },
        Setting(
            key: "alerts.external_labels",
            purpose: "labels of this installation for what is told of alerts: name=value, separated by commas"
        ) {
            $0.alerts.externalLabels = try SettingText.labels($1)
        },
        Setting(
            key: "alerts.external_url",
            purpose: "where people reach the server, for links in what is told of alerts; without it where it listens"
        ) {
            $0.alerts.externalURL = try SettingText.webAddress($1)
        },
        Setting(
            key: "alerts.interval", purpose: "from one evaluation to the next where a group of rules says nothing"
        ) {
            $0.alerts.intervalNanoseconds = try SettingText.wholeMilliseconds($1)
        },
        Setting(
            key: "alerts.query_offset", purpose: "how far rules look back where their group says nothing, such as 30s"
        ) {
            $0.alerts.queryOffsetNanoseconds = try SettingText.wholeMilliseconds($1)
        },
    ]
}

extension SettingText {
    /// URLs of those who are told, separated by commas; nothing for nobody.
    static func destinations(
        _ text: String, _ read: (String) -> DestinationURL?
    ) throws(SettingProblem) -> [DestinationURL] {
        var found: [DestinationURL] = []
        for part in parts(text) {
            guard let url = read(part), !found.contains(where: { $0.description == url.description }) else {
                throw SettingProblem(
                    expected: "URLs such as http://127.0.0.1:9093, each once whatever its keys, without a password")
            }
            found.append(url)
        }
        return found
    }

    /// Headers, separated by commas, each perhaps behind a host and a space.
    static func alertHeaders(_ text: String) throws(SettingProblem) -> [AlertHeader] {
        var headers: [AlertHeader] = []
        for part in parts(text) {
            let words = part.prefix { $0 != "=" }.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2 else {
                headers.append(AlertHeader(host: nil, field: try header(part[...])))
                continue
            }
            let field = try header(part.dropFirst(words[0].count + 1))
            headers.append(AlertHeader(host: words[0].lowercased(), field: field))
        }
        return headers
    }

    /// `name=value`, separated by commas; names as Prometheus' labels have them.
    static func labels(_ text: String) throws(SettingProblem) -> [(name: String, value: String)] {
        var labels: [(name: String, value: String)] = []
        for part in parts(text) {
            let name = part.prefix { $0 != "=" }
            let isName = name.utf8.enumerated().allSatisfy { place, byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "_"):
                    true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): place > 0
                default: false
                }
            }
            let value = part.dropFirst(name.count + 1)
            guard isName, !name.isEmpty, !value.isEmpty, !labels.contains(where: { $0.name == name }) else {
                throw SettingProblem(expected: "labels such as site=north,team=support, each name once")
            }
            labels.append((String(name), String(value)))
        }
        return labels
    }

    /// A duration of whole milliseconds, at least one.
    static func wholeMilliseconds(_ text: String) throws(SettingProblem) -> Int64 {
        let nanoseconds = try nanoseconds(text)
        guard nanoseconds % 1_000_000 == 0 else { throw SettingProblem(expected: "a duration of whole milliseconds") }
        return nanoseconds
    }
}
