import Domain
import Exporting
import Platform
import Testing
import WireFormats

@Suite struct TraceAssemblerTests {
    @Test func anAnswerIsATraceWithEverythingOfItsTurn() throws {
        let emissions = TurnRows.emissions(TurnRows.turn)
        #expect(emissions.count == 1)
        let trace = try #require(emissions.first)
        #expect(trace.position == 7 && trace.kind == .trace)
        let resource = trace.resource.map { "\($0.key)=\(TurnRows.text($0.value))" }
        #expect(resource == ["deployment.environment.name=\"production\"", "service.name=\"bot\""])
        #expect(TurnRows.text(trace.spans) == Self.golden)
        let bytes = OTLPTraces([trace], version: "1").protobuf
        let read = try OTLPTraces(protobuf: bytes)
        #expect(read.resources.count == 1 && read.resources[0].scopes.count == 1)
        #expect(read.resources[0].scopes[0].spans.count == 6 && read.resources[0].scopes[0].name == "plimsoll")
        for secret in ["free", "test"] { #expect(!String(decoding: bytes, as: UTF8.self).contains(secret)) }
    }

    @Test func aTraceKeepsTheIdThatItsAnswerNamesAndMakesOneFromTheTurnElse() {
        func id(_ fields: [String: EventValue], _ id: String = "a", turn: Int64? = 2) -> String {
            let row = TurnRows.row("message.sent", id, at: 0, fields, turn: turn)
            return TurnRows.hexadecimal(TurnRows.emissions([row])[0].spans[0].traceID)
        }
        let own = "0F5ee02a2e35937b3c6537cfcc16b38d"
        #expect(id(["trace_id": .text(own)]) == own.lowercased())
        #expect(id([:]) == id([:], "b"))
        #expect(id([:]) != id([:], turn: 3))
        #expect(id([:], turn: nil) != id([:], "b", turn: nil))
        for wrong in ["0f5e", String(repeating: "0", count: 32), String(repeating: "x", count: 32)] {
            #expect(id(["trace_id": .text(wrong)]) == id([:]))
        }
    }

    /// A start reads what came before its mark again and gives only what comes behind it: together every span once,
    /// wherever the cut is.
    @Test(arguments: [1, 2, 3] as [UInt64]) func anyCutGivesEverySpanOnce(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        var rows: [TurnRows.Row] = []
        for turn in 0..<40 {
            for (index, kind) in ["message.received", "llm.call", "tool.call", "message.sent", "retrieval.query"]
                .enumerated()
            {
                guard chance.next(below: 10) < 8 else { continue }
                let word = chance.next(below: 6) == 0 ? "error" : "ok"
                let status: [String: EventValue] = kind == "message.received" ? [:] : ["status": .text(word)]
                rows.append(
                    TurnRows.row(
                        kind, "\(turn)/\(index)", at: 0, status, conversation: "c-\(turn / 3)", turn: Int64(turn)))
            }
        }
        // Events of different turns come in any order.
        for index in rows.indices.reversed() { rows.swapAt(index, chance.next(below: index + 1)) }
        for index in rows.indices { rows[index].received = TurnRows.start + Int64(index) * 1_000_000_000 }
        func change(_ rule: inout TraceRule) { rule.sampling.ratio = 0.5 }
        let whole = TurnRows.emissions(rows, change)
        #expect(Set(whole.flatMap(\.spans).map(\.spanID)).count == whole.flatMap(\.spans).count)
        for cut in stride(from: 0, through: rows.count, by: 7) {
            let before = TurnRows.emissions(Array(rows[..<cut]), change)
            let after = TurnRows.emissions(rows, change).filter { $0.position > cut }
            let both = before + after
            #expect(both.flatMap(\.spans) == whole.flatMap(\.spans), "seed \(seed), cut \(cut)")
            #expect(
                OTLPTraces(both, version: "1").protobuf == OTLPTraces(whole, version: "1").protobuf,
                "seed \(seed), cut \(cut)")
        }
    }

    @Test func whatComesLaterJoinsTheTrace() {
        let late = TurnRows.row("tool.call", "late", at: 9_000, ["tool": .text("x")])
        let emissions = TurnRows.emissions(
            TurnRows.turn + [late, TurnRows.row("message.sent", "again", at: 9_500, TurnRows.answer)])
        #expect(emissions.map(\.kind) == [.trace, .late, .late])
        #expect(emissions[1].spans.map(\.name) == ["execute_tool x"] && emissions[1].position == 8)
        #expect(Set(emissions.flatMap(\.spans).map(\.traceID)).count == 1)
        #expect(emissions[2].spans[0].parentSpanID == emissions[0].spans[0].spanID)
        // After the time of a turn nothing is known of it any more.
        let tooLate = TurnRows.row("tool.call", "late", at: 9_000, received: TurnRows.start + 1_000_000_000_000)
        #expect(TurnRows.emissions(TurnRows.turn + [tooLate]).count == 1)
    }

