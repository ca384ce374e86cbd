import Exporting
import HTTPFronts
import OperatorLogs
import Platform
import Synchronization
import Testing

@Suite struct DescriptorBudgetTests {
    @Test func whatTheServerOpensIsKeptBack() {
        let budget = DescriptorBudget(limit: 1024, processors: 2, questions: 2, destinations: 1)
        // The store's, the process's, five a processor, one a question, eight a destination.
        #expect(budget.reserve == 66 + 64 + 2 * 5 + 2 + 8)
        #expect(budget.connectionsMax == 874 && budget.objection == nil)
        let large = DescriptorBudget(limit: 1024, processors: 64, questions: 2, destinations: 0)
        #expect(large.connectionsMax == 1024 - 130 - 320 - 2)
    }

    @Test func aLimitThatLeavesNoConnectionsIsRefusedWithWhatToDo() throws {
        func budget(_ limit: Int) -> DescriptorBudget {
            DescriptorBudget(limit: limit, processors: 2, questions: 2, destinations: 0)
        }
        #expect(budget(158).objection == nil && budget(158).connectionsMax == 16)
        let objection = try #require(budget(157).objection)
        #expect(objection.description.contains("157 files") && objection.description.contains("158 at least"))
        #expect(objection.advice.contains("LimitNOFILE=") && objection.advice.contains("ulimit -Hn"))
        #expect(budget(0).connectionsMax == 0 && budget(0).objection != nil)
    }

    @Test(arguments: [Int.min, -1, 0, 1, 1 << 40, .max]) func noNumberIsTooStrange(number: Int) {
        for limit in [number, 1024] {
            let budget = DescriptorBudget(limit: limit, processors: number, questions: number, destinations: number)
            #expect(budget.reserve >= 128 && budget.connectionsMax >= 0)
            #expect(budget.connectionsMax <= max(0, max(0, limit) - 128))
        }
    }
}

@Suite struct ConnectionCeilingTests {
    @Test func addressesShareTheirPlaces() {
        let ceiling = ConnectionCeiling(connections: 3, addresses: 2)
        let woken = Mutex<[Int]>([])
        func take(_ address: Int) -> ConnectionCeiling.Answer {
            ceiling.takePlace(address) { woken.withLock { $0.append(address) } }
        }
        // Each keeps a place for its next connection, so the first address has two of three.
        #expect(take(0) == .given && take(1) == .given && take(1) == .given)
        ceiling.connectionBegan(0)
        #expect(take(0) == .given)
        ceiling.connectionBegan(0)
        #expect(take(0) == .waits && take(0) == .waitsStill)
        #expect(ceiling.sample.open == 2 && ceiling.sample.fullListeners == 1 && ceiling.sample.waits == 1)
        ceiling.connectionBegan(1)
        #expect(take(1) == .waits && ceiling.sample.open == 3 && ceiling.sample.fullListeners == 2)
        // What is given back goes to those who wait, in turn, and is theirs without a further wish.
        ceiling.connectionEnded()
        #expect(woken.withLock { $0 } == [0] && take(0) == .given && ceiling.sample.fullListeners == 1)
        ceiling.connectionEnded()
        #expect(woken.withLock { $0 } == [0, 1] && take(1) == .given && ceiling.sample.fullListeners == 0)
        #expect(ceiling.sample.open == 1 && ceiling.sample.waits == 2)
    }

    @Test func whatAnAddressKeptGoesToTheOther() {
        let ceiling = ConnectionCeiling(connections: 2, addresses: 2)
        let isWoken = Atomic<Bool>(false)
        #expect(ceiling.takePlace(1) {} == .given && ceiling.takePlace(0) {} == .given)
        ceiling.connectionBegan(0)
        #expect(ceiling.takePlace(0) { isWoken.store(true, ordering: .relaxed) } == .waits)
        ceiling.leave(1)
        #expect(isWoken.load(ordering: .relaxed) && ceiling.takePlace(0) {} == .given)
        ceiling.leave(0)
        ceiling.leave(0)
        ceiling.connectionEnded()
        #expect(ceiling.sample.open == 0 && ceiling.takePlace(0) {} == .given && ceiling.takePlace(1) {} == .given)
    }

    @Test func eachAddressHasAPlaceHoweverFewThereAre() {
        let ceiling = ConnectionCeiling(connections: 0, addresses: 2)
        #expect(ceiling.takePlace(1) {} == .given && ceiling.takePlace(0) {} == .given && ceiling.sample.openMax == 2)
    }

