/// Who is told of alerts, and how.
package struct AlertSendingConfiguration: Sendable {
    /// Alertmanagers, each of which is told everything; they make one notification of it.
    package var alertmanagers: [DestinationURL] = []
    /// Receivers that are called as Alertmanager calls a webhook.
    package var webhooks: [DestinationURL] = []
    /// Sent along: credentials mostly, each to the destinations that it is for.
    package var headers: [AlertHeader] = []
    /// A file of certificates, PEM, of those who may vouch for destinations; nil: those that this machine knows.
    package var authorityFile: String?
    /// Where people reach the installation; webhooks are told.
    package var externalURL = ""
    /// So long after it was told a webhook is told again of what still fires, ns.
    package var repeatNanoseconds: Int64 = 4 * 3_600_000_000_000
    // tests: tests do not wait.
    /// Between two looks for something to send, ms.
    package var pollMilliseconds = 250
    /// Of one exchange, ms.
    var timeoutMilliseconds = 10_000
    // tests: tests do not wait.
    /// The first pause after a failure, ms; doubled each time.
    package var backoffMilliseconds = 500
    // tests: tests do not wait.
    /// The longest pause after a failure, ms, unless the receiver asks for a longer one.
    package var backoffMillisecondsMax = 30_000

    /// Nobody is told.
    package init() {}

    /// Everybody who is told.
    package var destinations: [AlertDestination] {
        alertmanagers.map { AlertDestination(kind: .alertmanager, url: $0) }
            + webhooks.map { AlertDestination(kind: .webhook, url: $0) }
    }

    /// What is sent along to one of them: credentials of one receiver are nothing for another.
    package func sentAlong(to target: AlertDestination) -> [DestinationHeader] {
        let isAlone = destinations.count == 1
        return headers.filter { $0.host.map { $0 == target.url.host } ?? isAlone }.map(\.field)
    }
}

/// A field of requests to somebody who is told of alerts.
package struct AlertHeader: Hashable, Sendable {
    /// As ``DestinationURL/host``; nil: of the only one who is told.
    package let host: String?
    /// The field.
    let field: DestinationHeader

    /// Takes each part as given.
    package init(host: String?, field: DestinationHeader) { (self.host, self.field) = (host, field) }
}

/// Somebody who is told of alerts.
package struct AlertDestination: Hashable, Sendable {
    /// In whose words.
    package enum Kind: Hashable, Sendable {
        /// Alertmanager's API v2.
        case alertmanager
        /// As Alertmanager calls a webhook, version 4.
        case webhook
    }

    /// In whose words.
    package let kind: Kind
    /// Where.
    package let url: DestinationURL
}
