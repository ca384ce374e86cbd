import Hashing

/// Conversations whose silence is not awaited, by a hash of tenant and conversation: people come back to them, and what
/// comes late may show them in another light.
typealias RememberedConversations = GenerationalCache<EvictedConversations>

/// What is known of forgotten conversations, as far as another setting would have changed what they count.
struct EvictedConversations: EvictedValues {
    /// Those that count as closed by silence.
    var idle: UInt64 = 0
    /// The latest activity of those.
    var latest = Int64.min
    /// Those that nothing has closed.
    var open: UInt64 = 0
    var names = EvictedKeys()

    mutating func add(_ generation: [Hash128: OpenConversation], countMax: Int) {
        names.add(generation.keys, countMax: countMax * 2)
        // order: sums and a maximum.
        for conversation in generation.values {
            if conversation.isCounted {
                idle &+= 1
                latest = max(latest, conversation.lastActivity)
            } else if conversation.mayBeIdle {
                open &+= 1
            }
        }
    }

    func contains(_ key: Hash128) -> Bool { names.contains(key) }

    /// Of how many nobody can tell any more what another setting makes of them.
    /// - Parameter reached: up to when time is known to have passed.
    func uncorrected(after idleAfter: Int64?, reached: Int64) -> UInt64 {
        guard let idleAfter else { return idle }
        let (end, isBeyond) = latest.addingReportingOverflow(idleAfter)
        return open &+ (isBeyond || end > reached ? idle : 0)
    }
}
