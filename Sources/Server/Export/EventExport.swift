package import Domain
package import EventStores
import Synchronization
import WireFormats

/// How events are written out.
package enum ExportFormat: String, Sendable, CaseIterable {
    /// CloudEvents, one a line; can be imported again.
    case ndjson
    /// For spreadsheets.
    case csv
}

/// Events as text, in the order of their acceptance, piece by piece.
package final class EventExport: Sendable {
    private struct State {
        var source: any EventBatchSource
        var batch = EventBatch()
        /// The next row of the batch.
        var row = 0
        var lines: EventRenderer
        var table: EventCSV
        var isBegun = false
        var isEnded = false
    }

    private let state: Mutex<State>
    private let format: ExportFormat
    private let pieceBytes: Int

    /// - Parameter pieceBytes: about how long a piece is; it always ends with a line.
    package init(_ source: any EventBatchSource, registry: SchemaRegistry, as format: ExportFormat, pieceBytes: Int = 256 << 10) {
        self.format = format
        self.pieceBytes = pieceBytes
        state = Mutex(State(source: source, lines: EventRenderer(registry: registry), table: EventCSV(registry: registry)))
    }

    /// The next piece; nil after the last one. Blocks for reading the store.
    /// - Throws: what reading the store throws.
    package func next() throws -> [UInt8]? {
        try state.withLock { state in
            var piece: [UInt8] = []
            if !state.isBegun, format == .csv { piece = state.table.header }
            state.isBegun = true
            while !state.isEnded, piece.count < pieceBytes {
                if state.row < state.batch.count {
                    append(&state, to: &piece)
                } else if let batch = try state.source.next() {
                    (state.batch, state.row) = (batch, 0)
                } else {
                    state.isEnded = true
                }
            }
            return piece.isEmpty ? nil : piece
        }
    }

    private func append(_ state: inout State, to piece: inout [UInt8]) {
        let start = Int(state.batch.offsets[state.row])
        state.row += 1
        switch format {
        case .ndjson: state.lines.append(state.batch.bytes, at: start, to: &piece)
        case .csv: state.table.append(state.batch.bytes, at: start, to: &piece)
        }
    }
}
