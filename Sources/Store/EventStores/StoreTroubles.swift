import Domain

/// What the writer of this process met and went on without.
struct WriterTroubles: Sendable {
    /// Seals that failed since the process started.
    private(set) var failedSeals = 0
    /// Why the last seal failed; nil once one succeeded.
    private(set) var sealFailure: String?
    /// What could not be read of places that prices concern, and what to do about it, each once.
    private(set) var unsearched: [String] = []

    mutating func sealFailed(_ error: any Error) {
        failedSeals += 1
        sealFailure = "\(error)"
    }

    mutating func sealSucceeded() { sealFailure = nil }

    mutating func unsearched(_ error: any Error) {
        let text = "\(error); \(StoreError.advice(error))"
        if unsearched.count < StoreTroubles.toldMax, !unsearched.contains(text) { unsearched.append(text) }
    }
}

/// What is not as it should be while the store goes on, for those who run it.
struct StoreTroubles: Sendable {
    let writer: WriterTroubles
    /// Conversations whose rows stand as they did, since something of them cannot be read, and what.
    let unfolded: [ConversationGrouping.Key: UnfoldedConversation]
    /// Conversations whose sealed rows are made of their first events alone.
    let cut: Set<ConversationGrouping.Key>
    /// Stretches of the log that were set aside.
    private let losses: [LogLoss]

    /// So many of a kind are told one by one.
    fileprivate static let toldMax = 10

    init(_ writer: WriterTroubles, _ version: StoreVersion) {
        self.writer = writer
        unfolded = Dictionary(version.lately.findings.unfolded.map { ($0.key, $0) }) { first, _ in first }
        cut = version.sealed.cut
        losses = version.ledger.losses
    }

    /// A line each, in an order that is always the same.
    var lines: [String] {
        var lines: [String] = []
        if let failure = writer.sealFailure {
            lines.append("unsealed events stay in the log, since a seal failed and is tried again: \(failure)")
        }
        for (key, found) in unfolded.sorted(by: { $0.key < $1.key }).prefix(Self.toldMax) {
            lines.append(
                "conversation \(key.conversation) of tenant \(key.tenant) is not in turns and conversations as it is"
                    + " now: \(found.reason); \(found.advice)")
        }
        if unfolded.count > Self.toldMax {
            let more = unfolded.count - Self.toldMax
            lines.append("\(more) more conversations are not in turns and conversations as they are now")
        }
        for key in cut.sorted().prefix(Self.toldMax) {
            lines.append(
                "conversation \(key.conversation) of tenant \(key.tenant) has more than"
                    + " \(Limits.conversationText): its rows in turns and conversations are made of the first ones;"
                    + " does its sender give one id to all conversations?")
        }
        if cut.count > Self.toldMax {
            lines.append(
                "\(cut.count - Self.toldMax) more conversations have rows of their first events alone:"
                    + " `\(CutConversations.query)` lists them")
        }
        lines += writer.unsearched.map { "calls that a later price concerns were not looked at: \($0)" }
        lines += losses.suffix(Self.toldMax).map {
            "a damaged stretch of the log was set aside (\($0.file) at offset \($0.offset)), and with it \($0.extent);"
                + " the files are in \($0.copies)"
        }
        return lines
    }
}
