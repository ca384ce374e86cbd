import Columnar

/// What one transaction brings, read from the store piece by piece and put in place at once.
struct ShippingLoad {
    let view: any ShippingView
    let session: any ShippingSession
    let tables: [ShippedTable]
    let configuration: ShippingConfiguration
    /// Rows that were put.
    private(set) var rows = 0

    init(
        view: any ShippingView, session: any ShippingSession, tables: [ShippedTable],
        configuration: ShippingConfiguration
    ) {
        (self.view, self.session, self.tables, self.configuration) = (view, session, tables, configuration)
    }

    /// Puts all of it.
    mutating func put(_ work: ShippingWork) throws {
        switch work {
        case .events(let after, let through):
            let positions = ShippingRequest.positions(after: after, through: through)
            for table in tables where table.kind == .events { try putEvents(of: table, positions) }
            try putTouched(by: positions)
        case .conversations(let after, let through):
            try putTouched(by: ShippingRequest.positions(after: after, through: through), readModelsAlone: true)
        case .calls(let provider, let after, let through):
            let provided = ShippingRequest.Condition(
                TableColumn(name: "provider", type: .text), .equal(.text(provider)))
            let conditions = ShippingRequest.positions(after: after, through: through) + [provided]
            for table in tables where table.kind == .events && Self.isOfCalls(table) {
                try putEvents(of: table, conditions)
            }
            try putTouched(by: conditions)
        case .traces(let ids, let left, let through, _):
            let conditions =
                ShippingRequest.positions(after: 0, through: through) + [
                    ShippingRequest.Condition(
                        TableColumn(name: "trace_id", type: .text), .oneOf(ids.map { .text($0) }))
                ]
            for table in tables where table.kind == .events { try putEvents(of: table, conditions) }
            try settle(conditions)
            try putTouched(by: conditions, and: left)
        case .closings(let after, let through): try putClosings(after: after, through: through)
        case .day(let table, let start): try putDay(of: table, from: start)
        }
    }

    /// Calls have costs, which prices change.
    private static func isOfCalls(_ table: ShippedTable) -> Bool {
        table.index(of: "price_state") != nil && table.index(of: "provider") != nil
    }

    private mutating func putEvents(of table: ShippedTable, _ conditions: [ShippingRequest.Condition]) throws {
        let request = ShippingRequest(table: table.name, columns: table.columns, conditions: conditions)
        // A type that has no such column has no such rows.
        guard conditions.allSatisfy({ table.index(of: $0.column.name) != nil }) else { return }
        for chunk in try view.rows(request) {
            rows += chunk.rowCount
            try session.put(ShippedRows(events: chunk, of: table))
        }
    }

    /// Rows that stand for others may be of another type than these.
    private func settle(_ conditions: [ShippingRequest.Condition]) throws {
        let column = TableColumn(name: "position", type: .integer)
        var positions: [Int64] = []
        for chunk in try view.rows(ShippingRequest(table: "events", columns: [column], conditions: conditions)) {
            for row in 0..<chunk.rowCount {
                if case .integer(let position) = chunk.columns[0].scalar(at: row) { positions.append(position) }
            }
        }
        try session.settle(positions)
    }

    // MARK: What events change

    private mutating func putTouched(
        by conditions: [ShippingRequest.Condition], and left: [ShippingChange.Place] = [],
        readModelsAlone: Bool = false
    ) throws {
        let keyed = tables.filter(\.isKeyed)
        guard !keyed.isEmpty else { return }
        var touched = TouchedRows()
        let request = ShippingRequest(table: "events", columns: TouchedRows.columns, conditions: conditions)
        touched.add(left)
        for chunk in try view.rows(request) { touched.add(chunk) }
        for table in keyed {
            switch table.kind {
            case .events: break
            case .conversations, .turns: try putConversations(touched.conversations, of: table)
            case .rollup(_, let grain): if !readModelsAlone { try putBuckets(touched.buckets(of: grain), of: table) }
            }
        }
    }

    private mutating func putConversations(
        _ conversations: [TouchedRows.ConversationKey], of table: ShippedTable
    ) throws {
        let id = TableColumn(name: "conversation_id", type: .text)
        var start = 0
        while start < conversations.count {
            let end = min(start + max(1, configuration.readConversations), conversations.count)
            let part = conversations[start..<end]
            start = end
            let wanted = Set(part)
            let request = ShippingRequest(
                table: table.name, columns: table.columns,
                conditions: [ShippingRequest.Condition(id, .oneOf(Array(Set(part.map(\.id)))))])
            try session.replace(part.map { ShippedKey.of([$0.tenant, $0.id]) }, of: table)
            for rows in try ConversationOrder.ordered(view.rows(request), of: table, only: wanted) {
                self.rows += rows.chunk.rowCount
                try session.put(rows)
            }
        }
    }

    private mutating func putBuckets(_ buckets: [Int64], of table: ShippedTable) throws {
        guard !buckets.isEmpty, let time = table.columns.first else { return }
        let values = buckets.map { Scalar.timestamptz($0) }
        let request = ShippingRequest(
            table: table.name, columns: table.columns,
            conditions: [
                ShippingRequest.Condition(time, .oneOf(values)),
                ShippingRequest.Condition(time, .greaterOrEqual(values[0])),
                ShippingRequest.Condition(time, .lessOrEqual(values[values.count - 1])),
            ])
        try session.replace(values.map { ShippedKey.of([$0]) }, of: table)
        for chunk in try view.rows(request) {
            rows += chunk.rowCount
            try session.put(ShippedRows(chunk, of: table))
        }
    }

    private mutating func putClosings(after: Int64, through: Int64) throws {
        let column = TableColumn(name: "closed_time", type: .timestamptz)
        let conditions = [
            ShippingRequest.Condition(column, .greater(.timestamptz(after))),
            ShippingRequest.Condition(column, .lessOrEqual(.timestamptz(through))),
        ]
        for table in tables where table.kind == .conversations {
            var touched = TouchedRows()
            let columns = TouchedRows.columns.dropLast() + [column]
            let request = ShippingRequest(table: table.name, columns: Array(columns), conditions: conditions)
            for chunk in try view.rows(request) { touched.add(chunk) }
            try putConversations(touched.conversations, of: table)
        }
    }

    private mutating func putDay(of table: ShippedTable, from start: Int64?) throws {
        guard let name = DigestRequest.dayColumn(of: table), let place = table.index(of: name) else { return }
        if case .rollup(_, let grain) = table.kind {
            guard let start else { return }
            let last = DigestRequest.last(ofDayFrom: start)
            return try putBuckets(Array(stride(from: start, through: last, by: Int64.Stride(grain))), of: table)
        }
        let column = table.columns[place]
        let conditions = DigestRequest.conditions(column, from: start)
        var touched = TouchedRows()
        let columns = TouchedRows.columns.dropLast() + [column]
        let request = ShippingRequest(table: table.name, columns: Array(columns), conditions: conditions)
        for chunk in try view.rows(request) { touched.add(chunk) }
        try putConversations(touched.conversations, of: table)
    }
}
