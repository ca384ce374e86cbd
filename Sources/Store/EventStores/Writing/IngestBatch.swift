package import Domain
import EventLogs

/// Decoded events on their way in, with those that were refused for their type.
package struct IngestBatch: Sendable {
    /// What the rows of one batch may come to: one record of the log.
    package static let bytesMax = LogFormat.payloadBytesMax

    package var events: EventRows
    package var deadLetters: [DeadLetter]
    /// Rows for events that stand in the store already. One whose event a segment holds changes nothing.
    package var replacements: [EventReplacement]
    /// Rows of `system_events` that tell of the batch.
    package var notes: [SystemNote]
    /// How far what is sent to other systems has got.
    package var marks: [DeliveryMark]
    /// What is known of groups of alert rules from now on.
    package var rules: [RuleStateRecord]

    package init(
        events: EventRows = EventRows(), deadLetters: [DeadLetter] = [], replacements: [EventReplacement] = [],
        notes: [SystemNote] = [],
        marks: [DeliveryMark] = [], rules: [RuleStateRecord] = []
    ) {
        self.events = events
        self.deadLetters = deadLetters
        self.replacements = replacements
        self.notes = notes
        self.marks = marks
        self.rules = rules
    }
}

/// Something that happened in the store or around it: a row of `system_events`.
package struct SystemNote: Hashable, Sendable {
    /// `trace.settled`, for one.
    package var type: String
    /// A JSON object in canonical form.
    package var data: String

    /// Takes each part as given.
    package init(type: String, data: String) {
        self.type = type
        self.data = data
    }
}

extension SystemNote {
    /// What others than the store note of themselves.
    package typealias Kind = SystemNoteKind

    /// A note of a kind that an import knows.
    package init(_ kind: Kind, data: String) { self.init(type: kind.rawValue, data: data) }
}

/// What became of a batch.
package struct AppendResult: Sendable {
    /// One for each event, in order.
    package var verdicts: [EventVerdict]
    package var accepted: Int
    package var duplicates: Int
    /// The last position of the store after the batch.
    package var lastPosition: Int64

    package init(verdicts: [EventVerdict], accepted: Int, duplicates: Int, lastPosition: Int64) {
        self.verdicts = verdicts
        self.accepted = accepted
        self.duplicates = duplicates
        self.lastPosition = lastPosition
    }
}

extension Admission {
    func result(lastPosition: Int64) -> AppendResult {
        AppendResult(verdicts: verdicts, accepted: accepted, duplicates: duplicates, lastPosition: lastPosition)
    }
}

/// Events that did not enter, by reason, since the process started.
package struct Refusals: Hashable, Sendable {
    package var duplicates = 0
    package var conflicts = 0
    package var tooOld = 0
    package var tooNew = 0
    /// Of which damage hides whether they are repeats.
    package var unreadable = 0
    package var deadLetters = 0

    mutating func count(_ results: [AppendResult], _ batches: [IngestBatch]) {
        for batch in batches { deadLetters += batch.deadLetters.count }
        for result in results {
            duplicates += result.duplicates
            // Mostly that is all.
            guard result.accepted + result.duplicates < result.verdicts.count else { continue }
            for verdict in result.verdicts {
                switch verdict {
                case .accepted, .duplicate: break
                case .conflict: conflicts += 1
                case .tooOld: tooOld += 1
                case .tooNew: tooNew += 1
                case .unreadable: unreadable += 1
                }
            }
        }
    }
}