    /// Listeners as the server has them, with all that may come in any order.
    @Test(arguments: [UInt64(1), 2, 3, 4]) func noOrderTakesMoreThanThereIsOrLosesAPlace(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        let (most, addresses) = (5, 3)
        let ceiling = ConnectionCeiling(connections: most, addresses: addresses)
        let given = Mutex([Bool](repeating: false, count: addresses))
        var open = 0
        for _ in 0..<5000 {
            let address = Int(chance.next() % UInt64(addresses))
            let isGiven = given.withLock { $0[address] }
            switch chance.next() % 3 {
            case 0:
                let answer = ceiling.takePlace(address) { given.withLock { $0[address] = true } }
                if answer == .given { given.withLock { $0[address] = true } } else { #expect(!isGiven) }
            case 1 where isGiven:
                given.withLock { $0[address] = false }
                ceiling.connectionBegan(address)
                open += 1
            case 2 where open > 0:
                open -= 1
                ceiling.connectionEnded()
            default: break
            }
            let kept = given.withLock { $0.count { $0 } }
            #expect(open + kept <= most && ceiling.sample.open == open)
        }
        for _ in 0..<open { ceiling.connectionEnded() }
        for address in 0..<addresses { ceiling.leave(address) }
        let free = (0..<most).filter { _ in
            guard ceiling.takePlace(0, wake: {}) == .given else { return false }
            ceiling.connectionBegan(0)
            return true
        }
        #expect(free.count == most && ceiling.takePlace(0) {} == .waits)
    }
}

/// A server that may have few files open, with two addresses.
@Suite struct SharedCeilingTests {
    private func serve(
        openFilesMax: Int, log: OperatorLog,
        _ body: @Sendable @escaping (ListenAddress, ListenAddress) async throws -> Void
    ) async throws {
        let address = ListenAddress(host: "127.0.0.1", port: 0)
        var configuration = ServerConfiguration(
            listen: address, openFilesMax: openFilesMax, stopsOnSignals: false)
        configuration.otlpListen = AdditionalAddress(address, isRequired: true)
        let server = PlimsollServer(
            store: FakeStore(), configuration: configuration, clock: SystemClock(),
            workers: ThreadWorkers(parallelism: 2), log: log)
        let (mains, main) = AsyncStream<ListenAddress>.makeStream()
        let (seconds, second) = AsyncStream<ListenAddress>.makeStream()
        async let serving: Void = {
            defer {
                main.finish()
                second.finish()
            }
            try await server.run { second.yield($0) } onListening: { main.yield($0) }
        }()
        let bound = await (mains.first { _ in true }, seconds.first { _ in true })
        do {
            if let main = bound.0, let second = bound.1 { try await body(main, second) }
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        try await serving
    }

    /// The least number of open files with which it serves.
    private static func smallest() -> Int {
        let address = ListenAddress(host: "127.0.0.1", port: 0)
        let budget = ServerConfiguration(listen: address, openFilesMax: .max).budget(processors: 2)
        return budget.reserve + DescriptorBudget.connectionsMin
    }

    @Test func bothAddressesTogetherTakeWhatTheMachineAllows() async throws {
        let lines = LogLines()
        try await serve(openFilesMax: Self.smallest(), log: lines.log) { main, second in
            let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
            var connections: [RawConnection] = []
            for number in 0..<40 {
                connections.append(
                    try await RawConnection.connect(to: number % 2 == 0 ? main : second, sending: request))
            }
            func answered() -> Int { connections.count { $0.text.hasSuffix("ok\n") } }
            let served = DescriptorBudget.connectionsMin
            #expect(try await connections[0].wait { answered() >= served })
            // Each address says so when it looks for a place and finds none; nothing is taken at it from then on.
            #expect(try await connections[0].wait { lines.texts().count { $0.contains("connections_full") } == 2 })
            #expect(answered() == served)
            #expect(try await lines.line(with: "limits.connections (1024)", "count=\(served)", "LimitNOFILE=") != nil)
            #expect(try await lines.line(with: "as many connections are open as may be", "connections_full") != nil)
            // One goes, and one is let in.
            await connections.first { $0.text.hasSuffix("ok\n") }?.close()
            #expect(try await connections[0].wait { answered() > served })
            #expect(try await connections[0].wait { lines.texts().count { $0.contains("connections_full") } > 2 })
            #expect(answered() == served + 1)
            // Whoever waited is answered once others have gone, at either address.
            for connection in connections where connection.text.hasSuffix("ok\n") { await connection.close() }
            #expect(try await connections[0].wait { answered() >= 32 })
            for connection in connections where connection.text.hasSuffix("ok\n") { await connection.close() }
            #expect(try await connections[0].wait { answered() == 40 })
            for connection in connections { await connection.close() }
        }
    }

    @Test func tooFewFilesAreToldBeforeAnybodyIsServed() async throws {
        let configuration = ServerConfiguration(
            listen: ListenAddress(host: "127.0.0.1", port: 0), openFilesMax: Self.smallest() - 1,
            stopsOnSignals: false)
        let server = PlimsollServer(
            store: FakeStore(), configuration: configuration, clock: SystemClock(),
            workers: ThreadWorkers(parallelism: 2), log: LogLines().log)
        await #expect(throws: MachineLimitError.self) {
            try await server.run { _ in Issue.record("it listens") }
        }
    }
}
