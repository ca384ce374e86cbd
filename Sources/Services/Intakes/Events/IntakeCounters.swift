import Synchronization
import WireFormats

/// What came in one way since the start; spans have no columns of their own.
struct IntakeTotals: Sendable {
    var accepted = 0
    var duplicates = 0
    /// Refused by the decoder or the writer.
    var rejected = 0
    /// Refused because no schema has their type.
    var unknownTypes = 0
    /// Refused because they are not what their schema says.
    var invalid = 0
    /// Values withheld as personal or content, by column.
    var withheld: [Int]
    /// Values that a schema does not list, by column.
    var unlisted: [Int]
}

/// The totals, added up as requests are answered.
final class IntakeCounters: Sendable {
    private let state: Mutex<IntakeTotals>

    init(columnCount: Int) {
        let zeros = [Int](repeating: 0, count: columnCount)
        state = Mutex(IntakeTotals(withheld: zeros, unlisted: zeros))
    }

    var totals: IntakeTotals { state.withLock { $0 } }

    func add(accepted: Int, duplicates: Int, rejected: Int) {
        state.withLock { totals in
            totals.accepted += accepted
            totals.duplicates += duplicates
            totals.rejected += rejected
        }
    }

    func add(_ answer: IngestAnswer, _ decoded: DecodedBatch) {
        add(accepted: answer.accepted, duplicates: answer.duplicates, rejected: answer.rejectedCount)
        state.withLock { totals in
            totals.unknownTypes += decoded.deadLetterCount
            totals.invalid += decoded.rejectedCount - decoded.deadLetterCount
            for found in decoded.withheld { totals.withheld[Int(found.column)] += found.count }
            for found in decoded.unknownValues { totals.unlisted[Int(found.column)] += found.count }
        }
    }
}
