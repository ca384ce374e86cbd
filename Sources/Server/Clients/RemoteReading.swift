/// Reads an address of a running server.
package struct RemoteReading: Sendable {
    private let server: ServerEndpoint

    /// Connects when it reads.
    package init(server: ServerEndpoint) { self.server = server }

    /// The body of the answer.
    /// - Throws: ``AccessDeniedError``, ``ServerRefusal``, ``UnreachableError``.
    package func text(_ path: String) async throws -> String {
        let client = try await ServerClient.connect(to: server)
        let answer = try await client.send("GET", path)
        await client.close()
        return try answer.checked(from: server).text
    }

    /// Hands over the body as it comes, piece by piece; the sender waits while a piece is worked on.
    /// - Parameter take: false: nothing more of it is wanted.
    /// - Throws: ``AccessDeniedError``, ``ServerRefusal``; ``UnreachableError`` also when the connection breaks before
    ///   the end; what `take` throws.
    package func stream(_ path: String, _ take: @escaping @Sendable ([UInt8]) throws -> Bool) async throws {
        let client = try await ServerClient.connect(to: server)
        let answer: ServerAnswer
        do {
            answer = try await client.send("GET", path, timeout: .seconds(86_400), onPiece: take)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
        _ = try answer.checked(from: server)
    }
}
