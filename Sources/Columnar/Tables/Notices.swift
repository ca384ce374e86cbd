import Synchronization

/// What belongs to answers and could not be shown: lines, each once, from whatever thread meets it.
package final class Notices: Sendable {
    private let noted = Mutex<[String]>([])

    /// None yet.
    package init() {}

    /// Ascending; mostly none.
    package var lines: [String] { noted.withLock { $0 } }

    /// Another line, or one that is known.
    package func add(_ line: String) {
        noted.withLock { if !$0.contains(line) { $0 = ($0 + [line]).sorted() } }
    }
}
