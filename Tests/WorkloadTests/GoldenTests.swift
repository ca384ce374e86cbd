import Foundation
import Testing
import Workload

@Suite struct GoldenTests {
    /// Two prices, then one conversation up to its first answer and a little beyond.
    @Test func firstLines() throws {
        let events = Array(SupportTraffic(WorkloadConfiguration(seed: 1)).generate(eventCount: 5000))
        let conversation = try #require(events.lazy.compactMap { $0.text("conversation_id") }.first)
        let chosen = events.prefix(2) + events.filter { $0.text("conversation_id") == conversation }.prefix(14)
        let lines = String(decoding: rendered(chosen), as: UTF8.self)
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../Goldens/workload-first-lines.ndjson"
        )
        .standardizedFileURL
        if ProcessInfo.processInfo.environment["PLIMSOLL_REWRITE_GOLDENS"] != nil {
            try Data(lines.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == lines)
    }
}
