package import Clients
import Domain
import Intakes
package import Platform

/// Imports newline-delimited events into a running server, block by block; what the server is too busy for is sent
/// again.
///
/// One block at a time: costs are booked in the order of acceptance, so a price must not be overtaken by the calls
/// behind it.
package struct RemoteImport {
    /// Bytes of lines in one request.
    private static let requestBytes = 4 << 20

    private let server: ServerEndpoint
    private let clock: any Clock
    private var progress: ProgressLine
    private let mustEnd: @Sendable () -> Bool
    private let takesExportsAsNew: Bool
    private var summary = ImportSummary()

    /// Connects when it runs.
    /// - Parameters:
    ///   - takesExportsAsNew: the events of an export are taken as if they were sent now; it is refused otherwise.
    ///   - mustEnd: asked before each request.
    package init(
        server: ServerEndpoint, clock: any Clock, progress: ProgressLine, takesExportsAsNew: Bool = false,
        mustEnd: @escaping @Sendable () -> Bool = { false }
    ) {
        self.mustEnd = mustEnd
        self.takesExportsAsNew = takesExportsAsNew
        self.server = server
        self.clock = clock
        self.progress = progress
    }

    /// - Throws: ``ImportError`` for what cannot be read, ``ServerRefusal`` for a request that is refused as a whole,
    ///   `AccessDeniedError`, ``UnreachableError``.
    package mutating func run(_ sources: [any ByteSource]) async throws -> ImportSummary {
        let start = clock.monotonicNanoseconds()
        // Whatever is told next begins a line.
        defer { progress.clear() }
        let totalBytes = sources.lengthBytes
        try await ServerClient.with(server) { client in
            var doneBytes = 0
            for source in sources where !summary.isInterrupted {
                try await send(source, over: client, doneBytes: doneBytes, totalBytes: totalBytes)
                doneBytes &+= source.lengthBytes ?? 0
            }
        }
        summary.elapsedNanoseconds = clock.monotonicNanoseconds() - start
        return summary
    }

    private mutating func send(_ source: any ByteSource, over client: ServerClient, doneBytes: Int, totalBytes: Int?)
        async throws
    {
        var blocks = LineBlocks(source, blockBytes: Self.requestBytes)
        var linesBefore = 0
        let path = takesExportsAsNew ? "/v1/events?export=as-new" : "/v1/events"
        while let block = try blocks.next() {
            guard !mustEnd() else { return summary.isInterrupted = true }
            guard let answer = try await postUntilTaken(block, to: path, over: client, source: source.name) else {
                return summary.isInterrupted = true
            }
            summary.add(answer, source: source.name, linesBefore: linesBefore)
            linesBefore +=
                answer.accepted + answer.duplicates + answer.rejectedCount + answer.asides + answer.spansLeftOut
            progress.update(
                done: doneBytes &+ blocks.sourceBytes, total: totalBytes,
                count: summary.accepted + summary.duplicates + summary.rejected, unit: "events")
        }
    }

    /// - Returns: nil where the end was asked for while the server was too busy.
    private func postUntilTaken(
        _ body: [UInt8], to path: String, over client: ServerClient, source: String
    ) async throws -> IngestAnswer? {
        var pause = BusyPause()
        while true {
            let answer = try await client.send(
                "POST", path, headers: [("Content-Type", "application/x-ndjson")], body: body)
            if answer.status == 429, answer.isOfPlimsoll {
                guard try await wait(pause.next(wanted: answer.retryAfterSeconds)) else { return nil }
                continue
            }
            guard let parsed = IngestAnswer(parsing: try answer.checked(from: server, about: source).body) else {
                throw UnreachableError(
                    description: "\(source): the answer of \(server) cannot be read",
                    advice: "is what serves there of the same version as this program?")
            }
            return parsed
        }
    }

    /// - Returns: false as soon as the end is asked for.
    private func wait(_ pause: Duration) async throws -> Bool {
        var left = pause
        while left > .zero, !mustEnd() {
            let step = min(left, .milliseconds(100))
            try await Task.sleep(for: step)
            left -= step
        }
        return !mustEnd()
    }
}
