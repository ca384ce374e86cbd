import Asking
import Domain
package import EventStores
import JSONTexts

/// Has a running server book calls again.
package struct RemoteRebooking: Sendable {
    private let server: ServerEndpoint

    /// Connects when it runs.
    package init(server: ServerEndpoint) { self.server = server }

    /// What it would change.
    /// - Throws: ``AccessDeniedError``, ``ServerRefusal``, ``UnreachableError``.
    package func preview(provider: String, model: String?, times: Range<Int64>) async throws -> RebookingPreview {
        try await previews([RebookingPreview.Scope(provider: provider, model: model, times: times)])[0]
    }

    /// The same for several, in their order, over one connection.
    /// - Throws: ``AccessDeniedError``, ``ServerRefusal``, ``UnreachableError``.
    package func previews(_ scopes: [RebookingPreview.Scope]) async throws -> [RebookingPreview] {
        guard !scopes.isEmpty else { return [] }
        return try await ServerClient.with(server) { client in
            var previews: [RebookingPreview] = []
            for scope in scopes {
                let answer = try await client.send(
                    "GET", "/v1/prices/rebook?" + Self.query(scope), timeout: .seconds(600))
                previews.append(try preview(of: answer))
            }
            return previews
        }
    }

    private static func query(_ scope: RebookingPreview.Scope) -> String {
        let times = scope.times
        return QueryText.joined([
            ("provider", scope.provider), ("model", scope.model),
            ("from", times.lowerBound == .min ? nil : RFC3339.render(times.lowerBound)),
            ("to", times.upperBound == .max ? nil : RFC3339.render(times.upperBound)),
        ])
    }

    private func preview(of answer: ServerAnswer) throws -> RebookingPreview {
        guard let preview = RebookingPreview(json: try answer.checked(from: server).body) else {
            throw UnreachableError(
                description: "the answer of \(server) is no preview of a correction",
                advice: "is what serves there of the same version as this program?")
        }
        return preview
    }

    /// What the server says of it, in one line.
    /// - Parameters:
    ///   - model: nil: every model of the provider.
    ///   - times: event times (ns); the ends of time are left out.
    /// - Throws: ``AccessDeniedError``, ``ServerRefusal``, ``UnreachableError``.
    package func run(provider: String, model: String?, times: Range<Int64>) async throws -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("provider", provider)
        if let model { json.member("model", model) }
        if times.lowerBound != .min { json.member("from", RFC3339.render(times.lowerBound)) }
        if times.upperBound != .max { json.member("to", RFC3339.render(times.upperBound)) }
        json.endObject()
        let body = json.bytes
        let answer = try await ServerClient.with(server) {
            try await $0.send(
                "POST", "/v1/prices/rebook", headers: [("Content-Type", "application/json")], body: body,
                timeout: .seconds(600))
        }
        return try answer.checked(from: server).text
    }
}
