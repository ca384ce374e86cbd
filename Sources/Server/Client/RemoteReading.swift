/// Reads an address of a running server.
package struct RemoteReading: Sendable {
    private let server: ListenAddress

    /// Connects when it reads.
    package init(server: ListenAddress) { self.server = server }

    /// The body of the answer.
    /// - Throws: ``UnreachableError`` also for refusals, with what they say.
    package func text(_ path: String) async throws -> String {
        let client = try await ServerClient.connect(to: server)
        let answer = try await client.send("GET", path)
        await client.close()
        guard answer.status == 200 else { throw UnreachableError(description: "\(server) answered \(answer.status): \(answer.refusal)") }
        return answer.text
    }
}
