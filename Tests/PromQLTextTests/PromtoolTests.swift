import Foundation
import PromQLText
import Testing

/// The same expressions, right and damaged, in Prometheus' own parser, where it is there: both read them, or both say
/// the same of the same place. Debian's is of Prometheus 2: what 3 reads otherwise is left out.
@Suite(.enabled(if: Promtool.path != nil, "promtool (Debian package prometheus) is not there"))
struct PromtoolTests {
    @Test func saysTheSame() async throws {
        var generator = ExpressionGenerator(seed: 23, isRecent: false)
        var texts: [String] = []
        for index in 0..<600 {
            let words = generator.expression(4)
            texts.append((index.isMultiple(of: 3) ? words : generator.damaged(words)).joined(separator: " "))
        }
        texts = texts.filter { !$0.allSatisfy(\.isWhitespace) }
        let complaints = try await Promtool.complaints(about: texts)
        #expect(complaints.count > 100 && complaints.count < texts.count - 100, "\(complaints.count) of \(texts.count)")
        var compared = 0
        for (index, text) in texts.enumerated() {
            let theirs = complaints[index]
            if let theirs, Promtool.isOfTwo(theirs) { continue }
            var ours: String?
            do throws(PromQLError) { _ = try Reading.expression(text) } catch { ours = error.description }
            #expect(ours == theirs, "\(text)")
            compared += 1
        }
        #expect(compared > texts.count / 2)
    }
}

enum Promtool {
    static let path = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// What it says of each expression that it refuses, by place.
    static func complaints(about texts: [String]) async throws -> [Int: String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plimsoll-promql-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let rules = texts.enumerated().map { ["record": "r\($0)", "expr": $1] }
        // JSON is YAML.
        let file = try JSONSerialization.data(
            withJSONObject: ["groups": [["name": "g", "rules": rules]]], options: .withoutEscapingSlashes)
        try file.write(to: folder.appending(path: "rules.yaml"))
        let said = folder.appending(path: "said.txt")
        try Data().write(to: said)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments = ["check", "rules", "--lint=none", folder.appending(path: "rules.yaml").path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: said)
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        var complaints: [Int: String] = [:]
        for line in String(decoding: try Data(contentsOf: said), as: UTF8.self).split(separator: "\n") {
            guard let match = line.firstMatch(of: /"r(\d+)": could not parse expression: (.*)$/) else { continue }
            complaints[Int(match.1) ?? -1] = String(match.2)
        }
        return complaints
    }

    /// What Prometheus 2 says where 3 has other words, or reads on.
    static func isOfTwo(_ complaint: String) -> Bool {
        [
            "missing unit character in duration", "bad duration syntax", "unexpected duration", "expected duration",
            "unexpected colon", "<Item ", "invalid syntax", "in grouping opts", "in label matching",
        ].contains { complaint.contains($0) }
    }
}
