/// Reads an address of a running server.
package struct RemoteReading: Sendable {
    private let server: ServerEndpoint

    private let onNotice: @Sendable (String) -> Void

    /// Connects when it reads.
    /// - Parameter onNotice: told what an answer does not show.
    package init(server: ServerEndpoint, onNotice: @escaping @Sendable (String) -> Void = { _ in }) {
        (self.server, self.onNotice) = (server, onNotice)
    }

    /// The body of the answer.
    /// - Throws: ``AccessDeniedError``, ``ServerRefusal``, ``UnreachableError``.
    package func text(_ path: String) async throws -> String {
        let answer = try await ServerClient.with(server) { try await $0.send("GET", path) }
        return try answer.checked(from: server, onNotice).text
    }

    /// Hands over the body as it comes, piece by piece; the sender waits while a piece is worked on.
    /// - Parameter take: false: nothing more of it is wanted.
    /// - Throws: ``AccessDeniedError``, ``ServerRefusal``; ``UnreachableError`` also when the connection breaks before
    ///   the end; what `take` throws.
    package func stream(_ path: String, _ take: @escaping @Sendable ([UInt8]) throws -> Bool) async throws {
        let answer = try await ServerClient.with(server) {
            try await $0.send("GET", path, timeout: .seconds(86_400), onPiece: take)
        }
        _ = try answer.checked(from: server, onNotice)
    }
}
