import Domain
import Platform
import Synchronization

/// What a fold of conversations found beside its rows: one for a seal, or of the unsealed events for questions; of a
/// start it is what the last seal left.
struct FoldFindings: Sendable {
    /// Of the last event that was there.
    var position: Int64 = 0
    /// Conversations whose rows stand as they did, since something of them cannot be read.
    var unfolded: [UnfoldedConversation] = []
    /// Conversations with more events than their rows are made of.
    var cut: [ConversationGrouping.Key] = []
    /// Those whose replaced rows were made of a part of the events.
    var cutBefore: [ConversationGrouping.Key] = []

    /// What answers from the rows lack; nil where they are whole.
    var notice: String? {
        guard !unfolded.isEmpty else { return nil }
        let subject = unfolded.count == 1 ? "1 conversation is" : "\(unfolded.count) conversations are"
        return "\(subject) missing from turns and conversations, or older there than it should be, since something"
            + " cannot be read: troubles of /v1/status and `plimsoll verify` say what"
    }
}

extension FoldFindings {
    /// What the last seal left: why something of it could not be read nobody has tried to find out since the start.
    init(asLeftIn sealed: SealedState) {
        self.init(position: sealed.position)
        for key in sealed.unfolded.sorted() {
            unfolded.append(UnfoldedConversation(key))
        }
    }
}

/// A conversation that was not folded, and why.
struct UnfoldedConversation: Sendable {
    let key: ConversationGrouping.Key
    /// Why, and what to do about it.
    let cause: Trouble

    /// One that the last seal left.
    init(_ key: ConversationGrouping.Key) {
        self.key = key
        cause = Trouble("something of it cannot be read", .asTold, advice: CorruptionError.extentAdvice())
    }

    /// One that needs a place which cannot be used.
    init(_ key: ConversationGrouping.Key, _ error: any Error) {
        (self.key, cause) = (key, Trouble(ofPlace: error))
    }
}

/// The findings of the latest fold, whoever had it made: a seal, or a question, which knows more than the seal before
/// it of events that no segment holds yet, and of files that were put back.
final class LatestFindings: Sendable {
    /// Folds for questions, one at a time.
    let folds = OneAtATime()
    private let known = Mutex(FoldFindings())
    private let latest = Mutex<UnsealedFold?>(nil)

    var findings: FoldFindings { known.withLock { $0 } }

    /// Takes findings over, unless a fold of later events is known: who asks an old snapshot learns nothing new.
    func note(_ findings: FoldFindings) { known.withLock { if findings.position >= $0.position { $0 = findings } } }

    /// The rows of the latest fold for a version up to a position, where all is as it was but for events that came.
    func fold(on basis: UnsealedFold.Basis, through position: Int64) -> UnsealedFold? {
        let fold = latest.withLock { $0 }
        guard let fold, fold.position <= position, fold.isShort, fold.basis == basis else { return nil }
        return fold
    }

    /// Keeps a fold of a question for the next version's, as many rows as unsealed events have; in the place of the one
    /// before, unless that is of later events.
    func keep(_ fold: UnsealedFold) { latest.withLock { if fold.position >= ($0?.position ?? 0) { $0 = fold } } }

    /// What was unsealed is sealed: no later version goes on from the fold.
    func forgetFold() { latest.withLock { $0 = nil } }
}
