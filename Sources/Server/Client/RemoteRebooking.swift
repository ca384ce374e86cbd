import Domain

/// Has a running server book calls again.
package struct RemoteRebooking: Sendable {
    private let server: ServerEndpoint

    /// Connects when it runs.
    package init(server: ServerEndpoint) { self.server = server }

    /// What the server says of it, in one line.
    /// - Parameters:
    ///   - model: nil: every model of the provider.
    ///   - times: event times (ns); the ends of time are left out.
    /// - Throws: ``AccessDeniedError``, ``ServerRefusal``, ``UnreachableError``.
    package func run(provider: String, model: String?, times: Range<Int64>) async throws -> String {
        var json = JSONText()
        json.beginObject()
        json.member("provider", provider)
        if let model { json.member("model", model) }
        if times.lowerBound != .min { json.member("from", RFC3339.render(times.lowerBound)) }
        if times.upperBound != .max { json.member("to", RFC3339.render(times.upperBound)) }
        json.endObject()
        let client = try await ServerClient.connect(to: server)
        let answer = try await client.send(
            "POST", "/v1/prices/rebook", headers: [("Content-Type", "application/json")], body: json.bytes, timeout: .seconds(600))
        await client.close()
        return try answer.checked(from: server).text
    }
}
