import Bytes
import Columnar
package import Domain
import Projections
import Segments

/// A run of events of an export, with what stands beside and between them.
package struct ExportPage: Sendable {
    /// Rows in the order of positions.
    package var events = EventRows()
    /// For each row, ns since 1970 UTC.
    package var receivedTimes: [Int64] = []
    /// By row: what the call costs, where that does not follow from the prices before it, as an export says it.
    package var bookedCosts: [Int: String] = [:]
    /// By row: what each call costs, corrections laid over; computed when it is asked for.
    package var costs: @Sendable () -> [Int: ExportedCost] = { [:] }
    /// What happened in the store, each with the number of rows that come before it.
    package var records: [(rowsBefore: Int, record: SystemRecord)] = []

    /// Nothing.
    package init() {}

    /// Whether it says nothing.
    package var isEmpty: Bool { events.count == 0 && records.isEmpty }
    /// Bytes that it holds, roughly.
    package var heldBytes: Int { events.bytes.count + events.count * 16 + bookedCosts.count * 64 }
}

/// What a call costs, as its table shows it.
package struct ExportedCost: Sendable {
    /// Pico-USD; nil unless it is exact.
    package var cost: Int128?
    /// At least this.
    package var low: Int128
    /// At most this; nil where nobody knows.
    package var high: Int128?
    /// Whether all, some or none of what was used is priced.
    package var state: PriceState
    /// What is missing, by names; nil where nothing is.
    package var gaps: String?
}

/// Hands out what an export says, page by page, at the pace of whoever asks.
package protocol ExportSource: Sendable {
    /// What its first line says.
    var beginning: ExportHeader { get }
    /// Bytes that it holds from its beginning to its end, roughly.
    var heldBytes: Int { get }
    /// What reading the next page takes at its peak, roughly: it is asked before there is a page to measure.
    var nextPageBytes: Int { get }
    /// The next page, which may be empty; nil after the last one.
    mutating func next() throws -> ExportPage?
}

