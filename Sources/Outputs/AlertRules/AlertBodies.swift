import Bytes
import JSONTexts
import PromQLText

/// What is sent to those who are told of alerts.
package enum AlertBodies {
    /// The body of `POST /api/v2/alerts` of Alertmanager.
    /// - Complexity: O(bytes).
    package static func alertmanager(_ messages: [AlertMessage]) -> [UInt8] {
        var json = JSONWriter()
        json.array(messages) { message, json in
            json.object { writeMembers(of: message, hasEnd: true, &$0) }
        }
        return json.bytes
    }

    /// The bodies for a webhook as Alertmanager calls one, version 4: one for each `alertname`, in their order.
    /// - Parameters:
    ///   - receiver: as whom the webhook knows itself.
    ///   - externalURL: where people reach the installation.
    /// - Complexity: O(bytes), and what sorting the messages takes.
    package static func webhook(_ messages: [AlertMessage], receiver: String, externalURL: String) -> [[UInt8]] {
        let byName = Dictionary(grouping: messages) { $0.labels[Names.alert] }
        return byName.sorted { $0.key < $1.key }.map { name, messages in
            var json = JSONWriter()
            json.object { json in
                json.member("version", "4")
                json.member("groupKey", "{}:\(LabelSet([(Names.alert, name)]))")
                json.member("truncatedAlerts", 0)
                json.member("status", status(messages.allSatisfy(\.isResolved)))
                json.member("receiver", receiver)
                json.key("groupLabels")
                json.value([SeriesLabel(name: Names.alert, value: name)])
                json.key("commonLabels")
                json.value(common(messages.map(\.labels.labels)))
                json.key("commonAnnotations")
                json.value(common(messages.map(\.annotations)))
                json.member("externalURL", externalURL)
                json.key("alerts")
                json.array(messages, write)
            }
            return json.bytes
        }
    }

    /// The answer to `GET /api/v2/alerts` of Alertmanager, where nothing is silenced or inhibited.
    /// - Parameters:
    ///   - alerts: what fires, and when that was found last: ms since 1970.
    ///   - receiver: who is told of them.
    /// - Complexity: O(bytes).
    package static func listing(
        _ alerts: [(message: AlertMessage, updatedAt: Int64)], receiver: String
    ) -> [UInt8] {
        var json = JSONWriter()
        json.array(alerts) { alert, json in
            json.object { json in
                writeMembers(of: alert.message, hasEnd: true, &json)
                json.key("updatedAt")
                json.value(milliseconds: alert.updatedAt)
                json.key("fingerprint")
                json.value(fingerprint(alert.message.labels))
                json.key("receivers")
                json.array([receiver]) { name, json in json.object { $0.member("name", name) } }
                json.key("status")
                json.object { json in
                    json.member("state", "active")
                    for suppressor in ["silencedBy", "inhibitedBy", "mutedBy"] {
                        json.key(suppressor)
                        json.raw("[]")
                    }
                }
            }
        }
        return json.bytes
    }

    private static func status(_ isResolved: Bool) -> String { isResolved ? "resolved" : "firing" }

    private static func write(_ message: AlertMessage, _ json: inout JSONWriter) {
        json.object { json in
            json.member("status", status(message.isResolved))
            writeMembers(of: message, hasEnd: message.isResolved, &json)
            json.key("fingerprint")
            json.value(fingerprint(message.labels))
        }
    }

    /// What both bodies say of an alert.
    private static func writeMembers(of message: AlertMessage, hasEnd: Bool, _ json: inout JSONWriter) {
        json.key("labels")
        json.value(message.labels.labels)
        json.key("annotations")
        json.value(message.annotations)
        json.key("startsAt")
        json.value(milliseconds: message.startsAt)
        json.key("endsAt")
        // As Alertmanager says that there is no end yet.
        if hasEnd { json.value(milliseconds: message.endsAt) } else { json.value("0001-01-01T00:00:00Z") }
        json.key("generatorURL")
        json.value(utf8: message.generatorURL.bytes[...])
    }

    /// What all say alike.
    private static func common(_ all: [[SeriesLabel]]) -> [SeriesLabel] {
        guard let first = all.first else { return [] }
        let rest = all.dropFirst().map(Set.init)
        return first.filter { label in rest.allSatisfy { $0.contains(label) } }
    }

    /// By which Prometheus and Alertmanager know a set of labels: FNV-1a of names and values, each ended by 255.
    private static func fingerprint(_ labels: LabelSet) -> String {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for label in labels.labels {
            for byte in label.name.bytes { add(byte) }
            add(255)
            for byte in label.value.bytes { add(byte) }
            add(255)
        }
        var digits: [UInt8] = []
        appendHexadecimal(sum, digits: 16, to: &digits)
        return String(decoding: digits, as: UTF8.self)
    }
}

extension JSONWriter {
    /// - Parameter time: ms since 1970; beyond what is written, the last time that is.
    fileprivate mutating func value(milliseconds time: Int64) {
        value(time: time.saturatingMultiply(by: 1_000_000))
    }
}
