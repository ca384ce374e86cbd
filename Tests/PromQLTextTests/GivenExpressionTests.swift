import Foundation
import PromQLText
import Testing

/// Expressions of Prometheus' own tests, where the environment names a folder that has them: each is read, or refused,
/// as there.
@Suite struct GivenExpressionTests {
    private struct Given: Decodable {
        let input: String
        let should_fail: Bool
    }

    private static let file = ProcessInfo.processInfo.environment["PLIMSOLL_CONFORMANCE"].map {
        $0 + "/promql/expressions.sample.jsonl"
    }

    @Test(.enabled(if: file != nil)) func eachIsReadOrRefused() throws {
        let file = try #require(Self.file)
        let bytes = try #require(FileManager.default.contents(atPath: file))
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count > 100)
        for line in lines {
            let given = try JSONDecoder().decode(Given.self, from: line)
            let faults = Reading.faults(given.input, .all)
            #expect(faults.isEmpty != given.should_fail, "\(given.input): \(faults)")
        }
    }
}
