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
        private let isHeld = Atomic<Bool>(false)
        /// A job has come.
        var isHolding: Bool { isHeld.load(ordering: .acquiring) }
        func open() { isOpen.store(true, ordering: .releasing) }
        func hold(unless isOver: () -> Bool = { false }) {
            isHeld.store(true, ordering: .releasing)
            while !isOpen.load(ordering: .acquiring), !isOver() {}
        }
    }

    private static func wait(until isTrue: () -> Bool) async throws {
        while !isTrue() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func soManyRunSoManyWaitAndOneMoreIsRefused() async throws {
        var limits = ServerLimits()
        (limits.queriesRunningMax, limits.queriesWaitingMax, limits.retryAfterSeconds) = (1, 1, 7)
        let gate = Gate()
        let queries = QueryService(threads: ThreadPool(threadCount: 1), limits: limits, clock: SystemClock())
        let running = Task { try await queries.run { _ in gate.hold() } }
        let waiting = Task { try await queries.run { _ in 2 } }
        try await Self.wait { queries.admittedCount == 2 }
        let refusal = await #expect(throws: QueryRefusal.self) { try await queries.run { _ in 3 } }
        #expect(refusal?.kind == .busy && refusal?.retryAfterSeconds == 7)
        gate.open()
        try await running.value
        #expect(try await waiting.value == 2)
        #expect(queries.admittedCount == 0)
        #expect(try await queries.run { _ in 4 } == 4)
    }

    /// Those before it may take all of their time, each: whoever would wait longer than one is told, and asks again.
    /// Where next to no time is given the question itself says so, which no wait for a thread below a second may hide.
    @Test(arguments: [
        (Duration.seconds(10), [1_000_000_000, 9_500_000_000]), (Duration.nanoseconds(1), [1, 1_000_000_000]),
    ] as [(Duration, [Int64])])
    func whoHasWaitedAsLongAsAQuestionMayRunIsRefused(limit: Duration, waits: [Int64]) async throws {
        var limits = ServerLimits()
        limits.queryTimeLimit = limit
        let (clock, gate) = (SimulatedClock(wallNanoseconds: 0), Gate())
        let queries = QueryService(threads: ThreadPool(threadCount: 1), limits: limits, clock: clock)
        let running = Task { try await queries.run { _ in gate.hold() } }
        try await Self.wait { gate.isHolding }
        let early = Task { try await queries.run { _ in 1 } }
        // It has read the clock before it counts.
        try await Self.wait { queries.admittedCount == 2 }
        clock.advance(nanoseconds: waits[0])
        let late = Task { try await queries.run { _ in 2 } }
        try await Self.wait { queries.admittedCount == 3 }
        clock.advance(nanoseconds: waits[1])
        gate.open()
        try await running.value
        let refusal = await #expect(throws: QueryRefusal.self) { _ = try await early.value }
        #expect(refusal?.kind == .busy && refusal?.message.contains("wait for its turn") == true)
        #expect(try await late.value == 2)
    }

    /// However long the questions take that hold all threads of theirs.
    @Test func whatGoesOutPieceByPieceWaitsForNoQuestion() async throws {
        var limits = ServerLimits()
        (limits.queriesRunningMax, limits.queriesWaitingMax) = (1, 1)
        let gate = Gate()
        let queries = QueryService(
            threads: ThreadPool(threadCount: 1), answerThreads: ThreadPool(threadCount: 1), limits: limits,
            clock: SystemClock())
        let running = Task { try await queries.run { _ in gate.hold() } }
        try await Self.wait { gate.isHolding }
        // Others' pieces come between the steps of one that does not come to its first.
        let isSent = Atomic<Bool>(false)
        let begun = Task { try await queries.begin { _ in isSent.load(ordering: .acquiring) ? 7 : nil } }
        try await Self.wait { queries.admittedCount == 2 }
        // It is counted as the question that it is.
        let refusal = await #expect(throws: QueryRefusal.self) { try await queries.begin { _ in 1 } }
        #expect(refusal?.kind == .busy)
        try await queries.nextPiece { isSent.store(true, ordering: .releasing) }
        #expect(try await begun.value == 7)
        #expect(queries.admittedCount == 1, "the question is held all along")
        gate.open()
        try await running.value
    }

    @Test func aStopEndsWhatHasNotBegun() async throws {
        let queries = QueryService(threads: ThreadPool(threadCount: 1), limits: ServerLimits(), clock: SystemClock())
        let beginning = Task { try await queries.begin { _ -> Int? in nil } }
        try await Self.wait { queries.admittedCount == 1 }
        queries.stop()
        let refusal = await #expect(throws: QueryRefusal.self) { try await beginning.value }
        #expect(refusal?.kind == .unavailable && queries.admittedCount == 0)
    }

    @Test func aClientThatGoesTakesItsQuestionWithIt() async throws {
        let queries = QueryService(threads: ThreadPool(threadCount: 1), limits: ServerLimits(), clock: SystemClock())
        let (client, gate) = (Disconnection(), Gate())
        let asking = Task {
            try await Disconnection.$current.withValue(client) {
                try await queries.run { cancellation in
                    gate.hold { cancellation.isCancelled }
                    return cancellation.isCancelled
                }
            }
        }
        try await Self.wait { queries.admittedCount == 1 }
        client.disconnect()
        // A question that had not begun is not begun any more.
        do { #expect(try await asking.value) } catch is CancellationError {}
        let gone = Task {
            try await Disconnection.$current.withValue(client) { try await queries.run { $0.isCancelled } }
        }
        await #expect(throws: CancellationError.self) { try await gone.value }
        #expect(queries.admittedCount == 0)
    }

    @Test func aStopEndsWhatRunsAndWaits() async throws {
        var limits = ServerLimits()
        (limits.queriesRunningMax, limits.queriesWaitingMax) = (1, 4)
        let queries = QueryService(threads: ThreadPool(threadCount: 1), limits: limits, clock: SystemClock())
        let running = Task {
            try await queries.run { cancellation in
                while !cancellation.isCancelled {}
                throw QueryError(.cancelled, "canceling statement due to user request")
            }
        }
        try await Self.wait { queries.admittedCount == 1 }
        let waiting = Task { try await queries.run { _ in } }
        try await Self.wait { queries.admittedCount == 2 }
        queries.stop()
        for task in [running, waiting] {
            let refusal = await #expect(throws: QueryRefusal.self) { try await task.value }
            #expect(refusal?.kind == .unavailable)
        }
        let late = await #expect(throws: QueryRefusal.self) { try await queries.run { _ in } }
        #expect(late?.kind == .unavailable && queries.admittedCount == 0)
        // An answer that has begun is not broken off.
        #expect(try await queries.nextPiece { 7 } == 7)
    }

    @Test func answersLeaveHalfOfTheMemoryToQuestions() throws {
        var limits = ServerLimits()
        limits.memoryBytesMax = limits.memoryBytesMin
        let queries = QueryService(threads: ThreadPool(threadCount: 1), limits: limits, clock: SystemClock())
        let half = queries.memory.limitBytes / 2
        #expect(queries.answers.limitBytes == half && limits.questionMemoryBytesMax == 2 * half)
        var held: MemoryBooking? = try queries.holding(half - 10)
        #expect(held?.bytes == half - 10)
        #expect(#expect(throws: QueryRefusal.self) { try queries.holding(11) }?.kind == .busy)
        #expect(queries.memory.take(half))
        held = nil
        #expect(try queries.holding(half).bytes == half)
        #expect(#expect(throws: QueryRefusal.self) { try queries.holding(half + 1) }?.kind == .outOfMemory)
    }

    @Test func memoryIsSharedOut() {
        var limits = ServerLimits()
        #expect(limits.memoryBytesMax == 2 << 30 && limits.memoryBytesMin == 864 << 20)
        #expect(limits.questionsMemoryBytesMax > 650 << 20 && limits.questionMemoryBytesMax == 256 << 20)
        // What is kept of questions before has its place beside those of now, at any size.
        for size in [limits.memoryBytesMin, 900 << 20, 1 << 30, 2 << 30, 64 << 30] {
            limits.memoryBytesMax = size
            let kept = limits.keptCostBytesMax + limits.keptTextBytesMax + limits.seriesMemoryBytesMax
            #expect(kept > 0 && kept <= 304 << 20)
            #expect(limits.questionsMemoryBytesMax + kept <= size - 768 << 20)
        }
        limits.memoryBytesMax = limits.memoryBytesMin
        #expect(limits.seriesMemoryBytesMax == 12 << 20 && limits.recordedBytesMax == 3 << 19)
        limits.memoryBytesMax = 1152 << 20
        #expect(limits.recordedBytesMax == 6 << 20)
        let left = 384 << 20
        #expect(limits.keptCostBytesMax == left / 16 && limits.seriesMemoryBytesMax == left / 8)
        #expect(limits.keptTextBytesMax == left / 24)
        let kept = left / 16 + left / 24 + left / 8
        #expect(limits.questionsMemoryBytesMax == (left - kept) / 3 * 2)
        // A store that fits into what the program has takes nothing of it, a larger one what it holds beyond that.
        let alone = limits.questionsMemoryBytesMax
        limits.startBytes = 64 << 20
        #expect(limits.questionsMemoryBytesMax == alone)
        limits.startBytes = 124 << 20
        #expect(limits.questionsMemoryBytesMax == (left - kept - 60 << 20) / 3 * 2)
        limits.startBytes = .max
        #expect(limits.questionsMemoryBytesMax == 64 << 20)
        limits.startBytes = 0
        limits.queryMemoryBytesMax = 1 << 30
        #expect(limits.questionMemoryBytesMax == limits.questionsMemoryBytesMax)
        limits.ingestBytesMax = .max
        #expect(limits.memoryBytesMin == .max && limits.questionsMemoryBytesMax == 64 << 20)
    }

    /// What a process holds, as the test says, and how much of that is free.
    private final class Held: Sendable {
        private let state = Mutex((bytes: 0, free: 0, returns: 0))
        var bytes: Int { state.withLock { $0.bytes } }
        var returns: Int { state.withLock { $0.returns } }
        func set(_ bytes: Int, free: Int = 0) { state.withLock { ($0.bytes, $0.free) = (bytes, free) } }
        @Sendable func giveBack() {
            state.withLock { $0 = ($0.bytes - $0.free, 0, $0.returns + 1) }
        }
    }

    @Test func whileTheProcessHoldsTooMuchNoQuestionIsLetIn() async throws {
        let (held, clock) = (Held(), SimulatedClock(wallNanoseconds: 0))
        // A sixteenth is kept back for those that are in already: 1,000 are too much when they are exceeded.
        let valve = MemoryValve(
            limitBytes: 1_066, clock: clock, heldBytes: { held.bytes }, giveBack: held.giveBack)
        var limits = ServerLimits()
        limits.retryAfterSeconds = 7
        let queries = QueryService(threads: ThreadPool(threadCount: 1), limits: limits, valve: valve, clock: clock)
        held.set(750)
        #expect(valve.look(isIdle: false) == nil && held.returns == 0)
        // What is free goes back, and that is enough.
        held.set(1_200, free: 300)
        #expect(valve.look(isIdle: false) == nil && held.returns == 1)
        #expect(try await queries.run { _ in 3 } == 3)
        // Not again at once, but where it has come to too much; then it does not help.
        held.set(1_000)
        #expect(valve.look(isIdle: false) == nil && held.returns == 1)
        held.set(1_200)
        #expect(valve.look(isIdle: false) == .closed(heldBytes: 1_200) && held.returns == 2)
        let refusal = await #expect(throws: QueryRefusal.self) { try await queries.run { _ in 4 } }
        #expect(refusal?.kind == .unavailable && refusal?.retryAfterSeconds == 7 && queries.isIdle)
        // More for each question would make it worse.
        #expect(refusal?.hint?.contains("query_memory") == false, "\(refusal as Any)")
        #expect(valve.look(isIdle: false) == nil && valve.isClosed)
        held.set(1_000)
        #expect(valve.look(isIdle: false) == .opened(heldBytes: 1_000))
        #expect(try await queries.run { _ in 5 } == 5)
    }

    /// What was let go of in the midst of what is used came to gigabytes in ten seconds.
    @Test func whatGrowsFastIsGivenBackSoon() {
        let (held, clock) = (Held(), SimulatedClock(wallNanoseconds: 0))
        let valve = MemoryValve(
            limitBytes: 1_706, clock: clock, heldBytes: { held.bytes }, giveBack: held.giveBack)
        held.set(1_500, free: 200)
        #expect(valve.look(isIdle: false) == nil && held.returns == 1)
        // Too soon, then too little, then as much as counts.
        clock.advance(nanoseconds: 999_999_999)
        held.set(1_500, free: 200)
        #expect(valve.look(isIdle: false) == nil && held.returns == 1)
        clock.advance(nanoseconds: 1)
        held.set(1_405, free: 99)
        #expect(valve.look(isIdle: false) == nil && held.returns == 1)
        held.set(1_406, free: 106)
        #expect(valve.look(isIdle: false) == nil && held.returns == 2)
        // What can not be given back is told at once, and no more often.
        clock.advance(nanoseconds: 1_000_000_000)
        held.set(1_700)
        #expect(valve.look(isIdle: false) == .closed(heldBytes: 1_700) && held.returns == 3)
        clock.advance(nanoseconds: 1_000_000_000)
        #expect(valve.look(isIdle: false) == nil && held.returns == 3 && valve.isClosed)
    }

    /// Else a store that needs more than it was given would answer nothing.
    @Test func whatIsHeldWhileNobodyAsksIsNoReasonToRefuse() {
        let (held, clock) = (Held(), SimulatedClock(wallNanoseconds: 0))
        let valve = MemoryValve(
            limitBytes: 1_066, clock: clock, heldBytes: { held.bytes }, giveBack: held.giveBack)
        func look(_ bytes: Int, isIdle: Bool) -> MemoryValve.Change? {
            clock.advance(nanoseconds: 10_000_000_000)
            held.set(bytes)
            return valve.look(isIdle: isIdle)
        }
        #expect(look(1_200, isIdle: true) == nil)
        #expect(look(1_333, isIdle: false) == nil)
        #expect(look(1_334, isIdle: false) == .closed(heldBytes: 1_334))
        #expect(look(1_250, isIdle: false) == .opened(heldBytes: 1_250))
        // Once it needs no more than it may, that is what counts.
        #expect(look(500, isIdle: true) == nil)
        #expect(look(1_001, isIdle: false) == .closed(heldBytes: 1_001))
        // Where the last question has gone and it is still as much, it was not questions.
        #expect(look(1_001, isIdle: true) == .opened(heldBytes: 1_001))
    }

    /// Of half a gigabyte that a server held after questions a third was free, for as long as nobody asked again.
    @Test func whatQuestionsLetGoOfIsGivenBackOnceNobodyAsks() {
        let (held, clock) = (Held(), SimulatedClock(wallNanoseconds: 0))
        let valve = MemoryValve(
            limitBytes: 1 << 30, clock: clock, heldBytes: { held.bytes }, giveBack: held.giveBack)
        func returns(isIdle: Bool, after seconds: Int64) -> Int {
            clock.advance(nanoseconds: seconds * 1_000_000_000)
            #expect(valve.look(isIdle: isIdle) == nil)
            return held.returns
        }
        held.set(400 << 20, free: 150 << 20)
        #expect(returns(isIdle: false, after: 20) == 0)
        #expect(returns(isIdle: true, after: 1) == 0)
        // Somebody asks in between.
        #expect(returns(isIdle: false, after: 5) == 0)
        #expect(returns(isIdle: true, after: 5) == 0)
        #expect(returns(isIdle: true, after: 9) == 0)
        #expect(returns(isIdle: true, after: 1) == 1 && held.bytes == 250 << 20)
        // Once, until as much came as counts.
        held.set(281 << 20)
        #expect(returns(isIdle: true, after: 100) == 1)
        held.set(282 << 20, free: 20 << 20)
        #expect(returns(isIdle: true, after: 1) == 2 && held.bytes == 262 << 20)
    }

    private func read(
        _ body: String, as form: QueryRequest.Form = .members, format: ResultFormat = .json
    ) throws(QueryRefusal) -> QueryRequest {
        var limits = ServerLimits()
        limits.queryTimeLimit = .seconds(30)
        return try QueryRequest(body: Array(body.utf8), form: form, format: format, limits: limits)
    }

    @Test func aQuestionComesWithItsSettings() throws {
        let plain = try read("select 1", as: .text, format: .csv)
        #expect(plain.sql == "select 1" && plain.format == .csv)
        #expect(plain.options.timeLimitNanoseconds == 30_000_000_000)
        let json = #"{"sql":"select 2","timezone":"Europe/Berlin","rollups":false,"time_limit_seconds":5}"#
        let set = try read(json)
        #expect(set.sql == "select 2" && set.format == .json && set.options.timeZone == "Europe/Berlin")
        #expect(!set.options.usesRollups && set.options.timeLimitNanoseconds == 5_000_000_000)
        let most = try read(#"{"sql":"select 2","time_limit_seconds":30,"timezone":null}"#)
        #expect(most.options.timeLimitNanoseconds == 30_000_000_000 && most.format == .json)
    }

    /// What is passed over changes what is asked.
    @Test(arguments: [
        (#"{"sql":"select 1","limit":1}"#, "there is no member limit"),
        (#"{"sql":"select 1","sql":"select 2"}"#, "the member sql is there twice"),
        (#"{"sql":"select 1","timezone":1}"#, "the member timezone is not text"),
        (#"{"sql":"select 1","rollups":"no"}"#, "the member rollups is not true or false"),
        (#"{"sql":"select 1","time_limit_seconds":0}"#, "the member time_limit_seconds is not a whole number from 1"),
        (#"{"sql":"select 1","time_limit_seconds":31}"#, "time_limit_seconds is more than the 30 s"),
        (#"{"sql":"select 1","time_limit_seconds":9223372037}"#, "time_limit_seconds is more than the 30 s"),
        (#"["select 1"]"#, "the body is no JSON object"), (#"{"sql":7}"#, "the member sql is not text"),
    ])
    func noMemberIsPassedOver(body: String, message: String) {
        let refusal = #expect(throws: QueryRefusal.self) { try read(body) }
        #expect(refusal?.kind == .malformed && refusal?.message.hasPrefix(message) == true, "\(refusal as Any)")
        #expect(refusal?.hint != nil)
    }

    @Test func textThatIsNoUTF8IsRefusedAtItsPlace() {
        // The last is a sound beginning of a character whose end is missing.
        for (tail, place) in [([0xFF], 9), ([0xC3, 0x28], 9), ([0xC3, 0xA4, 0xFF], 11), ([0xE2, 0x82], 9)] {
            let body = Array("select 'a".utf8) + tail.map { UInt8($0) }
            let refusal = #expect(throws: QueryRefusal.self) {
                try QueryRequest(body: body, form: .text, format: .json, limits: ServerLimits())
            }
            #expect(refusal?.kind == .malformed && refusal?.position == place, "\(refusal as Any)")
        }
    }

    @Test func whatIsNoQuestionIsRefused() {
        let broken = #expect(throws: QueryRefusal.self) { try read(#"{"sql":"#) }
        #expect(broken?.kind == .malformed && broken?.position != nil)
        #expect(#expect(throws: QueryRefusal.self) { try read("{}") }?.kind == .malformed)
    }
}