/// Every event of a snapshot as the row that counts, in the order of positions: sealed events a stretch of a segment at
/// a time, then the rest.
package struct ExportReader: ExportSource {
    /// What the first line says.
    package let beginning: ExportHeader
    private let snapshot: StoreSnapshot
    private let times: Range<Int64>
    /// Ascending by position, in the order in which they came.
    private let records: [SystemRecord]
    private var nextRecord = 0
    private var segments = 0
    /// The first position of the segment that was not handed on; nil: none was.
    private var reached: Int64?
    private var blocks = 0
    private var hasEnded = false
    /// What booking in the order of positions gives.
    private var booking: Booking
    private var prices: PriceLedger
    /// Built-in prices that came with newer versions, ascending by position.
    private var listPrices: ArraySlice<PriceEntry>
    /// Rows that stand for sealed ones, which another place holds than their position says.
    private let moved: MovedRows

    /// What happened in the store, dead letters above all.
    package var heldBytes: Int { records.reduce(0) { $0 + $1.heldBytes } }

    /// Events of one page.
    private static let stretchEvents = 1 << 18

    /// Of a segment, rows twice: as its columns give them, and in their order; a row has 256 bytes or so, more where
    /// the file is large for its events. Of the newest events, which are there, what stands beside them.
    package var nextPageBytes: Int {
        let version = snapshot.version
        for segment in version.sealed.segments[segments...] {
            guard let positions = segment.positions else { continue }
            let count = min(positions.count, Self.stretchEvents)
            let fileBytes = segment.reader.lengthBytes / max(1, positions.count / count)
            return 2 * max(256 * count, 4 * fileBytes) + 128 * count
        }
        return blocks < version.tail.blocks.count ? 128 * version.tail.blocks[blocks].count : 0
    }

    /// - Parameters:
    ///   - times: event times (ns) wanted; segments without any are not read. Records are left out where not all are.
    ///   - store: its fingerprint.
    /// - Throws: ``FileContentError`` and ``StorageError`` of reading.
    init(_ snapshot: StoreSnapshot, in times: Range<Int64>, store: String) throws {
        // Without events that were dropped nobody can book and count again what came behind them.
        let isWhole = times == .min ..< .max && snapshot.horizon == nil
        self.snapshot = snapshot
        self.times = times
        records = isWhole ? try snapshot.movedRecords() : []
        moved = try MovedRows(snapshot)
        let book = snapshot.book.beginning
        listPrices = snapshot.book.later.filter { $0.origin == .builtIn }[...]
        (booking, prices) = (Booking(snapshot.registry), PriceLedger(book: book))
        beginning = ExportHeader(
            store: store, isWhole: isWhole, hasUsers: snapshot.hasUsers, position: snapshot.position,
            records: records.count,
            corrections: records.count { $0.isCorrection }, prices: isWhole ? book.serialised : [],
            notice: snapshot.priceNotice)
    }

    /// Of some times the rows of these alone are read: who asks for a minute does not wait for all of a segment.
    /// - Throws: ``FileContentError`` and ``StorageError`` of reading.
    /// - Complexity: O(events of the groups that hold positions of the stretch), of the stretch's in memory; of some
    ///   times of those in them, and a look at the times of the others.
    package mutating func next() throws -> ExportPage? {
        let version = snapshot.version
        while segments < version.sealed.segments.count {
            let segment = version.sealed.segments[segments]
            guard let own = segment.positions, segment.timeRange.overlaps(times) || moved.has(any: own) else {
                segments += 1
                continue
            }
            let positions = stretch(of: own)
            let found = try snapshot.rows(of: segment, at: positions, moved, in: beginning.isWhole ? nil : times)
            if beginning.isWhole { return page(found.block(from: positions.lowerBound)) }
            guard let block = found.orderedBlock else { return ExportPage() }
            return page(block)
        }
        if blocks < version.tail.blocks.count {
            blocks += 1
            return page(version.tail.blocks[blocks - 1])
        }
        guard !hasEnded else { return nil }
        hasEnded = true
        var page = ExportPage()
        page.records = records[nextRecord...].map { (0, $0) }
        return page
    }

    /// The next positions of a segment.
    private mutating func stretch(of own: ClosedRange<Int64>) -> ClosedRange<Int64> {
        let first = reached ?? own.lowerBound
        let last = min(own.upperBound, first.saturatingAdd(Int64(Self.stretchEvents) - 1))
        if last == own.upperBound {
            segments += 1
            reached = nil
        } else {
            reached = last + 1
        }
        return first...last
    }

    private mutating func page(_ block: TailBlock) -> ExportPage {
        var page = ExportPage()
        page.events = block.rows
        guard beginning.isWhole else {
            let rows = block.rows.indices.filter { times.contains(block.rows[$0].time) }
            page.events.starts = rows.map { block.rows.starts[$0] }
            page.receivedTimes = rows.map { block.receivedTimes[$0] }
            page.costs = costs(of: block, rows: rows)
            return page
        }
        page.costs = costs(of: block, rows: Array(block.rows.indices))
        page.receivedTimes = block.receivedTimes
        page.bookedCosts = costsThatDoNotFollow(block)
        while nextRecord < records.count, records[nextRecord].position < block.lastPosition {
            let rows = max(0, records[nextRecord].position - block.firstPosition + 1)
            page.records.append((Int(rows), records[nextRecord]))
            nextRecord += 1
        }
        return page
    }

    private func costs(of block: TailBlock, rows: [Int]) -> @Sendable () -> [Int: ExportedCost] {
        let (overlay, registry) = (snapshot.version.overlay, snapshot.registry)
        return {
            let actual = block.costs(through: overlay, registry)
            var costs: [Int: ExportedCost] = [:]
            for (place, row) in rows.enumerated() {
                guard let cost = actual[row] else { continue }
                costs[place] = ExportedCost(
                    cost: cost.costPicoUSD, low: cost.lowPicoUSD, high: cost.highPicoUSD, state: cost.state,
                    gaps: cost.gaps)
            }
            return costs
        }
    }

    /// Costs of calls that an import would not come to by booking in the order of positions: of those whose row was
    /// replaced after prices had changed, and of those that an older version booked by other rules.
    private mutating func costsThatDoNotFollow(_ block: TailBlock) -> [Int: String] {
        var costs = block.costs
        for (index, row) in block.rows.enumerated() {
            let position = block.firstPosition + Int64(index)
            while let price = listPrices.first, price.position < position {
                prices.add(price)
                booking.forget()
                listPrices.removeFirst()
            }
            if let cost = booking.book(row, position: position, prices: &prices) { costs.replace(index, by: cost) }
        }
        guard costs != block.costs else { return [:] }
        let (overlay, registry) = (snapshot.version.overlay, snapshot.registry)
        let followed = block.replacing(costs: costs).costs(through: overlay, registry)
        let actual = block.costs(through: overlay, registry)
        var result: [Int: String] = [:]
        for row in block.rows.indices {
            if let cost = actual[row], followed[row] != cost { result[row] = cost.text }
        }
        return result
    }
}

