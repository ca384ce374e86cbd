import Asking
import Domain
package import Execution
import JSONTexts
import Plans
import SQLText

/// Asks a running server in SQL.
package struct RemoteQuery: Sendable {
    private let server: ServerEndpoint

    private let onNotice: @Sendable (String) -> Void

    /// Connects when it runs.
    /// - Parameter onNotice: told what an answer does not show.
    package init(server: ServerEndpoint, onNotice: @escaping @Sendable (String) -> Void = { _ in }) {
        (self.server, self.onNotice) = (server, onNotice)
    }

    /// How long an answer is waited for where only the server says how long it may take.
    private static let patience = Duration.seconds(3600)

    /// The answer as the server renders it.
    /// - Parameter timeLimitSeconds: nil: the server's limit; one beyond it is refused.
    /// - Throws: `SQLRefusal` for a question that the server refuses or gives up, ``AccessDeniedError``,
    ///   ``ServerRefusal``, ``UnreachableError``.
    package func run(
        _ sql: String, format: ResultFormat, timeZone: String, usesRollups: Bool = true, timeLimitSeconds: Int? = nil
    ) async throws -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("sql", sql)
        json.member("timezone", timeZone)
        if !usesRollups { json.member("rollups", false) }
        if let timeLimitSeconds { json.member("time_limit_seconds", timeLimitSeconds) }
        json.endObject()
        let headers = [("Content-Type", "application/json"), ("Accept", format.mediaType)]
        let patience = timeLimitSeconds.map { Duration.seconds($0) + .seconds(30) } ?? Self.patience
        let body = json.bytes
        let answer = try await ServerClient.with(server) {
            try await $0.send("POST", "/v1/sql", headers: headers, body: body, timeout: patience)
        }
        if let refusal = answer.sqlRefusal { throw refusal }
        return try answer.checked(from: server, onNotice).body
    }
}

extension ServerAnswer {
    /// The refusal of a query, as the server put it; nil where it is about none.
    fileprivate var sqlRefusal: SQLRefusal? {
        guard isOfPlimsoll, status != 200, let json = try? JSONReader.parse(body), let code = json["code"]?.string,
            let message = json["error"]?.string
        else { return nil }
        return SQLRefusal(
            told: code, message: message, hint: json["hint"]?.string,
            position: (json["position"]?.integer).flatMap { Int(exactly: $0) })
    }
}

extension ResultFormat {
    /// What `Accept` asks for.
    fileprivate var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv"
        case .ndjson: "application/x-ndjson"
        case .table: "text/plain"
        }
    }
}
