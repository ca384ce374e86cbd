/// Reads an address of a running server.
package struct RemoteReading: Sendable {
    private let server: ServerEndpoint

    /// Connects when it reads.
    package init(server: ServerEndpoint) { self.server = server }

    /// The body of the answer.
    /// - Throws: ``AccessDeniedError``, ``UnreachableError`` also for refusals, with what they say.
    package func text(_ path: String) async throws -> String {
        let client = try await ServerClient.connect(to: server)
        let answer = try await client.send("GET", path)
        await client.close()
        try answer.checkAccess(to: server)
        guard answer.status == 200 else { throw UnreachableError(description: "\(server) answered \(answer.status): \(answer.refusal)") }
        return answer.text
    }

    /// Hands over the body as it comes, piece by piece; the sender waits while a piece is worked on.
    /// - Throws: ``AccessDeniedError``, ``UnreachableError`` for refusals, and when the connection breaks before the end.
    package func stream(_ path: String, _ take: @escaping @Sendable ([UInt8]) -> Void) async throws {
        let client = try await ServerClient.connect(to: server)
        let answer = try await client.send("GET", path, timeout: .seconds(86_400), onPiece: take)
        await client.close()
        try answer.checkAccess(to: server)
        guard answer.status == 200 else { throw UnreachableError(description: "\(server) answered \(answer.status): \(answer.refusal)") }
    }
}