extension EventStore {
    /// What an export of some times says; of all times when they are `.min ..< .max`.
    /// - Throws: ``FileContentError`` and ``StorageError`` of reading, also of the key: by its fingerprint the store
    ///   that takes the export over knows whether it knows the users.
    package func exportReader(in times: Range<Int64>) throws -> ExportReader {
        if let keyDenial { throw keyDenial }
        return try ExportReader(snapshot(), in: times, store: fingerprint)
    }
}

extension StoreSnapshot {
    /// The events of some positions of a segment, at the costs that were booked.
    /// - Parameter times: others may be left out (ns); nil: all are wanted.
    fileprivate func rows(
        of segment: SealedSegment, at positions: ClosedRange<Int64>, _ moved: MovedRows, in times: Range<Int64>?
    ) throws -> PlacedRows {
        var found = PlacedRows()
        for layout in layouts.tables {
            let restorer = RowRestorer(layout, registry: registry)
            for (index, group) in segment.reader.groups(table: layout.name).enumerated() {
                guard group.mayHold(positions) else { continue }
                var live = segment.liveRows(of: group, index: index, table: layout.name)
                if live.count > 0, !group.isWithin(positions) {
                    let told = try group.column(named: "position", type: .integer)
                    live = live.filter { positions.contains(told.integer(at: $0) ?? .min) }
                    if live.isEmpty { continue }
                }
                if let times {
                    guard group.mayHold(times) else { continue }
                    let time = layout.columns[layout.time]
                    let told = try group.column(named: time.name, type: time.type)
                    live = live.filter { times.contains(told.integer(at: $0) ?? 0) }
                    if live.isEmpty { continue }
                }
                found.append(contentsOf: try restorer.restore(rows: live, of: group), at: positions)
            }
        }
        for rows in moved.rows { found.append(contentsOf: rows, at: positions) }
        return found
    }

    /// Records that an export carries, ascending by position, then by the time they were received; dead letters last,
    /// as segments have them in a table of their own.
    fileprivate func movedRecords() throws -> [SystemRecord] {
        let all = (try sealedRecords() + version.systemRecords.all).filter(\.isMoved)
        let keys = all.enumerated().map { (index, record) in
            (record.position, record.receivedTime, record.isDeadLetter ? 1 : 0, index)
        }
        return keys.sorted { $0 < $1 }.map { all[$0.3] }
    }

    /// Whether any event tells of a user, or may: the attributes of spans can.
    fileprivate var hasUsers: Bool {
        let (known, spans) = (registry.wellKnown, registry.wellKnownTypes.spanReceived)
        let name = registry.columns[Int(known.userID)].name
        for segment in version.sealed.segments {
            for layout in layouts.tables {
                for group in segment.reader.groups(table: layout.name) {
                    if layout.typeID == spans { return true }
                    if let summary = group.summary(named: name), summary.nullCount < group.rowCount { return true }
                }
            }
        }
        return version.tail.readBlocks.contains { block in
            block.rows.contains { $0.type == spans || $0.value(of: known.userID) != nil }
        }
    }
}

extension RowGroup {
    /// Whether a row of these times (ns) may be in it.
    fileprivate func mayHold(_ times: Range<Int64>) -> Bool {
        guard let told = summary(named: "time"), case .timestamptz(let first) = told.minimum,
            case .timestamptz(let last) = told.maximum
        else { return true }
        return last >= times.lowerBound && first < times.upperBound
    }
}

extension StoreSnapshot {
    /// Rows of `system_events`, then of `dead_letters`, that segments hold, oldest first.
    func sealedRecords() throws -> [SystemRecord] {
        var records: [SystemRecord] = []
        for segment in version.sealed.segments {
            for (table, columns) in [
                ("system_events", SystemTables.events), ("dead_letters", SystemTables.deadLetters),
            ] {
                for group in segment.reader.groups(table: table) {
                    let vectors = try columns.map { try group.column(named: $0.name, type: $0.type) }
                    func text(_ name: String, _ row: Int) -> String {
                        columns.firstIndex { $0.name == name }.flatMap { vectors[$0].text(at: row) } ?? ""
                    }
                    func letter(_ row: Int) -> DeadLetter {
                        DeadLetter(
                            id: text("id", row), source: text("source", row), type: text("type", row),
                            time: vectors[5].integer(at: row),
                            error: text("error", row), fields: text("fields", row))
                    }
                    for row in 0..<group.rowCount {
                        let isEvent = table == "system_events"
                        records.append(
                            SystemRecord(
                                position: vectors[0].integer(at: row) ?? 0,
                                receivedTime: vectors[1].integer(at: row) ?? 0,
                                content: isEvent
                                    ? .event(type: text("type", row), data: text("data", row))
                                    : .deadLetter(letter(row))))
                    }
                }
            }
        }
        return records
    }
}
