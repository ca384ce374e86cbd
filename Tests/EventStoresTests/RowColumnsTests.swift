import Columnar
import Domain
import EventStores
import Platform
import Testing

/// What becomes of rows on their way into columns, where there are more than are walked at once.
@Suite struct RowColumnsTests {
    private static let columns = [
        "id", "position", "turn", "input_tokens", "request_model", "response_model", "model", "stream", "attributes",
    ]

    /// What a call says, in the order of ``columns``.
    private static func call(_ index: Int) -> (fields: [String: EventValue], row: String) {
        let tokens: Int64? = index % 4 != 1 ? Int64(index) * 977 : nil
        let turn: Int64? = index % 2 == 0 ? Int64(index) * 1_000_003 - 5 : nil
        let request: String? = index % 5 != 2 ? "m\(index % 7)" : nil
        let response: String? = index % 5 == 4 ? "r\(index % 2)" : nil
        let stream: Bool? = index % 6 < 4 ? index % 6 < 2 : nil
        let attributes: String? = index % 10 == 0 ? "{\"n\":\(index)}" : nil
        var fields: [String: EventValue] = [:]
        fields["turn"] = turn.map { EventValue.integer($0) }
        fields["input_tokens"] = tokens.map { EventValue.integer($0) }
        fields["request_model"] = request.map { EventValue.text($0) }
        fields["response_model"] = response.map { EventValue.text($0) }
        fields["stream"] = stream.map { EventValue.boolean($0) }
        fields["attributes"] = attributes.map { EventValue.json($0) }
        // Three batches, the next call always in the next one.
        let position = Int64(index % 3 * 300 + index / 3 + 1)
        func integer(_ value: Int64?) -> Scalar { value.map { Scalar.integer($0) } ?? Scalar.null }
        func text(_ value: String?) -> Scalar { value.map { Scalar.text($0) } ?? Scalar.null }
        let others = [
            stream.map { Scalar.boolean($0) } ?? Scalar.null, attributes.map { Scalar.json($0) } ?? Scalar.null,
        ]
        let row = [
            text("e\(index)"), integer(position), integer(turn), integer(tokens), text(request), text(response),
            text(response ?? request),
        ]
        return (fields, (row + others).map { "\($0)" }.joined(separator: "|"))
    }

    /// In time each lies between rows of the other batches.
    @Test func columnsSayWhatTheRowsOfSeveralBatchesDo() throws {
        let disk = SimulatedFileSystem(seed: 4)
        let store = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
        let calls = (0..<900).map { Self.call($0) }
        for batch in 0..<3 {
            var events = SampleEvents()
            for index in stride(from: batch, to: 900, by: 3) {
                events.add("llm.call", id: "e\(index)", at: Double(index), calls[index].fields)
            }
            #expect(try store.append([events.batch])[0].accepted == 300)
        }
        let expected = calls.map(\.row).sorted()
        #expect(try rows(store, "llm_call", Self.columns) == expected)
        try store.seal()
        #expect(try rows(store, "llm_call", Self.columns) == expected)
        #expect(try store.verify().findings == [])
        try store.close()
    }
}
