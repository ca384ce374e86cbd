import Domain
import Hashing
import JSONParsing
import Testing
import WireFormats

struct Generator {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    /// A value that a column accepts, as JSON.
    mutating func value(_ column: SchemaColumn) -> String {
        switch column.type {
        case .integer:
            return
                "\((column.minimum ?? -9_000) + Int64(next(Int(min((column.maximum ?? 9_000) - (column.minimum ?? -9_000), 1 << 30)))))"
        case .double: return "\(column.minimum ?? 0).\(next(1_000))"
        case .boolean: return next(2) == 0 ? "true" : "false"
        case .text:
            if column.isClosed { return "\"\(column.knownValues[next(column.knownValues.count)])\"" }
            return ["\"a\"", "\"\"", "\"é\\u0000\\n\\\"😀\"", "\"x y\""][column.name == "tenant" ? 0 : next(4)]
        case .timestamp: return "\"20\(10 + next(80))-02-0\(1 + next(9))T0\(next(10)):00:00.\(next(1_000_000))Z\""
        case .money: return "\"\(next(4_000)).\(next(900_000))\""
        case .json: return "{\"k\":[\(next(9)),{\"b\":null,\"a\":1.5}]}"
        }
    }

    mutating func event(_ type: SchemaEventType) -> String {
        let columns = registry.wellKnown
        let tokens = [
            columns.reasoningTokens, columns.cacheReadTokens, columns.cacheWriteTokens, columns.cacheWrite1hTokens,
        ]
        var members: [String] = []
        for id in registry.contextColumns + type.ownColumns {
            guard id != columns.id, id != columns.source, !tokens.contains(id), id != columns.pricePerGPUHour else {
                continue
            }
            guard next(2) == 0 || type.requiredColumns.contains(id) || id == columns.pricePerMillionTokens else {
                continue
            }
            // A price per token is of any class but gpu.
            let billed = "\"\(TokenClass.billed[next(TokenClass.billed.count)].rawValue)\""
            var text = id == columns.tokenClass ? billed : value(registry.columns[Int(id)])
            // What a type requires is refused where it names nothing.
            if text == "\"\"", type.requiredColumns.contains(id) { text = "\"a\"" }
            members.append("\"\(registry.columns[Int(id)].name)\":\(text)")
        }
        if next(3) == 0 { members.append("\"unknown\(next(4))\":{\"z\":1,\"a\":[\"é\",-0.5]}") }
        // Any order.
        for place in members.indices { members.swapAt(place, next(members.count)) }
        let time = next(4) == 0 ? "" : #","time":"2026-08-01T00:00:\#(10 + next(50)).\#(next(1_000_000_000))Z""#
        return
            #"{"specversion":"1.0","id":"i\#(next(1_000_000))","source":"s/\#(next(3))","type":"\#(type.name)"\#(time),"data":{\#(members.joined(separator: ","))}}"#
    }
}

@Suite struct RoundTripTests {
    @Test func renderedRowsDecodeToThemselves() throws {
        let seed: UInt64 = 20_260_801
        var generator = Generator(state: seed)
        var decoder = makeDecoder()
        for type in registry.types {
            for _ in 0..<20 {
                let text = generator.event(type)
                // Spans are no events of a client.
                let origin: LineOrigin = type.id == registry.wellKnownTypes.spanReceived ? .export : .client
                let first = decoder.decodeLines(Array(text.utf8).span, from: origin)
                #expect(first.batch.count == 1, "seed \(seed): \(first.rejections) \(text)")
                let rendered = render(first.batch)
                let second = decoder.decodeLines(rendered.span, from: .export)
                #expect(second.batch.bytes == first.batch.bytes, "seed \(seed): \(text)")
                #expect(render(second.batch) == rendered)
            }
        }
    }

    @Test func identityFollowsTenantSourceIDAndTime() {
        func hash(_ text: String) -> (row: EventRow, hash: UInt64) {
            let row = decodeLines(text).batch[0]
            return (row, row.identityHash(key: 5))
        }
        let base = hash(event("llm.call", #""turn":1"#))
        #expect(base.hash == hash(event("llm.call", #""turn":2"#)).hash)
        for other in [
            event("llm.call", #""tenant":"t2""#), event(id: "e2"), event(source: "s2"),
            event(extra: #","time":"1970-01-01T00:00:00Z""#),
            event(extra: #","time":"1970-01-01T00:00:00.000000001Z""#),
        ] {
            let other = hash(other)
            #expect(base.hash != other.hash)
            #expect(!base.row.hasIdentity(of: other.row))
            #expect(other.row.hasIdentity(of: other.row))
        }
        // Boundaries between the parts count.
        #expect(hash(event(id: "ab", source: "c")).hash != hash(event(id: "a", source: "bc")).hash)
    }

    @Test func aRowTellsSingleFields() {
        let batch = decodeLines(
            event("llm.call", #""turn":4,"provider":"p""#, extra: #","time":"1970-01-01T00:00:01Z""#)
        ).batch
        let row = batch[0]
        #expect(row.text(of: registry.wellKnown.provider).map { String(decoding: $0, as: UTF8.self) } == "p")
        #expect(row.integer(of: registry.wellKnown.turn) == 4)
        #expect(row.integer(of: registry.wellKnown.provider) == nil)
        #expect(row.value(of: registry.wellKnown.channel) == nil)
        #expect(row.time == 1_000_000_000 && !row.isTimeAbsent && row.byteCount == batch.bytes.count)
    }

    @Test func mutatedLinesNeverCrash() {
        let seed: UInt64 = 0xF00D
        var generator = Generator(state: seed)
        var decoder = makeDecoder()
        let types = registry.types
        var accepted = 0
        for round in 0..<6_000 {
            var line = Array(generator.event(types[generator.next(types.count)]).utf8)
            for _ in 0...generator.next(4) {
                let place = generator.next(line.count)
                switch generator.next(4) {
                case 0: line[place] = UInt8(generator.next(256))
                case 1: line.removeSubrange(place..<min(line.count, place + 1 + generator.next(8)))
                case 2:
                    line.insert(
                        contentsOf: Array(#"null,"{}[]:9e99-\u0000"#.utf8).prefix(1 + generator.next(12)), at: place)
                default: line.swapAt(place, generator.next(line.count))
                }
                if line.isEmpty { line = [0x7B] }
            }
            for place in line.indices where line[place] == 0x0A { line[place] = 0x20 }
            let batch = decoder.decodeLines(line.span)
            #expect(batch.batch.count + batch.rejectedCount == batch.eventCount, "seed \(seed), round \(round)")
            accepted += batch.batch.count
            for start in batch.batch.starts {
                // What was accepted is sound: it renders, and reads back.
                let rendered = render(EventRows(bytes: batch.batch.bytes, starts: [start]))
                #expect(
                    decoder.decodeLines(rendered.span, from: .export).batch.bytes == batch.batch.bytes,
                    "seed \(seed), round \(round)")
            }
        }
        #expect(accepted > 300)
    }
}
