package import Domain
package import Hashing

/// An event that was refused, with what to do about it. Holds no value of the event's data.
package struct Rejection: Hashable, Sendable {
    /// Which event of the input, from 0.
    package var index: Int
    /// The event's id, cut to a readable length; nil when it has none.
    package var id: String?
    /// The field at fault; nil when the event as a whole is.
    package var field: String?
    /// What was expected there.
    package var expected: String
    /// The whole sentence.
    package var error: String
}

/// What the sender of an accepted event should know: that a name looks like a field of ours and is none.
package struct EventWarning: Hashable, Sendable {
    /// Which event of the input, from 0.
    package var index: Int
    /// The event's id, cut to a readable length.
    package var id: String?
    /// The whole sentence.
    package var warning: String
}

/// A word in a field that events of all types have which misses one of those that figures know by a slip.
package struct WordSlip: Hashable, Sendable {
    /// The field.
    package let column: UInt16
    /// What was said, in UTF-8.
    package let said: [UInt8]
    /// The known word.
    package let meant: String

    /// Takes each part as given.
    package init(column: UInt16, said: [UInt8], meant: String) {
        (self.column, self.said, self.meant) = (column, said, meant)
    }
}

/// How often something happened to a field.
package struct FieldCount: Hashable, Sendable {
    package var column: UInt16
    package var count: Int
}

/// What decoding some input gave: rows for the writer, and an account of everything that is not among them.
package struct DecodedBatch: Sendable {
    package var batch = EventRows()
    /// For each row, which event of the input it was, from 0; ascending.
    package var eventIndexes: [UInt32] = []
    /// Events in the input; blank lines are none.
    package var eventCount = 0
    /// The first rejections, ascending by index.
    package var rejections: [Rejection] = []
    /// All rejections; `eventCount` = rows + rejected + asides + evidence left out.
    package var rejectedCount = 0
    /// The first warnings, ascending by index.
    package var warnings: [EventWarning] = []
    /// Which events of the input have a warning, all of them; ascending.
    package var warnedIndexes: [UInt32] = []
    /// Events with a warning.
    package var warningCount: Int { warnedIndexes.count }
    /// The first events of unknown types, each also rejected.
    package var deadLetters: [DeadLetter] = []
    package var deadLetterCount = 0
    /// Values withheld for their privacy class, ascending by column.
    package var withheld: [FieldCount] = []
    /// Values outside a field's listed ones that were accepted, ascending by column.
    package var unknownValues: [FieldCount] = []
    /// Slips in the words of accepted events, the first ``slipsMax`` different ones, in the order in which they came.
    package var slips: [WordSlip] = []
    /// Slips that are listed.
    static let slipsMax = 32
    /// Lines of an export that are no events; neither rows nor rejected. In what a client sends there should be none.
    package var asides: [ExportControlLine] = []
    /// Spans of an export whose events are taken as new; neither rows nor rejected.
    package var evidenceLeftOut = 0
    /// Of an export that is moved: the checksum of each of its lines that counts, asides and rejected ones too.
    package var lineHashes: [Hash128] = []
    /// Of an export, for each row: when it was received (ns since 1970 UTC); nil for together with the row before.
    package var receivedTimes: [Int64?] = []
    /// Of an export: what calls cost, as it says, ascending by row.
    package var bookedCosts: [(row: Int, text: String)] = []
}
