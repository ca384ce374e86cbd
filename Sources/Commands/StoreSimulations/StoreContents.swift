import Columnar
import Domain
import EventStores
import JSONTexts
import Projections

/// Reads a store as words.
struct StoreContents {
    let snapshot: StoreSnapshot

    /// What events may have, by type; of prices not the amount, which costs tell.
    private static let fields: [(type: String, columns: [String])] = [
        ("message.received", ["conversation_id", "turn", "channel", "author"]),
        (
            "llm.call",
            [
                "conversation_id", "turn", "channel", "provider", "request_model", "route", "input_tokens",
                "output_tokens", "duration_ns", "status",
            ]
        ),
        ("message.sent", ["conversation_id", "turn", "channel", "author", "status", "duration_ns"]),
        ("span.received", ["conversation_id", "channel", "span_name", "trace_id", "span_id"]),
        ("price.set", ["provider", "model", "token_class", "channel"]),
    ]

    /// Rows of a table, in the order in which it shows them.
    /// - Parameter statistics: gets what the answer says that it lacks.
    func rows(
        _ table: String, _ columns: [String], _ statistics: ScanStatistics = ScanStatistics()
    ) throws -> [[Scalar]] {
        let (source, indices) = try source(table, columns)
        return try source.morsels(for: ScanRequest(columns: indices, statistics: statistics)).flatMap { morsel in
            try Self.rows(morsel, indices)
        }
    }

    private func source(_ table: String, _ columns: [String]) throws -> (any TableSource, [Int]) {
        guard let source = snapshot.table(named: table) else { throw Violation(.computedRightly, "no table \(table)") }
        let indices = columns.compactMap { name in source.columns.firstIndex { $0.name == name } }
        guard indices.count == columns.count else { throw Violation(.computedRightly, "\(table) lacks a column") }
        return (source, indices)
    }

    private static func rows(_ morsel: any Morsel, _ columns: [Int]) throws -> [[Scalar]] {
        let vectors = try columns.map { try morsel.column($0) }
        return (0..<morsel.rowCount).map { row in vectors.map { $0.scalar(at: row) } }
    }

    /// The same as texts, sorted: equal where the tables are.
    func texts(_ table: String) throws -> [String] { try texts(table, ScanStatistics()) }

    private func texts(_ table: String, _ statistics: ScanStatistics) throws -> [String] {
        let columns = (snapshot.columns(ofTable: table) ?? []).map(\.name)
        return try rows(table, columns, statistics).map { row in row.map { "\($0)" }.joined(separator: "|") }.sorted()
    }

    /// The same; nil where the answer says itself that it lacks something.
    func wholeTexts(_ table: String) throws -> [String]? {
        let statistics = ScanStatistics()
        let texts = try texts(table, statistics)
        return statistics.notices.isEmpty ? texts : nil
    }

    /// Ids of the events that can be read, piece by piece, and why others cannot.
    /// - Throws: what says that a whole table cannot be read.
    func readableEvents() throws -> (ids: Set<String>, failures: [any Error]) {
        var (ids, failures) = (Set<String>(), [any Error]())
        for (type, columns) in Self.fields {
            let table = SchemaEventType.tableName(of: type)
            let (source, indices) = try source(table, ["id", "position", "time"] + columns)
            for morsel in try source.morsels(for: ScanRequest(columns: indices)) {
                do {
                    for row in try Self.rows(morsel, indices) { if case .text(let id) = row[0] { ids.insert(id) } }
                } catch {
                    failures.append(error)
                }
            }
        }
        return (ids, failures)
    }

    /// Every event, in the order of positions, as it may have been sent.
    /// - Parameter sent: all that was ever sent, by id: what reading does not show (amounts of prices, that no time was
    ///   told) is taken from there.
    func events(_ sent: [String: [PlainEvent]]) throws -> [Oracle.Kept] {
        var found: [Oracle.Kept] = []
        for (type, columns) in Self.fields {
            let table = SchemaEventType.tableName(of: type)
            for row in try rows(table, ["id", "position", "time", "tenant"] + columns) {
                guard case .text(let id) = row[0], case .integer(let position) = row[1],
                    case .timestamptz(let time) = row[2], case .text(let tenant) = row[3]
                else { throw Violation(.nothingInvented, "a row of \(table) lacks id, position, time or tenant") }
                var event = PlainEvent(type: type, id: id, time: time, fields: [:], tenant: tenant)
                for (name, value) in zip(columns, row.dropFirst(4)) { event.fields[name] = Self.value(value) }
                Self.complete(&event, sent[id] ?? [])
                found.append(Oracle.Kept(event: event, position: position))
            }
        }
        let all = try rows("events", ["id"]).count
        guard all == found.count else {
            throw Violation(.nothingInvented, "events has \(all) rows, tables of types have \(found.count)")
        }
        return found.sorted { $0.position < $1.position }
    }

