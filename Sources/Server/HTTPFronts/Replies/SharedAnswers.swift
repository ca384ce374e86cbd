import Synchronization

// tests: who gets which answer shows in none of them.
/// Answers for all who ask for the same at about the same time. Who comes while one is made gets the next, together
/// with all others who came meanwhile: however many ask, nobody waits for more than two, and no answer is older than
/// the request that it is for.
package final class SharedAnswers<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
    private struct Line {
        /// Is being made.
        var current: Task<Answer, any Error>
        /// Begins once that one is there; nil: nobody has asked since.
        var next: Task<Answer, any Error>?
    }

    private let lines = Mutex<[Key: Line]>([:])

    /// Nobody has asked.
    package init() {}

    /// The next answer to begin.
    /// - Parameters:
    ///   - key: what is asked for.
    ///   - make: makes the answer; where others ask for the same, one of theirs does.
    /// - Throws: what making it throws.
    package func answer(_ key: Key, _ make: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
        let task = lines.withLock { lines -> Task<Answer, any Error> in
            guard let line = lines[key] else {
                let task = Task<Answer, any Error> {
                    defer { self.ended(key) }
                    return try await make()
                }
                lines[key] = Line(current: task)
                return task
            }
            if let next = line.next { return next }
            let current = line.current
            let next = Task<Answer, any Error> {
                // Whether it failed is nothing to who asks now.
                _ = await current.result
                defer { self.ended(key) }
                return try await make()
            }
            lines[key]?.next = next
            return next
        }
        return try await task.value
    }

    /// The one that was being made is there: the next one's turn has come.
    private func ended(_ key: Key) {
        lines.withLock { lines in
            let next = lines[key]?.next
            lines[key] = next.map { Line(current: $0) }
        }
    }
}
