import Asking
import Domain
package import Execution
import JSONTexts
import Plans
import SQLText

/// Asks a running server in SQL.
package struct RemoteQuery: Sendable {
    private let server: ServerEndpoint

    /// Connects when it runs.
    package init(server: ServerEndpoint) { self.server = server }

    /// The answer as the server renders it.
    /// - Throws: `SQLRefusal` for what the server refuses, ``AccessDeniedError``, ``UnreachableError``.
    package func run(
        _ sql: String, format: ResultFormat, timeZone: String, usesRollups: Bool = true, timeLimitSeconds: Int
    ) async throws -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("sql", sql)
        json.member("timezone", timeZone)
        if !usesRollups { json.member("rollups", false) }
        json.member("time_limit_seconds", timeLimitSeconds)
        json.endObject()
        let client = try await ServerClient.connect(to: server)
        let headers = [("Content-Type", "application/json"), ("Accept", format.mediaType)]
        let answer = try await client.send(
            "POST", "/v1/sql", headers: headers, body: json.bytes, timeout: .seconds(timeLimitSeconds + 30))
        await client.close()
        try answer.checkAccess(to: server)
        guard answer.status == 200 else { throw answer.sqlRefusal }
        return answer.body
    }
}

extension ServerAnswer {
    /// The refusal of a query, as the server put it.
    fileprivate var sqlRefusal: SQLRefusal {
        let json = try? JSONReader.parse(body)
        return SQLRefusal(
            told: json?["code"]?.string, message: json?["error"]?.string ?? "the server answered \(status): \(text)",
            hint: json?["hint"]?.string, position: (json?["position"]?.integer).flatMap { Int(exactly: $0) })
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
