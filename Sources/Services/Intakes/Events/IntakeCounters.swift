import Synchronization
package import WireFormats

/// What came in one way since the start; spans have no columns of their own.
package struct IntakeTotals: Sendable {
    /// Kept.
    package var accepted = 0
    /// Known before.
    package var duplicates = 0
    /// Refused by the decoder or the writer.
    package var rejected = 0
    /// Refused because no schema has their type.
    package var unknownTypes = 0
    /// Refused because they are not what their schema says.
    package var invalid = 0
    /// Values withheld as personal or content, by column.
    package var withheld: [Int]
    /// Values that a schema does not list, by column.
    package var unlisted: [Int]
}

/// The totals, added up as requests are answered.
package final class IntakeCounters: Sendable {
    private let state: Mutex<IntakeTotals>
    private let onRefusal: @Sendable () -> Void

    /// - Parameters:
    ///   - columnCount: of the registry; 0 for what has no columns.
    ///   - onRefusal: called where something was refused, on whichever thread, at once.
    package init(columnCount: Int, onRefusal: @escaping @Sendable () -> Void = {}) {
        self.onRefusal = onRefusal
        let zeros = [Int](repeating: 0, count: columnCount)
        state = Mutex(IntakeTotals(withheld: zeros, unlisted: zeros))
    }

    /// As of now.
    package var totals: IntakeTotals { state.withLock { $0 } }

    /// Adds what became of a request.
    package func add(accepted: Int, duplicates: Int, rejected: Int) {
        state.withLock { totals in
            totals.accepted += accepted
            totals.duplicates += duplicates
            totals.rejected += rejected
        }
        if rejected > 0 { onRefusal() }
    }

    /// Adds what became of a request, and what its decoder found.
    package func add(_ answer: IngestAnswer, _ decoded: DecodedBatch) {
        add(accepted: answer.accepted, duplicates: answer.duplicates, rejected: answer.rejectedCount)
        state.withLock { totals in
            totals.unknownTypes += decoded.deadLetterCount
            totals.invalid += decoded.rejectedCount - decoded.deadLetterCount
            for found in decoded.withheld { totals.withheld[Int(found.column)] += found.count }
            for found in decoded.unknownValues { totals.unlisted[Int(found.column)] += found.count }
        }
    }
}
