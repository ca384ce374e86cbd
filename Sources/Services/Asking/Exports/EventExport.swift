package import Domain
package import EventStores
package import Plans
import Synchronization
import WireFormats

/// How events are written out.
package enum ExportFormat: String, Sendable, CaseIterable {
    /// CloudEvents, one a line; can be imported again.
    case ndjson
    /// One table of all events, texts exactly as they are: for programs. What a spreadsheet takes for a formula is not
    /// changed.
    case csv
}

/// Events as text, in the order of their acceptance, piece by piece. As CloudEvents they stand between a first and a
/// last line, with what happened in the store between them and checksums over them.
package final class EventExport: Sendable {
    private struct State {
        var source: any ExportSource
        var page = ExportPage()
        /// What the last page read held.
        var pageBytes = 0
        /// What the calls of the page cost, by row; only of a table.
        var costs: [Int: ExportedCost] = [:]
        /// The next row of the page.
        var row = 0
        /// The next record of the page.
        var record = 0
        var receivedTime: Int64?
        var end = ExportTrailer(events: 0, records: 0)
        var checksum = ExportChecksum()
        var lines: EventRenderer
        var table: EventCSV
        var isBegun = false
        var isEnded = false
        /// What ``begin(look:)`` has so far.
        var beginning: [UInt8] = []
    }

    private let state: Mutex<State>
    private let format: ExportFormat
    private let pieceBytes: Int
    /// What it holds; nil where it is alone.
    private let booking: MemoryBooking?
    /// Booked beside pages.
    private let ownBytes: Int
    /// What a page takes as long as none was seen.
    private static let firstPageBytes = 16 << 20
    /// So many pages are read for one piece; the newest events come in pages of a few.
    private static let pagesPerPiece = 64

    /// - Parameters:
    ///   - pieceBytes: about how long a piece is; it always ends with a line.
    ///   - booking: books the pages that it holds beside what is booked there; nil where it is alone.
    package init(
        _ source: any ExportSource, registry: SchemaRegistry, as format: ExportFormat, pieceBytes: Int = 256 << 10,
        booking: MemoryBooking? = nil
    ) {
        self.format = format
        self.booking = booking
        ownBytes = (booking?.bytes ?? 0) + source.heldBytes
        booking?.set(to: ownBytes)
        self.pieceBytes = pieceBytes
        state = Mutex(
            State(source: source, lines: EventRenderer(registry: registry), table: EventCSV(registry: registry)))
    }

    /// The next piece, which may be empty; nil after the last one. Blocks for reading the store: for a bounded number
    /// of pages, and no longer than up to one that has nothing of the times that are wanted, so that whoever shares the
    /// thread gets on.
    /// - Parameter look: called before each page is read.
    /// - Throws: what reading the store throws, and what `look` does; ``QueryRefusal`` of the kind `busy` where there
    ///   is no room for the next page now, after which the same may be asked again.
    package func next(look: () throws -> Void = {}) throws -> [UInt8]? {
        try state.withLock { state in
            var (piece, pagesRead) = ([UInt8](), 0)
            if !state.isBegun {
                piece = format == .csv ? state.table.header : Array(state.source.beginning.line.utf8)
                if format == .ndjson { check(&state, from: 0, in: &piece) }
            }
            state.isBegun = true
            while !state.isEnded, piece.count < pieceBytes {
                if state.record < state.page.records.count, state.page.records[state.record].rowsBefore <= state.row {
                    appendRecord(&state, to: &piece)
                } else if state.row < state.page.events.count {
                    appendEvent(&state, to: &piece)
                } else {
                    if pagesRead == Self.pagesPerPiece || pagesRead > 0 && state.page.isEmpty { return piece }
                    try look()
                    switch try nextPage(&state) {
                    case .page(let page):
                        pagesRead += 1
                        state.page = page
                        if format == .csv { state.costs = page.costs() }
                    case .noRoom:
                        if piece.isEmpty { throw Self.noRoom }
                        return piece
                    case .end:
                        state.isEnded = true
                        state.end.checksum = state.checksum.told()
                        if format == .ndjson { piece += Array(state.end.line.utf8) }
                    }
                }
            }
            return piece.isEmpty ? nil : piece
        }
    }

    /// A step towards the first piece: one with an event, a record or the end in it.
    /// - Returns: nil where more steps are needed.
    /// - Throws: as ``next(look:)``.
    package func begin(look: () throws -> Void) throws -> [UInt8]? {
        let piece = try next(look: look) ?? []
        return state.withLock { state in
            state.beginning += piece
            guard state.isEnded || state.end.events + state.end.records > 0 else { return nil }
            defer { state.beginning = [] }
            return state.beginning
        }
    }

    private enum NextPage {
        case page(ExportPage), noRoom, end
    }

    private static let noRoom = QueryRefusal(
        .busy, "answers that their clients have not fetched hold the memory", hint: "ask again soon",
        retryAfterSeconds: 1)

    /// Reads the next page once there is room for one as large as the last.
    private func nextPage(_ state: inout State) throws -> NextPage {
        let expected = max(Self.firstPageBytes, state.pageBytes)
        (state.page, state.costs, state.row, state.record) = (ExportPage(), [:], 0, 0)
        if let booking {
            _ = booking.change(to: ownBytes)
            // Where nobody else holds anything, what there is has to do.
            guard booking.change(to: ownBytes + expected) || booking.isAlone else { return .noRoom }
        }
        let page = try state.source.next()
        state.pageBytes = page?.heldBytes ?? 0
        booking?.set(to: ownBytes + state.pageBytes)
        return page.map { .page($0) } ?? .end
    }

    /// Takes the line that begins at a place of the piece into the checksum, which is told now and then.
    private func check(_ state: inout State, from start: Int, in piece: inout [UInt8]) {
        state.checksum.add(ExportLineHash.of(piece.span.extracting(start..<piece.count)))
        guard state.checksum.linesSinceTold == ExportChecksum.stretchLines else { return }
        let lines = state.checksum.lines
        piece += Array(ExportCheckpoint(lines: lines, checksum: state.checksum.told()).line.utf8)
    }

    private func appendRecord(_ state: inout State, to piece: inout [UInt8]) {
        if format == .ndjson {
            let first = piece.count
            piece += Array(state.page.records[state.record].record.line.utf8)
            check(&state, from: first, in: &piece)
        }
        state.end.records += 1
        state.record += 1
    }

    private func appendEvent(_ state: inout State, to piece: inout [UInt8]) {
        let row = state.row
        let event = state.page.events[row]
        state.row += 1
        state.end.events += 1
        switch format {
        case .csv: state.table.append(event, cost: state.costs[row], to: &piece)
        case .ndjson:
            var beside = EventRenderer.Beside(bookedCost: state.page.bookedCosts[row])
            // Events that came together say it once.
            let received = state.page.receivedTimes[row]
            if state.source.beginning.isWhole, received != state.receivedTime { beside.receivedTime = received }
            state.receivedTime = received
            let first = piece.count
            state.lines.append(event, beside: beside, to: &piece)
            check(&state, from: first, in: &piece)
        }
    }
}