    @Test func anAnswerWithoutDurationBeginsWithItsQuestion() {
        var fields = TurnRows.answer
        fields["duration_ns"] = nil
        let span = TurnRows.emissions([TurnRows.turn[0], TurnRows.row("message.sent", "a", at: 1500, fields)])[0].spans[
            0]
        #expect(span.start == UInt64(TurnRows.start) && span.end == span.start + 1_500_000_000)
        let alone = TurnRows.emissions([TurnRows.row("message.sent", "a", at: 1500, fields)])[0].spans[0]
        #expect(alone.start == alone.end)
    }

    @Test func peopleAreNoAgents() {
        #expect(TurnRows.emissions([TurnRows.row("message.sent", "h", at: 0, ["author": .text("human")])]).isEmpty)
        #expect(TurnRows.emissions([TurnRows.row("message.sent", "a", at: 0)]).count == 1)
    }

    @Test func samplingKeepsErrorsAndSlowAnswersAndTheShareOfTheRest() {
        func kinds(_ fields: [String: EventValue], _ before: [TurnRows.Row] = [], ratio: Double = 0) -> [TraceEmission
            .Kind]
        {
            TurnRows.emissions(before + [TurnRows.row("message.sent", "a", at: 0, fields)]) {
                $0.sampling.ratio = ratio
            }.map(\.kind)
        }
        #expect(kinds(["status": .text("ok")]) == [.sampledOut])
        #expect(kinds(["status": .text("error")]) == [.trace])
        #expect(kinds(["duration_ns": .integer(8_000_000_000)]) == [.sampledOut])
        #expect(kinds(["duration_ns": .integer(8_000_000_001)]) == [.trace])
        #expect(kinds([:], [TurnRows.row("tool.call", "t", at: 0, ["status": .text("error")])]) == [.trace])
        let rows = (0..<4000).map { TurnRows.row("message.sent", "\($0)", at: 0, turn: Int64($0)) }
        let kept = { (ratio: Double) in
            Set(
                TurnRows.emissions(rows) { $0.sampling.ratio = ratio }.filter { $0.kind == .trace }.map {
                    $0.spans[0].traceID
                })
        }
        let (tenth, half) = (kept(0.1), kept(0.5))
        #expect((300...500).contains(tenth.count) && (1880...2120).contains(half.count))
        #expect(tenth.isSubset(of: half), "a trace that a small share keeps is kept by every larger one")
        // Spans of a trace that is left out are left out, also when they come later.
        let left = TurnRows.emissions([rows[0], TurnRows.row("tool.call", "t", at: 1, turn: 0)]) {
            $0.sampling.ratio = 0
        }
        #expect(left.map(\.kind) == [.sampledOut])
    }

    @Test func whatCameInAsSpansGoesOutOnlyWhereThatIsWanted() {
        let trace: EventValue = .text("0f5ee02a2e35937b3c6537cfcc16b38d")
        func settled(_ type: String, _ span: String) -> TurnRows.Row {
            TurnRows.row(
                type, "\(span)/\(type)", at: 0, ["trace_id": trace, "span_id": .text(span)], source: "settled/bot",
                turn: nil)
        }
        let root = "00f067aa0ba902b7"
        let rows = [
            settled("llm.call", "00f067aa0ba902b8"), settled("agent.run", root), settled("message.received", root),
            settled("message.sent", root),
        ]
        #expect(TurnRows.emissions(rows).isEmpty)
        let forwarded = TurnRows.emissions(rows) { $0.forwardsReceived = true }
        #expect(forwarded.count == 1)
        #expect(
            forwarded[0].spans.map { TurnRows.hexadecimal($0.spanID) } == [root, "00f067aa0ba902b8"],
            "ids stay, each once")
    }

    @Test func memoryStaysBounded() {
        var assembler = TurnRows.assembler { ($0.turnsMax, $0.heldBytesMax) = (100, 50_000) }
        for number in 0..<10_000 {
            let row = TurnRows.row("llm.call", "\(number)", at: 0, turn: Int64(number))
            #expect(assembler.take(row.bytes, position: Int64(number + 1), receivedTime: row.received) == nil)
        }
        #expect(assembler.crowdedOut >= 9_890)
        let last = TurnRows.row("message.sent", "a", at: 0, turn: 9_999)
        #expect(assembler.take(last.bytes, position: 10_001, receivedTime: last.received)?.spans.count == 2)
    }
}
