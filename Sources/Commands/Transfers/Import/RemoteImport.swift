import Domain
package import Platform
package import Server

/// Imports newline-delimited events into a running server, block by block over a few connections at a time; what the server is too
/// busy for is sent again.
package struct RemoteImport {
    /// Bytes of lines in one request.
    private static let requestBytes = 1 << 20
    private static let connections = 4

    private let server: ListenAddress
    private let clock: any Clock
    private var progress: ProgressLine
    private var summary = ImportSummary()

    /// Connects when it runs.
    package init(server: ListenAddress, clock: any Clock, progress: ProgressLine) {
        self.server = server
        self.clock = clock
        self.progress = progress
    }

    /// - Throws: ``UnreachableError``, ``ImportError`` when the server refuses a request as a whole.
    package mutating func run(_ sources: [any ByteSource]) async throws -> ImportSummary {
        let start = clock.monotonicNanoseconds()
        let totalBytes = sources.reduce(Int?(0)) { total, source in total.flatMap { sum in source.lengthBytes.map { sum + $0 } } }
        var doneBytes = 0
        var clients: [ServerClient] = []
        for _ in 0..<Self.connections { clients.append(try await ServerClient.connect(to: server)) }
        for source in sources {
            try await send(source, over: clients, doneBytes: doneBytes, totalBytes: totalBytes)
            doneBytes += source.lengthBytes ?? 0
        }
        for client in clients { await client.close() }
        progress.clear()
        summary.elapsedNanoseconds = clock.monotonicNanoseconds() - start
        return summary
    }

    private mutating func send(_ source: any ByteSource, over clients: [ServerClient], doneBytes: Int, totalBytes: Int?) async throws {
        var blocks = LineBlocks(source, blockBytes: Self.requestBytes)
        var linesBefore = 0
        var isAtEnd = false
        while !isAtEnd {
            var bodies: [[UInt8]] = []
            while bodies.count < clients.count, !isAtEnd {
                if let block = try blocks.next() { bodies.append(block) } else { isAtEnd = true }
            }
            for answer in try await Self.post(bodies, over: clients, source: source.name) {
                summary.add(answer, source: source.name, linesBefore: linesBefore)
                linesBefore += answer.accepted + answer.duplicates + answer.rejectedCount
            }
            progress.update(
                done: doneBytes + blocks.sourceBytes, total: totalBytes,
                count: summary.accepted + summary.duplicates + summary.rejected, unit: "events")
        }
    }

    /// One request a connection, together; answers in the order of the bodies.
    private static func post(_ bodies: [[UInt8]], over clients: [ServerClient], source: String) async throws -> [IngestAnswer] {
        try await withThrowingTaskGroup(of: (Int, IngestAnswer).self) { group in
            for (place, body) in bodies.enumerated() {
                group.addTask { (place, try await postUntilTaken(body, over: clients[place], source: source)) }
            }
            var answers: [(Int, IngestAnswer)] = []
            for try await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private static func postUntilTaken(_ body: [UInt8], over client: ServerClient, source: String) async throws -> IngestAnswer {
        while true {
            let answer = try await client.send(
                "POST", "/v1/events", headers: [("Content-Type", "application/x-ndjson")], body: body)
            switch answer.status {
            case 200:
                guard let parsed = IngestAnswer(parsing: answer.body) else {
                    throw ImportError(source: source, reason: "the server's answer cannot be read; is it a plimsoll server?")
                }
                return parsed
            case 429: try await Task.sleep(for: .seconds(answer.retryAfterSeconds ?? 1))
            default: throw ImportError(source: source, reason: "the server refused it with \(answer.status): \(answer.refusal)")
            }
        }
    }
}
