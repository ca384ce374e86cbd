import Hashing

/// Of which keys a long step has noted what there was before: only the first of its changes to one counts when they are
/// taken back. Some that were noted are forgotten, and noted again, which changes nothing; short steps note all.
struct NotedKeys: Sendable {
    private static let placeCount = 1 << 12
    /// So many notes are made before one is looked for.
    private static let notesMin = 4_096
    /// What a free place holds.
    private static let none = Hash128(high: 0, low: 0)

    /// By the lowest bits of the key; empty in a short step.
    private var places: [Hash128] = []

    /// Whether the key was noted in this step. Where it was not, it is now.
    /// - Parameter noteCount: the notes of the step so far.
    mutating func holds(_ key: Hash128, noteCount: Int) -> Bool {
        guard noteCount >= Self.notesMin else { return false }
        if places.isEmpty { places = Array(repeating: Self.none, count: Self.placeCount) }
        let place = Int(truncatingIfNeeded: key.low) & (Self.placeCount - 1)
        if places[place] == key, key != Self.none { return true }
        places[place] = key
        return false
    }

    /// Another step begins.
    mutating func removeAll() { if !places.isEmpty { places = [] } }
}
