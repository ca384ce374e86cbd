import Columnar

/// Compares what a destination has with what the store has, stretch by stretch: how many rows, the sums of their costs
/// and tokens, and the sum of hashes of all they hold. What differs is brought once more where that is asked for.
package struct ShippingCheck {
    /// A stretch that is not the same here and there.
    package struct Finding: Hashable, Sendable {
        /// Of which table.
        package var table: ShippedTable
        /// Of events: the number of the stretch; of other tables: the day since 1970, or ``DigestRequest/noDay``.
        package var stretch: Int64
        /// What the store has.
        package var here: RowDigest
        /// What the destination has.
        package var there: RowDigest
    }

    /// What a comparison came to.
    package struct Outcome: Sendable {
        /// How far the destination has got.
        package var mark = ShippingMark()
        /// How far the store has.
        package var position: Int64 = 0
        /// Rows that were compared.
        package var rows: Int64 = 0
        /// Stretches that were.
        package var stretches = 0
        /// Those that differ.
        package var findings: [Finding] = []
        /// Stretches of which the destination has more, since retention dropped events here.
        package var keptThere = 0
    }

    /// Positions of a stretch of events.
    package static let stretchPositions: Int64 = 100_000

    private let target: any ShippingDestination
    private let source: any ShippingSource
    private let configuration: ShippingConfiguration

    /// Of a destination and a store.
    package init(
        _ target: any ShippingDestination, from source: any ShippingSource, _ configuration: ShippingConfiguration
    ) {
        (self.target, self.source, self.configuration) = (target, source, configuration)
    }

    /// - Parameter prepares: whether tables are made; else nothing is changed there, so that who only looks, with
    ///   settings of his own perhaps, has nobody ship anew.
    private func connect(
        _ view: any ShippingView, prepares: Bool = false
    ) throws -> (session: any ShippingSession, mark: ShippingMark) {
        let session = try target.connect(isAbandoned: { false })
        let tables = tables(view)
        let mark =
            prepares
            ? try session.prepare(tables, source: source.name) : try session.standing(tables, source: source.name)
        return (session, try mark.checked())
    }

    private func tables(_ view: any ShippingView) -> [ShippedTable] {
        ShippingChoice.tables(configuration.tables, of: view.tables)
    }

    /// How far the destination has got; asks nothing else.
    /// - Throws: ``ShippingFailure``; what the store throws.
    package func standing() throws -> Outcome {
        let view = try source.pinned()
        var outcome = Outcome()
        outcome.mark = try connect(view).mark
        outcome.position = view.position
        return outcome
    }

    /// Compares everything.
    /// - Throws: ``ShippingFailure``; what the store throws.
    package func compare() throws -> Outcome {
        // The destination first: what it has is here by then.
        let first = try connect(source.pinned())
        var view = try source.pinned()
        if first.mark.closedTime > .min { view = view.silent(until: first.mark.closedTime) }
        var outcome = Outcome()
        (outcome.mark, outcome.position) = (first.mark, view.position)
        for table in tables(view) {
            let request = DigestRequest(
                table: table, positions: Self.stretchPositions, through: first.mark.position)
            let there = try first.session.digests(request)
            let here = try digests(request, view, first.session)
            for stretch in Set(here.keys).union(there.keys).sorted() {
                let (own, other) = (here[stretch] ?? RowDigest(), there[stretch] ?? RowDigest())
                outcome.stretches += 1
                outcome.rows += own.rows
                if own == other { continue }
                if table.kind == .events, view.hasDropped, own.rows < other.rows {
                    outcome.keptThere += 1
                } else {
                    outcome.findings.append(Finding(table: table, stretch: stretch, here: own, there: other))
                }
            }
        }
        return outcome
    }

    private func digests(
        _ request: DigestRequest, _ view: any ShippingView, _ session: any ShippingSession
    ) throws -> [Int64: RowDigest] {
        var digests: [Int64: RowDigest] = [:]
        let table = request.table
        func add(_ rows: ShippedRows, _ stretch: (Int) -> Int64) {
            for (row, digest) in session.digest(rows).enumerated() {
                digests[stretch(row), default: RowDigest()].add(digest)
            }
        }
        guard let day = DigestRequest.dayColumn(of: table), let dayPlace = table.index(of: day) else {
            let place = table.index(of: "position") ?? 0
            var after: Int64 = 0
            // A destination may say that it has more than there is.
            let last = min(request.through, view.position)
            while after < last {
                let through = min(last, after + Int64(max(1, configuration.batchEvents)))
                let conditions = ShippingRequest.positions(after: after, through: through)
                let wanted = ShippingRequest(table: table.name, columns: table.columns, conditions: conditions)
                for chunk in try view.rows(wanted) {
                    add(ShippedRows(events: chunk, of: table)) { row in
                        guard case .integer(let position) = chunk.columns[place].scalar(at: row) else { return 0 }
                        return position / request.positions
                    }
                }
                after = through
            }
            return digests
        }
        try eachKeyed(view, table, dayPlace) { rows, day in
            for (row, digest) in session.digest(rows).enumerated()
            where Self.day(of: rows.chunk.columns[dayPlace], row) == day {
                digests[day, default: RowDigest()].add(digest)
            }
        }
        return digests
    }

    private static func day(of column: Vector, _ row: Int) -> Int64 {
        guard case .timestamptz(let time) = column.scalar(at: row) else { return DigestRequest.noDay }
        return TouchedRows.floored(time, DigestRequest.day) / DigestRequest.day
    }

    /// The days of a table of conversations or buckets, ascending.
    private func days(_ view: any ShippingView, _ table: ShippedTable, _ column: TableColumn) throws -> [Int64] {
        var days: Set<Int64> = []
        for chunk in try view.rows(ShippingRequest(table: table.name, columns: [column], conditions: [])) {
            for row in 0..<chunk.rowCount { days.insert(Self.day(of: chunk.columns[0], row)) }
        }
        return days.sorted()
    }

    /// All rows of a table of conversations or buckets with their keys, day by day, so that no more of them is in
    /// memory. Keys follow from all rows of a conversation, so those of its other days are among them.
    private func eachKeyed(
        _ view: any ShippingView, _ table: ShippedTable, _ place: Int, _ body: (ShippedRows, _ day: Int64) -> Void
    ) throws {
        let column = table.columns[place]
        for day in try days(view, table, column) {
            let conditions = DigestRequest.conditions(column, from: DigestRequest.start(of: day))
            if case .rollup = table.kind {
                let wanted = ShippingRequest(table: table.name, columns: table.columns, conditions: conditions)
                for chunk in try view.rows(wanted) { body(ShippedRows(chunk, of: table), day) }
                continue
            }
            var touched = TouchedRows()
            let columns = TouchedRows.columns.dropLast() + [column]
            let request = ShippingRequest(table: table.name, columns: Array(columns), conditions: conditions)
            for chunk in try view.rows(request) { touched.add(chunk) }
            try eachPart(of: touched.conversations, view, table) { body($0, day) }
        }
    }

    private func eachPart(
        of all: [TouchedRows.ConversationKey], _ view: any ShippingView, _ table: ShippedTable,
        _ body: (ShippedRows) -> Void
    ) throws {
        let id = TableColumn(name: "conversation_id", type: .text)
        let step = max(1, configuration.readConversations)
        for start in stride(from: 0, to: all.count, by: step) {
            let part = all[start..<min(start + step, all.count)]
            let wanted = ShippingRequest(
                table: table.name, columns: table.columns,
                conditions: [ShippingRequest.Condition(id, .oneOf(Array(Set(part.map(\.id)))))])
            for rows in ConversationOrder.ordered(try view.rows(wanted), of: table, only: Set(part)) { body(rows) }
        }
    }

    /// Brings what differs once more, a stretch a transaction. Whoever ships meanwhile looks anew where the destination
    /// stands.
    /// - Throws: ``ShippingFailure``; what the store throws.
    package func repair(_ findings: [Finding]) throws {
        for finding in findings {
            for attempt in 1...Self.attemptsMax {
                do {
                    try repair(finding)
                    break
                } catch let failure as ShippingFailure where failure.kind == .moved && attempt < Self.attemptsMax {
                    // Somebody shipped meanwhile: what was brought stays, the rest is brought from where that led.
                    continue
                }
            }
        }
    }

    /// Whoever ships gets in between as often as he has something to ship.
    private static let attemptsMax = 20

    private func repair(_ finding: Finding) throws {
        let view = try source.pinned()
        let (session, began) = try connect(view, prepares: true)
        var mark = began
        for work in work(finding, through: mark.position) {
            let epoch = try session.begin(at: mark)
            var load = ShippingLoad(
                view: view, session: session, tables: tables(view), configuration: configuration)
            try load.put(work)
            if let stretch = Self.cleared(work, finding, view) { try session.clear(stretch, of: finding.table) }
            mark.epoch = epoch
            _ = try session.commit(mark)
        }
    }

    /// What a table has beside what was put goes, but for events that others keep for longer than they are here.
    private static func cleared(
        _ work: ShippingWork, _ finding: Finding, _ view: any ShippingView
    ) -> ShippedStretch? {
        guard finding.table.kind == .events else { return .day(finding.stretch) }
        guard case .events(let after, let through) = work, !view.hasDropped else { return nil }
        return .positions(after: after, through: through)
    }

    private func work(_ finding: Finding, through last: Int64) -> [ShippingWork] {
        guard finding.table.kind == .events else {
            // Of a day that no time here has there is nothing to bring, and what is there goes.
            return [.day(table: finding.table, from: DigestRequest.start(of: finding.stretch))]
        }
        guard (0...last / Self.stretchPositions).contains(finding.stretch) else { return [] }
        let start = max(0, finding.stretch * Self.stretchPositions - 1)
        let end = min(last, (finding.stretch + 1) * Self.stretchPositions - 1)
        let step = Int64(max(1, configuration.batchEvents))
        return stride(from: start, to: end, by: Int64.Stride(step)).map { after in
            .events(after: after, through: min(end, after + step))
        }
    }
}
