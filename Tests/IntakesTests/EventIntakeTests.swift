import Compression
import Domain
import EventStores
import Intakes
import OperatorLogs
import Platform
import Synchronization
import Testing
import WireFormats

/// Events on their way in, without a wire: values in, answers or typed refusals out.
@Suite struct EventIntakeTests {
    private struct DiskGone: Error, CustomStringConvertible { var description: String { "the disk is gone" } }

    /// What an intake needs.
    private struct Ground {
        let store = MemoryStore()
        let health: ServerHealth
        let intake: EventIntake
        let traces: TraceIntake

        init(_ limits: ServerLimits = ServerLimits(), log: OperatorLog = OperatorLog { _ in }) {
            health = ServerHealth(log: log, clock: SimulatedClock())
            let (decoders, writer) = (ThreadPool(threadCount: 2), ThreadPool(threadCount: 1))
            intake = EventIntake(
                store: store, threads: decoders, writer: writer, limits: limits, clock: SimulatedClock(),
                health: health)
            traces = TraceIntake(
                store: store, events: intake, threads: decoders, limits: limits, health: health,
                settlement: TraceSettlement(store: store, clock: SimulatedClock()))
        }

        /// As a front does it.
        func accept(
            _ bytes: [UInt8], type: String? = "application/x-ndjson", coding: ContentCoding = .identity
        ) async throws -> IngestAnswer {
            let ticket = try intake.begin(contentType: type)
            try ticket.take(bytes: bytes.count)
            let fields = type.map { [(name: "content-type", value: $0)] } ?? []
            return try await intake.accept(EventBody(bytes, coding: coding, fields: fields), ticket)
        }

        func accept(_ text: String) async throws -> IngestAnswer { try await accept(Array(text.utf8)) }

        /// Whether everything that was on the way has given its room back; a thread may still hold what it is done
        /// with.
        func isEmpty() async throws -> Bool {
            for _ in 0..<1000 where intake.gate.bytesHeld + intake.gate.eventsHeld > 0 {
                try await Task.sleep(for: .milliseconds(1))
            }
            return intake.gate.bytesHeld + intake.gate.eventsHeld == 0
        }

        func refusal(_ body: () async throws -> Void) async throws -> IntakeRefusal? {
            do {
                try await body()
                return nil
            } catch let refusal as IntakeRefusal {
                return refusal
            }
        }
    }

