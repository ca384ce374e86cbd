import Domain
import Intakes
import OperatorLogs
import Platform
import Synchronization
import Testing

/// Words that strangers make up do not fill the log.
@Suite struct SlippedWordsTests {
    @Test func soManyAreToldAndThenThatThereAreMore() async throws {
        let lines = Mutex<[String]>([])
        let log = OperatorLog { line in
            let text = String(decoding: LogFormat.text.rendered(line, at: 0), as: UTF8.self)
            lines.withLock { $0.append(text) }
        }
        let store = MemoryStore()
        let intake = EventIntake(
            store: store, threads: ThreadPool(threadCount: 1), writer: ThreadPool(threadCount: 1),
            limits: ServerLimits(), clock: SimulatedClock(),
            health: ServerHealth(log: OperatorLog { _ in }, clock: SimulatedClock()),
            words: SlippedWords(store.registry, log: log))
        let words = "abcdfghijklnopqrstuv".map { "voic\($0)" }
        let events = words.map { word in
            #"{"specversion":"1.0","id":"\#(word)","source":"s","type":"llm.call","data":{"channel":"\#(word)"}}"#
        }
        let body = Array(events.joined(separator: "\n").utf8)
        for _ in 0..<2 {
            let ticket = try intake.begin(contentType: "application/x-ndjson")
            try ticket.take(bytes: body.count)
            let fields = [(name: "content-type", value: "application/x-ndjson")]
            _ = try await intake.accept(EventBody(body, fields: fields), ticket)
        }
        let told = lines.withLock { $0 }
        #expect(words.count > SlippedWords.wordsMax && told.count == SlippedWords.wordsMax + 1, "\(told)")
        for (line, word) in zip(told, words.prefix(SlippedWords.wordsMax)) {
            #expect(line.contains(" warning channel \"\(word)\": no figure knows this word; did you mean voice?"))
        }
        #expect(told.last?.contains("more words miss known ones by a slip") == true, "\(told)")
    }
}
