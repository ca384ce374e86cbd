import Domain

/// What is not as it should be while the store goes on, for those who run it. Of this process, but for conversations
/// that wait to be folded or are cut, which the state file knows.
struct StoreTroubles: Sendable {
    /// Seals that failed since the process started.
    private(set) var failedSeals = 0
    /// Why the last seal failed; nil once one succeeded.
    private(set) var sealFailure: String?
    /// Conversations whose rows stand as they did, since something of them cannot be read, and what; empty where nobody
    /// has tried since the start.
    private(set) var unfolded: [ConversationGrouping.Key: String] = [:]
    /// Conversations whose sealed rows are made of a part of their events.
    private(set) var cut = CutConversations()
    /// What is known of the unsealed ones.
    private(set) var unsealedCut = UnsealedCut()
    /// What could not be read of places that prices concern, each once.
    private var unsearched: [String] = []

    /// So many of a kind are told one by one.
    private static let toldMax = 10

    mutating func sealFailed(_ error: any Error) {
        failedSeals += 1
        sealFailure = "\(error)"
    }

    mutating func sealSucceeded(_ findings: SealFindings) {
        sealFailure = nil
        let found = findings.all
        refolded(found.unfolded)
        (cut, unsealedCut) = (found.cut, UnsealedCut())
    }

    /// What a fold of all conversations that are not as they should be could not read.
    mutating func refolded(_ found: [UnfoldedConversation]) {
        unfolded = Dictionary(found.map { ($0.key, "\($0.error)") }) { first, _ in first }
    }

    /// What a state file says of conversations that were not folded, and of those that were cut.
    mutating func waiting(for keys: [ConversationGrouping.Key], cut: CutConversations) {
        for key in keys { unfolded[key] = "" }
        self.cut = cut
    }

    /// Conversations whose rows are made of a part of their events, sealed or not.
    var cutNow: CutConversations { unsealedCut.with(cut) }

    mutating func unsearched(_ error: any Error) {
        let text = "\(error)"
        if unsearched.count < Self.toldMax, !unsearched.contains(text) { unsearched.append(text) }
    }

    /// A line each, in an order that is always the same.
    var lines: [String] {
        var lines: [String] = []
        if let sealFailure {
            lines.append("unsealed events stay in the log, since a seal failed and is tried again: \(sealFailure)")
        }
        for key in unfolded.keys.sorted().prefix(Self.toldMax) {
            let reason = unfolded[key].flatMap { $0.isEmpty ? nil : $0 } ?? "something of it cannot be read"
            lines.append(
                "conversation \(key.conversation) of tenant \(key.tenant) is not in turns and conversations as it is"
                    + " now: \(reason); \(Self.remedy)")
        }
        if unfolded.count > Self.toldMax {
            let more = unfolded.count - Self.toldMax
            lines.append("\(more) more conversations are not in turns and conversations as they are now")
        }
        let cut = cutNow
        for key in cut.named.prefix(Self.toldMax) {
            lines.append(
                "conversation \(key.conversation) of tenant \(key.tenant) has more than"
                    + " \(Limits.conversationText): its rows in turns and conversations are made of the first ones;"
                    + " does its sender give one id to all conversations?")
        }
        let more = cut.count - min(cut.named.count, Self.toldMax)
        if more > 0 {
            lines.append(
                "\(more) more conversations have rows of their first events alone: `\(CutConversations.query)` lists"
                    + " them")
        }
        lines += unsearched.map { "calls that a later price concerns were not looked at: \($0); \(Self.remedy)" }
        return lines
    }

    private static let remedy = "`plimsoll verify` shows the extent; restore the file from a backup"
}
