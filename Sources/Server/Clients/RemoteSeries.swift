import Asking
import JSONTexts

/// Asks a running server in PromQL, by the HTTP API of Prometheus.
package struct RemoteSeries: Sendable {
    private let server: ServerEndpoint

    private let onNotice: @Sendable (String) -> Void

    /// Connects when it runs.
    /// - Parameter onNotice: told what an answer does not show yet.
    package init(server: ServerEndpoint, onNotice: @escaping @Sendable (String) -> Void = { _ in }) {
        (self.server, self.onNotice) = (server, onNotice)
    }

    /// How long an answer is waited for: only the server says how long it may take.
    private static let patience = Duration.seconds(3600)

    /// The answer as Prometheus writes it in JSON.
    /// - Parameters:
    ///   - form: names and values of what is asked, such as `query` and `time`; those without a value are left out.
    ///   - isRange: whether it is asked again and again.
    /// - Throws: `SeriesRefusal` for a question that the server refuses or gives up, ``AccessDeniedError``,
    ///   ``ServerRefusal``, ``UnreachableError``.
    package func run(_ form: [(name: String, value: String?)], isRange: Bool) async throws -> [UInt8] {
        let body = Array(QueryText.joined(form).utf8)
        let answer = try await ServerClient.with(server) {
            try await $0.send(
                "POST", isRange ? "/api/v1/query_range" : "/api/v1/query",
                headers: [("Content-Type", "application/x-www-form-urlencoded")], body: body, timeout: Self.patience)
        }
        if let refusal = answer.seriesRefusal { throw refusal }
        let checked = try answer.checked(from: server)
        if let notice = checked.waitingNotice { onNotice(notice) }
        return checked.body
    }
}

extension ServerAnswer {
    /// The refusal of a question, as the server put it; nil where it is about none.
    fileprivate var seriesRefusal: SeriesRefusal? {
        guard isOfPlimsoll, [400, 422, 503].contains(status), let json = try? JSONReader.parse(body),
            let kind = json["errorType"]?.string.flatMap(SeriesRefusal.Kind.init), kind != .unavailable,
            let message = json["error"]?.string
        else { return nil }
        return SeriesRefusal(kind, message)
    }
}