    private static func event(_ id: String, type: String = "cache.lookup") -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"test","type":"\#(type)","#
            + #""time":"2026-08-01T09:00:00Z","data":{"cache":"faq","hit":true}}"#
    }

    @Test(arguments: [ContentCoding.identity, .gzip, .zstd])
    func whatIsTakenIsKeptCountedAndGivesItsRoomBack(coding: ContentCoding) async throws {
        let ground = Ground()
        let body = Array((0..<50).map { Self.event("e\($0)") }.joined(separator: "\n").utf8)
        let bytes = coding == .gzip ? Gzip.compress(body) : coding == .zstd ? Zstandard.compress(body) : body
        let answer = try await ground.accept(bytes, coding: coding)
        #expect(answer.accepted == 50 && answer.position == 50 && ground.store.rows == 50)
        #expect(ground.intake.counters.totals.accepted == 50)
        #expect(try await ground.isEmpty())
    }

    @Test func anEventMayStandInTheFieldsBesideItsBody() async throws {
        let ground = Ground()
        let ticket = try ground.intake.begin(contentType: "application/json")
        let fields = [
            ("content-type", "application/json"), ("ce-specversion", "1.0"), ("ce-id", "b"), ("ce-source", "test"),
            ("ce-type", "cache.lookup"), ("ce-time", "2026-08-01T09:00:00Z"),
        ].map { (name: $0.0, value: $0.1) }
        let body = EventBody(Array(#"{"cache":"faq","hit":true}"#.utf8), fields: fields)
        #expect(try await ground.intake.accept(body, ticket).accepted == 1)
    }

    @Test func bodiesThatCannotBeReadAreRefusedByTheirKind() async throws {
        var limits = ServerLimits()
        limits.decodedBodyBytesMax = 1 << 20
        let ground = Ground(limits)
        let type = try await ground.refusal { _ = try ground.intake.begin(contentType: "text/html") }
        #expect(type?.kind == .unsupported)
        let broken = try await ground.refusal {
            _ = try await ground.accept(Array(#"{"specversion":"1.0",}"#.utf8), type: "application/cloudevents+json")
        }
        #expect(broken?.kind == .malformed && broken?.position != nil)
        let damaged = try await ground.refusal {
            _ = try await ground.accept([UInt8](repeating: 7, count: 100), coding: .gzip)
        }
        #expect(damaged?.kind == .malformed)
        let bomb = Zstandard.compress([UInt8](repeating: 32, count: 8 << 20))
        let large = try await ground.refusal { _ = try await ground.accept(bomb, coding: .zstd) }
        #expect(large == .bodyTooLarge(1 << 20, isDecoded: true))
        #expect(ground.store.rows == 0)
        #expect(try await ground.isEmpty())
    }

    @Test func anExportIsNotTakenAsEvents() async throws {
        let ground = Ground()
        let lines = Self.event("c", type: "export.begun") + "\n" + Self.event("a")
        let refusal = try await ground.refusal { _ = try await ground.accept(lines) }
        #expect(refusal?.kind == .conflicting && ground.store.rows == 0)
    }

    @Test func withoutRoomASenderIsToldWhenToComeBack() async throws {
        var limits = ServerLimits()
        (limits.ingestBytesMax, limits.retryAfterSeconds) = (100, 3)
        let ground = Ground(limits)
        let refusal = try await ground.refusal { _ = try await ground.accept(Self.event("a")) }
        #expect(refusal?.kind == .busy && refusal?.retryAfterSeconds == 3)
        #expect(ground.intake.gate.refusals == 1)
        #expect(try await ground.accept("\n").accepted == 0, "the room is free again")
    }

    @Test func afterAStoreHasFailedNothingIsTaken() async throws {
        let ground = Ground()
        ground.store.fail(with: DiskGone())
        let first = try await ground.refusal { _ = try await ground.accept(Self.event("a")) }
        #expect(first?.kind == .unavailable && first?.retryAfterSeconds == nil)
        ground.store.fail(with: nil)
        let second = try await ground.refusal { _ = try ground.intake.begin(contentType: nil) }
        #expect(second?.kind == .unavailable && second?.message == "storage failed: the disk is gone")
        let spans = try await ground.refusal { _ = try ground.traces.begin() }
        #expect(spans?.kind == .unavailable && spans?.retryAfterSeconds == 5)
        #expect(ground.health.isStorageFailed && ground.store.rows == 0)
        #expect(ground.traces.refusals == [TraceIntake.SpanRefusal: Int](), "whole bodies are no spans")
    }

    @Test func aFullDiskIsTriedAgain() async throws {
        let ground = Ground()
        ground.store.fail(with: StoreError.noSpace(reason: "no byte left"))
        let full = try await ground.refusal { _ = try await ground.accept(Self.event("a")) }
        #expect(full?.kind == .unavailable && full?.retryAfterSeconds == 1)
        #expect(ground.health.objection == nil && ground.health.unreadiness != nil)
        ground.store.fail(with: nil)
        #expect(try await ground.accept(Self.event("a")).accepted == 1)
        #expect(ground.health.unreadiness == nil)
    }

    /// Memory is full: senders are told when to come again, the log says it once, and whoever settles adds nothing.
    @Test func aFullTailIsToldOnceAndWithWhenToComeAgain() async throws {
        let lines = Mutex<[String]>([])
        let log = OperatorLog { line in
            lines.withLock { $0.append(String(decoding: LogFormat.text.rendered(line, at: 0), as: UTF8.self)) }
        }
        let ground = Ground(log: log)
        let full = StoreError.tailFull(reason: "nothing is sealed", retrySeconds: 17)
        ground.store.fail(with: full)
        for _ in 0..<2 {
            let refusal = try await ground.refusal { _ = try await ground.accept(Self.event("a")) }
            #expect(refusal?.kind == .unavailable && refusal?.retryAfterSeconds == 17)
            ground.health.note(freeBytes: nil, takesNothing: ground.store.isTailFull)
            let text = ground.health.unreadiness?.text
            #expect(text == "no event is taken until a seal makes room (nothing is sealed); nothing was lost")
        }
        let thread = ThreadPool(threadCount: 1)
        let settling = SettlingService(
            settlement: TraceSettlement(store: ground.store, clock: SimulatedClock()), thread: thread,
            committer: ground.intake.committer, health: ground.health, log: log)
        settling.failed(full)
        await thread.stop()
        let told = lines.withLock { $0 }
        #expect(told.count == 1 && told[0].contains("events are refused: "), "\(told)")
        ground.store.fail(with: nil)
        ground.health.note(freeBytes: nil, takesNothing: ground.store.isTailFull)
        #expect(ground.health.unreadiness == nil)
        #expect(lines.withLock { $0.count == 2 && $0[1].contains("events are taken again") })
        #expect(try await ground.accept(Self.event("a")).accepted == 1)
    }

    /// Where a budget for the disk is spent senders are told to come again; what the store notes of itself goes in,
    /// also beside events, and is no sign that these would.
    @Test func whereABudgetIsSpentNotesGoOn() async throws {
        let ground = Ground()
        ground.store.fail(with: StoreError.budgetSpent(reason: "nothing is old enough"))
        let (committer, note) = (
            ground.intake.committer, IngestBatch(notes: [SystemNote(.metricsSampled, data: "{}")])
        )
        for _ in 0..<20 {
            async let noted = committer.commit(note, weight: 1)
            let refusal = try await ground.refusal { _ = try await ground.accept(Self.event("a")) }
            #expect(refusal?.kind == .unavailable && refusal?.retryAfterSeconds == 1)
            #expect(try await noted.accepted == 0)
            #expect(ground.health.unreadiness?.text.contains("max_disk") == true)
        }
        ground.health.note(freeBytes: nil, takesNothing: ground.store.isBudgetSpent)
        #expect(ground.health.unreadiness != nil)
        ground.store.fail(with: nil)
        ground.health.note(freeBytes: nil, takesNothing: ground.store.isBudgetSpent)
        #expect(ground.health.unreadiness == nil)
        #expect(try await ground.accept(Self.event("a")).accepted == 1)
    }

    @Test func whatIsTooMuchAtOnceIsNoFailureOfTheStore() async throws {
        let ground = Ground()
        ground.store.fail(with: StoreError.recordTooLarge(bytes: 1 << 30))
        let refusal = try await ground.refusal { _ = try await ground.accept(Self.event("a")) }
        #expect(refusal?.kind == .tooMuch && !ground.health.isStorageFailed)
        ground.store.fail(with: nil)
        #expect(try await ground.accept(Self.event("a")).accepted == 1)
    }

    /// What stands in one file stops what needs it, whether it is damaged or of a newer form.
    @Test(arguments: [
        CorruptionError(file: "/s/1", offset: 9, expectation: "a checksum"),
        NewerFormatError(file: "/s/1", expectation: "a page encoding, found 99"),
    ] as [any FileContentError])
    func whatCannotBeUsedOfAFileIsNoFailureOfTheStore(error: any FileContentError) async throws {
        let ground = Ground()
        ground.store.fail(with: error)
        let refusal = try await ground.refusal { _ = try await ground.accept(Self.event("a")) }
        #expect(refusal?.kind == .damaged && refusal?.message == "\(error)")
        #expect(refusal?.hint?.contains(error.remedy) == true)
        #expect(!ground.health.isStorageFailed && ground.health.objection == nil)
        ground.store.fail(with: nil)
        #expect(try await ground.accept(Self.event("a")).accepted == 1)
    }

    @Test(arguments: [OTLPEncoding.protobuf, .json])
    func spansAreTakenOrRefusedByTheirKind(encoding: OTLPEncoding) async throws {
        let ground = Ground()
        let empty: [UInt8] = encoding == .json ? Array("{}".utf8) : []
        let answer = try await ground.traces.accept(TraceBody(empty, encoding: encoding), try ground.traces.begin())
        #expect(answer.rejectedSpans == 0 && answer.message.isEmpty)
        let ticket = try ground.traces.begin()
        let refusal = try await ground.refusal {
            _ = try await ground.traces.accept(TraceBody([0xFF, 0xFF], encoding: encoding), ticket)
        }
        #expect(refusal?.kind == .malformed)
    }
}
