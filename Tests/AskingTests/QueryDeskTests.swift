import Asking
import Domain
import Execution
import Plans
import Platform
import Synchronization
import Testing

/// How many questions are looked into, and how one is read, without a wire.
@Suite struct QueryServiceTests {
    /// Holds a job until it is told to go on.
    private final class Gate: Sendable {
        private let isOpen = Atomic<Bool>(false)
        func open() { isOpen.store(true, ordering: .releasing) }
        func hold(unless isOver: () -> Bool = { false }) {
            while !isOpen.load(ordering: .acquiring), !isOver() {}
        }
    }

    private static func wait(until isTrue: () -> Bool) async throws {
        while !isTrue() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func soManyRunSoManyWaitAndOneMoreIsRefused() async throws {
        var limits = ServerLimits()
        (limits.queriesRunningMax, limits.queriesWaitingMax, limits.retryAfterSeconds) = (1, 1, 7)
        let (desk, gate) = (QueryService(threads: ThreadPool(threadCount: 1), limits: limits), Gate())
        let running = Task { try await desk.run { _ in gate.hold() } }
        let waiting = Task { try await desk.run { _ in 2 } }
        try await Self.wait { desk.admittedCount == 2 }
        let refusal = await #expect(throws: QueryRefusal.self) { try await desk.run { _ in 3 } }
        #expect(refusal?.kind == .busy && refusal?.retryAfterSeconds == 7)
        gate.open()
        try await running.value
        #expect(try await waiting.value == 2)
        #expect(desk.admittedCount == 0)
        #expect(try await desk.run { _ in 4 } == 4)
    }

    @Test func aClientThatGoesTakesItsQuestionWithIt() async throws {
        let desk = QueryService(threads: ThreadPool(threadCount: 1), limits: ServerLimits())
        let (client, gate) = (Disconnection(), Gate())
        let asking = Task {
            try await Disconnection.$current.withValue(client) {
                try await desk.run { cancellation in
                    gate.hold { cancellation.isCancelled }
                    return cancellation.isCancelled
                }
            }
        }
        try await Self.wait { desk.admittedCount == 1 }
        client.disconnect()
        // A question that had not begun is not begun any more.
        do { #expect(try await asking.value) } catch is CancellationError {}
        let gone = Task {
            try await Disconnection.$current.withValue(client) { try await desk.run { $0.isCancelled } }
        }
        await #expect(throws: CancellationError.self) { try await gone.value }
        #expect(desk.admittedCount == 0)
    }

    private func read(
        _ body: String, type: String? = nil, accept: String? = nil
    ) throws(QueryRefusal) -> QueryRequest {
        var limits = ServerLimits()
        limits.queryTimeLimit = .seconds(30)
        return try QueryRequest(body: Array(body.utf8), contentType: type, accept: accept, limits: limits)
    }

    @Test func aQuestionComesWithItsSettings() throws {
        let plain = try read("select 1", type: "application/sql; charset=utf-8", accept: "image/png, text/csv;q=0.5")
        #expect(plain.sql == "select 1" && plain.format == .csv)
        #expect(plain.options.timeLimitNanoseconds == 30_000_000_000)
        let json = #"{"sql":"select 2","timezone":"Europe/Berlin","rollups":false,"time_limit_seconds":5}"#
        let set = try read(json)
        #expect(set.sql == "select 2" && set.format == .json && set.options.timeZone == "Europe/Berlin")
        #expect(!set.options.usesRollups && set.options.timeLimitNanoseconds == 5_000_000_000)
        let long = try read(#"{"sql":"select 2","time_limit_seconds":31}"#)
        #expect(long.options.timeLimitNanoseconds == 30_000_000_000, "the server's limit stays")
    }

    @Test func whatIsNoQuestionIsRefusedByItsKind() {
        let broken = #expect(throws: QueryRefusal.self) { try read(#"{"sql":"#) }
        #expect(broken?.kind == .malformed && broken?.position != nil)
        #expect(#expect(throws: QueryRefusal.self) { try read("{}") }?.kind == .malformed)
        #expect(#expect(throws: QueryRefusal.self) { try read("x", type: "text/html") }?.kind == .unsupported)
        let picture = #expect(throws: QueryRefusal.self) { try read("x", type: "text/plain", accept: "image/png") }
        #expect(picture?.kind == .unacceptable)
    }
}
