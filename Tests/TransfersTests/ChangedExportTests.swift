import EventStores
import Platform
import Server
import Testing
import Transfers
import WireFormats

/// Exports that were changed and would poison a store: the refusal says where and what to do, and the store opens and goes on.
@Suite struct ChangedExportTests {
    /// A call that nobody has a price for.
    private static func call(_ id: String, _ store: EventStore) -> IngestBatch {
        let line =
            #"{"specversion":"1.0","id":"\#(id)","source":"agent","time":"2026-08-01T12:00:00Z","type":"llm.call","data":{"#
            + #""provider":"acme","request_model":"m","input_tokens":1000,"output_tokens":7}}"#
        var decoder = EventDecoder(registry: store.registry, tokeniser: UserTokeniser(key: store.userTokenKey))
        return decoder.decodeLines(Array(line.utf8).span).ingestBatch
    }

    /// Imports an export of two events of which the second says something else.
    /// - Returns: why not; nil where it was taken.
    private func refusal(_ name: String, _ value: String) throws -> String? {
        let (first, second) = (MovingTests.Place(51), MovingTests.Place(52))
        let store = try first.open()
        _ = try store.append([Self.call("a", store)])
        first.clock.advance(nanoseconds: 1_000_000_000)
        _ = try store.append([Self.call("b", store)])
        var lines = MovingTests.lines(try MovingTests.exported(store))
        var members = lines[2].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        members.removeAll { $0.contains("\"\(name)\":") }
        members.insert("\"\(name)\":\"\(value)\"", at: 1)
        lines[2] = members.joined(separator: ",")
        var reason: String?
        do {
            _ = try second.importing(Array(lines.joined(separator: "\n").utf8))
        } catch let error as RestoreRefusal {
            #expect(!error.advice.isEmpty)
            reason = error.reason
        }
        let copy = try second.open()
        #expect(copy.status.position == (reason == nil ? 2 : 0))
        second.clock.advance(nanoseconds: 60_000_000_000)
        _ = try copy.append([Self.call("own", copy)])
        _ = try copy.rebook(provider: "acme", model: nil, times: .min ..< .max)
        try store.close()
        try copy.close()
        return reason
    }

    @Test(arguments: [
        ("2262-04-11T23:47:16.854775807Z", "more than 24 h ahead"), ("2027-01-01T00:00:00Z", "more than 24 h ahead"),
        ("1969-12-31T23:59:59Z", "before 1970"), ("2001-01-01T00:00:00Z", "not before the one of the event ahead of it"),
    ])
    func aReceivedTimeThatCannotBeIsRefused(time: String, reason: String) throws {
        let told = try #require(try refusal("receivedtime", time))
        #expect(told.contains("event 2 (line 3)") && told.contains(reason), "\(told)")
    }

    @Test(arguments: [
        "priced;170141183460469231731687303715884105727;170141183460469231731687303715884105727;170141183460469231731687303715884105727",
        "priced;-5000000000000;-5000000000000;-5000000000000", "priced;9000000000000000000;9000000000000000000;9000000000000000000",
        "priced;;0;", "priced;5;4;5", "priced;5;5;6", "priced;5;5;", "priced;5;5;5;input", "priced;+5;5;5", "partly;5;5;5",
        "partly;;7;6;output", "partly;;-1;;output", "unpriced;;1;;input", "unpriced;0;0;0", "free;0;0;0", "", "priced",
    ])
    func aCostThatNoCallHasIsRefused(cost: String) throws {
        let told = try #require(try refusal("bookedcost", cost))
        #expect(told.contains("event 2 (line 3) of the export lacks a cost that a call can have"), "\(told)")
    }

    @Test(arguments: [
        "priced;5;5;5", "priced;0;0;0", "partly;;7;;output", "partly;;7;9;reading", "partly;;7;", "unpriced;;0;;input,output",
    ])
    func aCostThatACallMayHaveIsTaken(cost: String) throws {
        #expect(try refusal("bookedcost", cost) == nil)
    }
}
