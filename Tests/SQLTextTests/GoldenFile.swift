import Foundation

/// A text file of cases: a heading line, the question, `----`, the expected answer, a blank line.
///
/// With `REWRITE_GOLDENS=1` in the environment the answers are written anew, to be read in the diff.
struct GoldenFile {
    struct Case {
        var heading: String
        var question: String
        var answer: String
    }

    let url: URL
    private(set) var cases: [Case] = []
    private var comments: [String] = []

    /// - Parameter file: relative to `Tests/Goldens`.
    init(_ file: String, from source: String = #filePath) throws {
        let tests = URL(fileURLWithPath: source).deletingLastPathComponent().deletingLastPathComponent()
        url = tests.appendingPathComponent("Goldens/\(file)")
        let text = try String(contentsOf: url, encoding: .utf8)
        for block in text.components(separatedBy: "\n\n") {
            var lines = block.components(separatedBy: "\n").filter { !$0.isEmpty }
            if lines.allSatisfy({ $0.hasPrefix("#") }) {
                comments += lines
                continue
            }
            let heading = lines.removeFirst()
            let split = lines.firstIndex(of: "----") ?? lines.count
            cases.append(
                Case(
                    heading: heading, question: lines[..<split].joined(separator: "\n"),
                    answer: lines.dropFirst(split + 1).joined(separator: "\n")))
        }
    }

    static var isRewriting: Bool { ProcessInfo.processInfo.environment["REWRITE_GOLDENS"] == "1" }

    /// Calls `check` with each case and the answer that `answer` gives, or writes the answers into the file.
    func run(_ answer: (Case) -> String, check: (Case, String) -> Void) throws {
        var rewritten = comments.isEmpty ? "" : comments.joined(separator: "\n") + "\n\n"
        for item in cases {
            let given = answer(item)
            rewritten += "\(item.heading)\n\(item.question)\n----\n\(given)\n\n"
            if !Self.isRewriting { check(item, given) }
        }
        if Self.isRewriting { try (rewritten.dropLast()).write(to: url, atomically: true, encoding: .utf8) }
    }
}
