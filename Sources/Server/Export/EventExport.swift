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

/// Events as text, in the order of their acceptance, piece by piece. As CloudEvents they stand between a first and a last line, with what
/// happened in the store between them.
package final class EventExport: Sendable {
    private struct State {
        var source: any ExportSource
        var page = ExportPage()
        /// The next row of the page.
        var row = 0
        /// The next record of the page.
        var record = 0
        var receivedTime: Int64?
        var end = ExportEnd(events: 0, records: 0)
        var lines: EventRenderer
        var table: EventCSV
        var isBegun = false
        var isEnded = false
    }

    private let state: Mutex<State>
    private let format: ExportFormat
    private let pieceBytes: Int

    /// - Parameter pieceBytes: about how long a piece is; it always ends with a line.
    package init(_ source: any ExportSource, registry: SchemaRegistry, as format: ExportFormat, pieceBytes: Int = 256 << 10) {
        self.format = format
        self.pieceBytes = pieceBytes
        state = Mutex(State(source: source, lines: EventRenderer(registry: registry), table: EventCSV(registry: registry)))
    }

    /// The next piece; nil after the last one. Blocks for reading the store.
    /// - Throws: what reading the store throws.
    package func next() throws -> [UInt8]? {
        try state.withLock { state in
            var piece: [UInt8] = []
            if !state.isBegun { piece = format == .csv ? state.table.header : Array(state.source.beginning.line.utf8) }
            state.isBegun = true
            while !state.isEnded, piece.count < pieceBytes {
                if state.record < state.page.records.count, state.page.records[state.record].rowsBefore <= state.row {
                    appendRecord(&state, to: &piece)
                } else if state.row < state.page.events.count {
                    appendEvent(&state, to: &piece)
                } else if let page = try state.source.next() {
                    (state.page, state.row, state.record) = (page, 0, 0)
                } else {
                    state.isEnded = true
                    if format == .ndjson { piece += Array(state.end.line.utf8) }
                }
            }
            return piece.isEmpty ? nil : piece
        }
    }

    private func appendRecord(_ state: inout State, to piece: inout [UInt8]) {
        if format == .ndjson { piece += Array(state.page.records[state.record].record.line.utf8) }
        state.end.records += 1
        state.record += 1
    }

    private func appendEvent(_ state: inout State, to piece: inout [UInt8]) {
        let row = state.row
        let start = Int(state.page.events.offsets[row])
        state.row += 1
        state.end.events += 1
        switch format {
        case .csv: state.table.append(state.page.events.bytes, at: start, to: &piece)
        case .ndjson:
            var beside = EventRenderer.Beside(bookedCost: state.page.bookedCosts[row])
            // Events that came together say it once.
            let received = state.page.receivedTimes[row]
            if state.source.beginning.isWhole, received != state.receivedTime { beside.receivedTime = received }
            state.receivedTime = received
            state.lines.append(state.page.events.bytes, at: start, beside: beside, to: &piece)
        }
    }
}
