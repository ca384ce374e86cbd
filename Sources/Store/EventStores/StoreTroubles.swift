package import Domain
package import Platform

/// What the writer of this process met and went on without.
struct WriterTroubles: Sendable {
    /// Seals that failed since the process started.
    private(set) var failedSeals = 0
    /// Why the last seal failed; nil once one succeeded.
    private(set) var sealFailure: Trouble?
    /// Why the last attempt to drop events failed; nil once one succeeded.
    private(set) var retentionFailure: Trouble?
    /// What is to be said of a budget for the disk.
    var disk: Trouble?
    /// That the last look at what the files come to failed, where a budget is set.
    var diskLook: Trouble?
    /// How many such looks failed since the process started.
    var failedDiskLooks = 0
    /// Why the last attempt to archive segments failed; nil once one succeeded.
    private(set) var archivingFailure: Trouble?
    /// Files that are kept twice of which the start could not write one anew; a seal makes new ones.
    private(set) var unrestored: [Trouble] = []
    /// What could not be read of places that prices concern, each once.
    private(set) var unsearched: [Trouble] = []

    mutating func sealFailed(_ error: any Error) {
        failedSeals += 1
        sealFailure = Self.trouble(error)
    }

    private static func trouble(_ error: any Error) -> Trouble {
        let isOfSpace = (error as? StorageError)?.isSpaceExhausted ?? false
        return (error as? any FileContentError).map { Trouble($0) }
            ?? Trouble("\(error)", isOfSpace ? .space : .asTold)
    }

    mutating func retentionFailed(_ error: any Error) { retentionFailure = Self.trouble(error) }

    mutating func retentionSucceeded() { retentionFailure = nil }

    mutating func archivingFailed(_ error: any Error) {
        archivingFailure =
            (error as? ArchiveRefusal).map { Trouble($0.reason, .asTold, advice: $0.advice) } ?? Self.trouble(error)
    }

    mutating func archivingSucceeded() { archivingFailure = nil }

    mutating func sealSucceeded() { (sealFailure, unrestored) = (nil, []) }

    mutating func couldNotRestore(_ file: String, _ failure: StorageError) {
        unrestored.append(
            Trouble(
                "\(file) is kept twice, is damaged or missing and could not be written anew: \(failure)",
                failure.isSpaceExhausted ? .space : .asTold,
                advice: "the other writing serves; the next seal makes both"))
    }

    mutating func unsearched(_ error: any Error) {
        let trouble = Trouble(ofPlace: error)
        if unsearched.count < StoreTroubles.toldMax, !unsearched.contains(trouble) { unsearched.append(trouble) }
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

    /// In an order that is always the same.
    var all: [Trouble] {
        var all: [Trouble] = []
        func tell(_ text: String) { all.append(Trouble(text, .asTold)) }
        if let failure = writer.sealFailure {
            all.append(
                failure.concerning("unsealed events stay in the log, since a seal failed and is tried again: "))
        }
        if let failure = writer.retentionFailure {
            all.append(
                failure.concerning("events that are old enough stay, since dropping them failed and is tried again: "))
        }
        for case let trouble? in [writer.disk, writer.diskLook] { all.append(trouble) }
        if let failure = writer.archivingFailure {
            all.append(
                failure.concerning(
                    "segments that are old enough are not archived, since that failed and is tried again: "))
        }
        for (key, found) in unfolded.sorted(by: { $0.key < $1.key }).prefix(Self.toldMax) {
            all.append(
                found.cause.concerning(
                    "conversation \(key.conversation) of tenant \(key.tenant) is not in turns and conversations as it"
                        + " is now: "))
        }
        if unfolded.count > Self.toldMax {
            let more = unfolded.count - Self.toldMax
            tell("\(more) more conversations are not in turns and conversations as they are now")
        }
        for key in cut.sorted().prefix(Self.toldMax) {
            tell(
                "conversation \(key.conversation) of tenant \(key.tenant) has more than"
                    + " \(Limits.conversationText): its rows in turns and conversations are made of the first ones;"
                    + " does its sender give one id to all conversations?")
        }
        if cut.count > Self.toldMax {
            tell(
                "\(cut.count - Self.toldMax) more conversations have rows of their first events alone:"
                    + " `\(CutConversations.query)` lists them")
        }
        all += writer.unrestored
        all += writer.unsearched.map { $0.concerning("calls that a later price concerns were not looked at: ") }
        for loss in losses.suffix(Self.toldMax) {
            tell(
                "\(loss.subject) was set aside (\(loss.file) at offset \(loss.offset)), and with it"
                    + " \(loss.extent); the files are in \(loss.copies)")
        }
        return all
    }
}

extension Trouble {
    /// A place of a file that cannot be used.
    package init(_ place: any FileContentError) {
        self.init("\(place)", place is NewerFormatError ? .laterVersion : .backup, advice: place.advice())
    }

    /// The same of whatever ``StoreError/isOfPlace(_:)`` is true of.
    init(ofPlace error: any Error) {
        if let error = error as? any FileContentError {
            self.init(error)
        } else {
            self.init(
                "\(error)", .backup, advice: "\(CorruptionError.extentAdvice()); \(CorruptionError.remedy)")
        }
    }
}
