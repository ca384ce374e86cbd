import Columnar
import Domain
import Platform

/// Draws a history. Which kinds of things happen in it, and how often, is drawn first: where everything happens a
/// little, much never happens together.
struct HistoryGenerator {
    private var generator: SeededGenerator
    private var history: History
    /// By kind of step; one of weight 0 does not occur.
    private var weights: [Int]
    private var nextEvent = 0
    /// Calls name so many models, and of so many events one is late.
    private let models: Int
    private let lateOneIn: Int

    private static let second: Int64 = 1_000_000_000
    private static let kinds = 14

    private init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        history = History(seed: seed)
        weights = []
        models = 1 + generator.next(below: 3)
        lateOneIn = 2 + generator.next(below: 8)
        for _ in 0..<Self.kinds { weights.append(generator.oneIn(4) ? 0 : 1 + generator.next(below: 6)) }
        // Without events nothing happens.
        weights[0] = 6 + generator.next(below: 10)
    }

    static func history(seed: UInt64) -> History {
        var history = plainHistory(seed: seed)
        var asides = HistoryAsides(seed: seed)
        asides.add(to: &history)
        return history
    }

    /// One without backups, and from which nothing goes.
    static func plainHistory(seed: UInt64) -> History {
        var generator = HistoryGenerator(seed: seed)
        generator.draw()
        return generator.history
    }

    private mutating func draw() {
        history.clock = [.stands, .stands, .stands, .runs, .steps][generator.next(below: 5)]
        let forms = PageForm.allCases
        history.form = generator.oneIn(2) ? nil : forms[generator.next(below: forms.count)]
        for _ in 0...generator.next(below: 4) { history.lives.append(life()) }
        if generator.oneIn(4) {
            let kinds = Damage.Kind.allCases
            history.damage = Damage(kind: kinds[generator.next(below: kinds.count)], seed: generator.next())
        }
    }

    private mutating func life() -> History.Life {
        var life = History.Life()
        life.options.logFileBytes = [4 << 10, 16 << 10, 64 << 10][generator.next(below: 3)]
        life.options.sealEventsMax = [6, 24, 24, 1 << 20][generator.next(below: 4)]
        life.options.compacts = !generator.oneIn(4)
        life.options.conversationsAtOnce = generator.oneIn(4) ? 1 : 4_096
        life.options.holdsJobs = !generator.oneIn(3)
        life.ending = [.power, .power, .power, .process, .close][generator.next(below: 5)]
        for _ in 0..<(3 + generator.next(below: 12)) { life.steps.append(step()) }
        life.faults = faults()
        if generator.oneIn(12) { life.room = generator.next(below: 60 << 10) }
        return life
    }

    /// Mostly power goes at some call; sometimes one call fails or several do.
    private mutating func faults() -> [SimulatedFault] {
        var faults: [SimulatedFault] = []
        if generator.oneIn(2) {
            let effect: SimulatedFault.Effect = generator.oneIn(8) ? .stuck : .powerCut
            faults.append(SimulatedFault(effect, atCall: 1 + generator.next(below: 240)))
        }
        guard generator.oneIn(3) else { return faults }
        let code = ErrorKind.allCases[generator.next(below: ErrorKind.allCases.count)].code
        let call = 1 + generator.next(below: 200)
        // One of few calls of a kind is hit more surely than one of all calls.
        let kinds: [(operations: Set<StorageError.Operation>?, share: Int)] = [
            (nil, 1), ([.write], 4), ([.flush], 8), ([.flushDirectory], 16), ([.rename, .remove], 12), ([.open], 6),
            ([.preallocate], 50),
        ]
        let (operations, share) = kinds[generator.next(below: kinds.count)]
        switch generator.next(below: 12) {
        case 0: faults.append(SimulatedFault(.shortTransfer, atCall: 1, isLasting: true))
        case 1, 2: faults.append(SimulatedFault(.partialWrite(code), atCall: 1 + call / 4, of: [.write]))
        case 3, 4: faults.append(SimulatedFault(.lostFlush, atCall: 1 + call / 8, of: [.flush]))
        case 5 where history.clock != .stands:
            let nanoseconds = [2, 45, 4_000][generator.next(below: 3)] * Self.second
            faults.append(SimulatedFault(.delay(nanoseconds: nanoseconds), atCall: call))
        case 6: faults.append(SimulatedFault(.lyingFlush, atCall: 1 + call / 12, of: [.flush, .flushDirectory]))
        default: faults.append(SimulatedFault(.failure(code), atCall: 1 + call / share, of: operations))
        }
        return faults
    }

    private mutating func step() -> History.Step {
        var place = generator.next(below: weights.reduce(0, +))
        var kind = 0
        while place >= weights[kind] {
            place -= weights[kind]
            kind += 1
        }
        return step(ofKind: kind)
    }

    /// What more there is, is drawn apart (``HistoryAsides``), so that histories of before stay what they were.
    private mutating func step(ofKind kind: Int) -> History.Step {
        let time = Int64(generator.next(below: 400)) * Self.second
        switch kind {
        case 1: return .send(batch: newBatch(), isBulk: true)
        case 2 where !history.batches.isEmpty:
            return .send(batch: generator.next(below: history.batches.count), isBulk: generator.oneIn(5))
        case 3 where !history.batches.isEmpty: return .send(batch: changedBatch(), isBulk: false)
        case 4: return .send(batch: prices(), isBulk: generator.oneIn(6))
        case 5 where !history.batches.isEmpty: return replacement()
        case 6:
            let end = History.start - Int64(generator.next(below: 100_000)) * Self.second
            let range = generator.oneIn(2) ? Int64.min..<Int64.max : (end - 60_000 * Self.second)..<end
            return .rebook(model: model(), times: range)
        case 7: return .seal
        case 8: return .tick
        case 9: return .compact
        case 10: return .runJob
        case 11: return .makeReady
        case 12 where history.clock != .stands: return .letTimePass(nanoseconds: time)
        case 13 where history.clock == .steps:
            if generator.oneIn(3) { return .stopClock(nanoseconds: time) }
            let steps: [Int64] = [-3_600, 3_600, -86_400, 86_400, 40 * 86_400, -400 * 86_400, 2, -2]
            return .setClock(byNanoseconds: steps[generator.next(below: steps.count)] * Self.second)
        default: return .send(batch: newBatch(), isBulk: false)
        }
    }

    private mutating func add(_ events: [PlainEvent]) -> Int {
        history.batches.append(events)
        return history.batches.count - 1
    }

    private mutating func model() -> String { "m\(generator.next(below: models))" }

    /// Turns of conversations, spans, events that came without a time, and such as are late or from the future.
    private mutating func newBatch() -> Int {
        var events: [PlainEvent] = []
        for _ in 0...generator.next(below: 3) {
            nextEvent += 1
            let conversation = "c\(generator.next(below: 6))"
            var time = History.start - Int64(generator.next(below: 7_000)) * Self.second
            if generator.oneIn(lateOneIn) { time -= Int64(generator.next(below: 100_000)) * Self.second }
            if generator.oneIn(12) { time += 100_000 * Self.second }
            switch generator.next(below: 8) {
            case 0: events.append(span(conversation, time))
            case 1: events.append(call(conversation, time))
            default: events += turn(conversation, time)
            }
        }
        if history.clock == .stands, generator.oneIn(6) {
            nextEvent += 1
            events.append(
                PlainEvent(
                    type: "message.received", id: "e\(nextEvent)", time: nil,
                    fields: ["conversation_id": .text("c0"), "turn": .integer(Int64(nextEvent))]))
        }
        // The same once more within the batch.
        if generator.oneIn(8) { events.append(events[generator.next(below: events.count)]) }
        return add(events)
    }

    private mutating func turn(_ conversation: String, _ time: Int64) -> [PlainEvent] {
        let fields: [String: EventValue] = [
            "conversation_id": .text(conversation), "turn": .integer(Int64(nextEvent)), "channel": .text("web"),
        ]
        var call = call(conversation, time + Self.second)
        call.fields.merge(fields) { $1 }
        let answer: [String: EventValue] = [
            "author": .text("agent"), "status": .text(generator.oneIn(5) ? "error" : "ok"),
            "duration_ns": .integer(Int64(1 + generator.next(below: 9)) * Self.second),
        ]
        return [
            PlainEvent(
                type: "message.received", id: "e\(nextEvent)/q", time: time,
                fields: fields.merging(["author": .text("user")]) { $1 }),
            call,
            PlainEvent(
                type: "message.sent", id: "e\(nextEvent)/a", time: time + 2 * Self.second,
                fields: fields.merging(answer) { $1 }),
        ]
    }

    private mutating func call(_ conversation: String, _ time: Int64) -> PlainEvent {
        PlainEvent(
            type: "llm.call", id: "e\(nextEvent)/c", time: time,
            fields: [
                "conversation_id": .text(conversation), "provider": .text(PlainPrice.provider),
                "request_model": .text(model()), "route": .text("cloud"),
                "input_tokens": .integer(Int64(1 + generator.next(below: 2_000))),
                "output_tokens": .integer(generator.oneIn(5) ? 0 : Int64(1 + generator.next(below: 500))),
                "duration_ns": .integer(900_000_000), "status": .text("ok"),
            ])
    }

    private mutating func span(_ conversation: String, _ time: Int64) -> PlainEvent {
        let digits = String(nextEvent, radix: 16)
        return PlainEvent(
            type: "span.received", id: "e\(nextEvent)/s", time: time,
            fields: [
                "conversation_id": .text(conversation), "span_name": .text("step \(generator.next(below: 5))"),
                "trace_id": .text(String(repeating: "0", count: 32 - digits.count) + digits),
                "span_id": .text(String(repeating: "0", count: 16 - digits.count) + digits),
            ])
    }

    /// An event of before with other contents, and a new one beside it.
    private mutating func changedBatch() -> Int {
        var events = history.batches[generator.next(below: history.batches.count)].filter { $0.type != "price.set" }
        if let first = events.first {
            events = [first]
            events[0].fields["channel"] = .text("other")
        }
        nextEvent += 1
        return add(events + [call("c1", History.start - 9 * Self.second)])
    }

    private mutating func replacement() -> History.Step {
        let batch = generator.next(below: history.batches.count)
        guard let old = history.batches[batch].first(where: \.isCall) else { return .seal }
        var new = old
        new.fields["input_tokens"] = .integer(Int64(3_000 + generator.next(below: 1_000)))
        if generator.oneIn(3) { new.fields["conversation_id"] = .text("c5") }
        return .replace(batch: add([new]), event: 0)
    }

    private mutating func prices() -> Int {
        var events: [PlainEvent] = []
        for _ in 0...generator.next(below: 2) {
            nextEvent += 1
            let isEarly = generator.oneIn(2)
            events.append(
                PlainEvent(
                    type: "price.set", id: "e\(nextEvent)/p",
                    time: History.start - Int64(isEarly ? 200_000 : generator.next(below: 50_000)) * Self.second,
                    fields: [
                        "provider": .text(PlainPrice.provider), "model": .text(model()),
                        "token_class": .text(generator.oneIn(2) ? "input" : "output"),
                        "usd_per_million_tokens": .integer(Int64(1 + generator.next(below: 9_999))),
                    ]))
        }
        return add(events)
    }
}