    private static func complete(_ event: inout PlainEvent, _ sent: [PlainEvent]) {
        guard let model = sent.first(where: { $0.type == event.type }) else { return }
        if model.time == nil { event.time = nil }
        if event.type == "price.set" {
            event.fields["usd_per_million_tokens"] = model.fields["usd_per_million_tokens"]
        }
    }

    private static func value(_ scalar: Scalar) -> EventValue? {
        switch scalar {
        case .integer(let value): .integer(value)
        case .text(let value): .text(value)
        default: nil
        }
    }

    /// When events were received, in the order of positions.
    func receivedTimes() throws -> [Int64] {
        var times: [(position: Int64, time: Int64)] = []
        for row in try rows("events", ["position", "received_time"]) {
            if case .integer(let position) = row[0], case .timestamptz(let time) = row[1] {
                times.append((position, time))
            }
        }
        return times.sorted { $0.position < $1.position }.map(\.time)
    }

    /// What records of a type tell, in the order of the log.
    private func records(ofType type: String) throws -> [JSONValue] {
        try rows("system_events", ["type", "data"]).compactMap { row in
            guard case .text(type) = row[0] else { return nil }
            switch row[1] {
            case .json(let text), .text(let text): return try JSONReader.parse(text)
            default: throw Violation(.nothingInvented, "a record without data")
            }
        }
    }

    /// What was given up because it was damaged.
    func losses() throws -> [StatedLoss] {
        try records(ofType: "log.set_aside").map { json in
            guard let file = json["file"]?.string, let first = json["first_position"]?.integer,
                let events = json["intact_events"]?.integer
            else { throw Violation(.answeredOrRefused, "a loss that does not say what it is of") }
            return StatedLoss(
                file: file, first: first, last: json["last_position"]?.integer ?? .max, events: Int(events))
        }
    }

    /// Corrections that were asked for, in the order of the log.
    func corrections() throws -> [Oracle.Correction] {
        try records(ofType: "cost.rebooked").compactMap { json in
            guard json["reason"]?.string == "requested", let last = json["last_position"]?.integer else { return nil }
            func time(_ name: String, _ absent: Int64) throws -> Int64 {
                try json[name]?.string.map { try RFC3339.parse($0) } ?? absent
            }
            let (from, to) = (try time("from", .min), try time("to", .max))
            return Oracle.Correction(model: json["model"]?.string ?? "", times: from..<to, lastPosition: last)
        }
    }

    /// The exact cost of every call in pico-USD, by id.
    func costs() throws -> [String: Int128?] {
        var costs: [String: Int128?] = [:]
        for row in try rows("llm_call", ["id", "cost_usd"]) {
            guard case .text(let id) = row[0] else { continue }
            if case .numeric(let cost, scale: 12) = row[1] { costs[id] = .some(cost) } else { costs[id] = .some(nil) }
        }
        return costs
    }

    /// Sum of a column over all rows of a table.
    func sum(_ table: String, _ column: String) throws -> Int128 {
        try rows(table, [column]).reduce(0) { sum, row in
            switch row[0] {
            case .integer(let value): sum + Int128(value)
            case .numeric(let value, _): sum + value
            default: sum
            }
        }
    }

    /// What a counter by type says of all types together.
    func counted(_ name: String) -> Int128 {
        let family = snapshot.counters.families.first { $0.definition.name == name }
        return (family?.series ?? []).reduce(0) { sum, series in
            if case .number(let value) = series.value { sum + value } else { sum }
        }
    }

    /// All that answers stand on, as texts: equal where two stores say the same.
    func everything() throws -> [String] {
        var all: [String] = []
        for table in snapshot.tableNames { all += try texts(table).map { table + ": " + $0 } }
        return all + snapshot.counters.families.map { "\($0)" }
    }
}
