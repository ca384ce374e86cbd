import Synchronization

/// Notes of a past that nobody keeps.
final class NoteLog: Sendable {
    private let all = Mutex<[String]>([])

    init() {}

    var texts: [String] { all.withLock { $0 } }

    func append(_ texts: [String]) { all.withLock { $0 += texts } }
}
