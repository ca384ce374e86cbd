import Domain
import EventStores
import Intakes
import Synchronization

/// A store that counts what it is given, and throws what it is told to.
final class MemoryStore: IntakeStore {
    private struct State {
        var rows = 0
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    let registry = SchemaRegistry.builtIn
    let userTokenKey: [UInt8] = Array(0..<32)
    let (position, watermark, freeBytes): (Int64, Int64, Int?) = (0, 0, nil)
    var troubles: [Trouble] { [] }
    var isTailFull: Bool {
        state.withLock { if case .tailFull? = $0.failure as? StoreError { true } else { false } }
    }
    var isBudgetSpent: Bool {
        state.withLock { if case .budgetSpent? = $0.failure as? StoreError { true } else { false } }
    }
    var rows: Int { state.withLock { $0.rows } }

    /// Thrown by every append from now on, where a budget is spent by every one with events; nil: none.
    func fail(with failure: (any Error)?) { state.withLock { $0.failure = failure } }

    func append(_ batches: [IngestBatch], waitingUntil deadline: Int64) throws -> [AppendResult] {
        try state.withLock { state in
            if let failure = state.failure {
                let isOfEvents = if case .budgetSpent? = failure as? StoreError { true } else { false }
                if !isOfEvents || batches.contains(where: { $0.events.count > 0 }) { throw failure }
            }
            return batches.map { batch in
                let verdicts = (0..<batch.events.count).map { row in
                    EventVerdict.accepted(position: Int64(state.rows + row + 1))
                }
                state.rows += batch.events.count
                return AppendResult(
                    verdicts: verdicts, accepted: verdicts.count, duplicates: 0, lastPosition: Int64(state.rows))
            }
        }
    }

    func makeReady() {}
    func tick() throws {}

    // It keeps no spans and no notes.
    var now: Int64 { watermark }
    func spans(receivedSince time: Int64) throws -> [ReceivedSpan] { [] }
    func events(ofTraces traceIDs: Set<String>, sourcePrefix: String) throws -> [String: [StoredEvent]] { [:] }
    func notes(ofType type: String) throws -> [StoredNote] { [] }
    func firstNote(ofType type: String) throws -> StoredNote? { nil }
    func traces(
        of scopes: Set<InstrumentationScope>, after position: Int64, atMost countMax: Int
    ) throws -> (traceIDs: Set<String>, coveredPosition: Int64) { ([], max(position, self.position)) }
}
