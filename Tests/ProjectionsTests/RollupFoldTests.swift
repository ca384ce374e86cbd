import Columnar
import Domain
import Projections
import Testing

/// Rollup rows as their definition says them, one group and one measure at a time; no code of the fold is used. Only
/// histograms are those of `Columnar`, which has tests of its own: here it matters which values are in which.
struct RollupReference {
    let definition: RollupDefinition

    /// The columns of the events, as the rollup needs them.
    var sourceColumns: [TableColumn] {
        let dimensions = definition.dimensions.map { name -> TableColumn in
            TableColumn(name: name, type: name == "hit" ? .boolean : name == "score" ? .integer : .text)
        }
        let measures = definition.measures.map { measure -> TableColumn in
            TableColumn(name: measure.column, type: measure.column.hasPrefix("cost_") ? .numeric(scale: 12) : .integer)
        }
        return [TableColumn(name: "time", type: .timestamptz)] + dimensions + measures
    }

    func bucket(of time: Int64) -> Int64 {
        let step = Int128(definition.grain.nanoseconds)
        var bucket = Int128(time) / step * step
        if bucket > Int128(time) { bucket -= step }
        // No bucket begins before the first time that there is.
        return Int64(bucket < Int128(Int64.min) ? bucket + step : bucket)
    }

    /// What is not older than the grain is kept for.
    func kept(_ events: [[String: Scalar]], watermark: Int64) -> [[String: Scalar]] {
        guard definition.grain == .minute else { return events }
        let earliest = bucket(of: watermark - 2 * 86_400_000_000_000)
        return events.filter { time($0) >= earliest }
    }

    private func time(_ event: [String: Scalar]) -> Int64 {
        if case .timestamptz(let time)? = event["time"] { time } else { 0 }
    }

    private func key(_ event: [String: Scalar]) -> [Scalar] {
        [.timestamptz(bucket(of: time(event)))] + definition.dimensions.map { event[$0] ?? .null }
    }

    private static func number(_ value: Scalar?) -> Int128? {
        switch value {
        case .integer(let value): Int128(value)
        case .numeric(let value, _): value
        default: nil
        }
    }

    /// In the order in which the first events of the rows stand.
    func rows(_ events: [[String: Scalar]]) -> [[String: Scalar]] {
        var keys: [[Scalar]] = []
        for event in events where !keys.contains(key(event)) { keys.append(key(event)) }
        return keys.map { key in row(key, events.filter { self.key($0) == key }) }
    }

    private func row(_ key: [Scalar], _ members: [[String: Scalar]]) -> [String: Scalar] {
        var row: [String: Scalar] = ["time": key[0], "events": .integer(Int64(members.count))]
        for (name, value) in zip(definition.dimensions, key.dropFirst()) where !value.isNull { row[name] = value }
        for measure in definition.measures {
            let name = measure.column
            let values = members.compactMap { Self.number($0[name]) }
            row[name + "_count"] = .integer(Int64(values.count))
            if !values.isEmpty {
                row[name + "_sum"] = .numeric(values.reduce(0, +), scale: name.hasPrefix("cost_") ? 12 : 0)
            }
            if measure.hasExtrema, let low = values.min(), let high = values.max() {
                (row[name + "_min"], row[name + "_max"]) = (.integer(Int64(low)), .integer(Int64(high)))
            }
            if measure.hasHistogram, values.count > 1 {
                var histogram = ExponentialHistogram()
                for value in values.reversed() { histogram.add(Int64(value)) }
                row[name + "_histogram"] = .text(String(decoding: histogram.text, as: UTF8.self))
            }
            for limit in measure.limitsSeconds {
                row["\(name)_at_most_\(limit)s"] = .integer(Int64(values.count { $0 <= Int128(limit) * 1_000_000_000 }))
            }
        }
        return row
    }

    /// Rows of parts as the rows of the whole: what a reader of several segments makes of them.
    func merged(_ rows: [[String: Scalar]]) throws -> [[String: Scalar]] {
        var groups: [(key: [Scalar?], row: [String: Scalar])] = []
        for row in rows {
            let key = (["time"] + definition.dimensions).map { row[$0] }
            if let place = groups.firstIndex(where: { $0.key == key }) {
                groups[place].row = try merged(groups[place].row, row)
            } else {
                groups.append((key, row))
            }
        }
        return groups.map(\.row)
    }

    private func merged(_ left: [String: Scalar], _ right: [String: Scalar]) throws -> [String: Scalar] {
        var row = left
        func numbers(_ name: String) -> [Int128] { [left, right].compactMap { Self.number($0[name]) } }
        func add(_ name: String) { row[name] = .integer(Int64(numbers(name).reduce(0, +))) }
        add("events")
        for measure in definition.measures {
            let name = measure.column
            add(name + "_count")
            for limit in measure.limitsSeconds { add("\(name)_at_most_\(limit)s") }
            let sums = numbers(name + "_sum")
            if !sums.isEmpty {
                row[name + "_sum"] = .numeric(sums.reduce(0, +), scale: name.hasPrefix("cost_") ? 12 : 0)
            }
            row[name + "_min"] = numbers(name + "_min").min().map { .integer(Int64($0)) }
            row[name + "_max"] = numbers(name + "_max").max().map { .integer(Int64($0)) }
            guard measure.hasHistogram else { continue }
            var histogram = ExponentialHistogram()
            for part in [left, right] {
                if case .text(let text)? = part[name + "_histogram"] {
                    try histogram.merge(text: Array(text.utf8)[...])
                } else if let only = Self.number(part[name + "_min"]) {
                    // A single value is its own distribution.
                    histogram.add(Int64(only))
                }
            }
            if histogram.count > 1 { row[name + "_histogram"] = .text(String(decoding: histogram.text, as: UTF8.self)) }
        }
        return row
    }
}

/// Events of one type by random: few values, so that groups meet; nulls; the edges of time and of numbers.
private struct RandomEvents {
    var random: SeededNumbers
    private static let edges: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
    private static let around: [Int64] = [
        -86_400_000_000_000, -3_600_000_000_000, -60_000_000_000, 0, 60_000_000_000, 3_600_000_000_000,
    ]

    mutating func next(_ columns: [TableColumn], count: Int, near: Int64?) -> [[String: Scalar]] {
        (0..<count).map { _ in
            var event: [String: Scalar] = [:]
            for column in columns where column.name == "time" || !random.isOnce(in: 5) {
                event[column.name] = value(column, near)
            }
            return event
        }
    }

    private mutating func value(_ column: TableColumn, _ near: Int64?) -> Scalar {
        switch column.type {
        case .timestamptz:
            if let near { return .timestamptz(near + random.pick(Self.around) * Int64(1 + random.next(below: 3))) }
            if random.isOnce(in: 3) { return .timestamptz(random.pick(Self.edges)) }
            return .timestamptz(random.pick(Self.around) + random.pick(Self.edges.filter { $0.magnitude <= 1 }))
        case .text: return .text(random.pick(["", "a", "b", "\u{E9}", "e\u{301}"]))
        case .boolean: return .boolean(random.isOnce(in: 2))
        case .numeric(let scale):
            return .numeric(Int128(random.isOnce(in: 8) ? Int64.max : Int64(random.next(below: 1_000))), scale: scale)
        default:
            if column.name == "score" { return .integer(Int64(1 + random.next(below: 3))) }
            if random.isOnce(in: 6) { return .integer(random.pick(Self.edges)) }
            return .integer(random.pick([2_000_000_000, 2_000_000_001, 5_000_000_000]) + Int64(random.next(below: 3)))
        }
    }

    /// The events as a chunk; a column of one value may stand there as a constant.
    mutating func chunk(_ events: [[String: Scalar]], _ columns: [TableColumn]) -> Chunk {
        let vectors = columns.map { column -> Vector in
            let scalars = events.map { $0[column.name] ?? .null }
            if let first = scalars.first, scalars.allSatisfy({ $0 == first }), random.isOnce(in: 2) {
                return .constant(first, type: column.type, count: events.count)
            }
            return Vector(type: column.type, scalars: scalars)
        }
        return Chunk(columns: vectors, rowCount: events.count)
    }
}

/// The rows of a chunk by name, without what is null.
func rows(_ chunk: Chunk, _ columns: [TableColumn]) -> [[String: Scalar]] {
    (0..<chunk.rowCount).map { row in
        var cells: [String: Scalar] = [:]
        for (column, vector) in zip(columns, chunk.columns) where !vector.isNull(row) {
            cells[column.name] = vector.scalar(at: row)
        }
        return cells
    }
}

@Suite struct RollupFoldTests {
    private static let names = [
        "rollup_llm_call_1m", "rollup_llm_call_1h", "rollup_llm_call_1d", "rollup_message_sent_1m",
        "rollup_message_sent_1d",
        "rollup_message_received_1h", "rollup_cache_lookup_1d", "rollup_feedback_submitted_1h",
        "rollup_events_users_1d",
    ]

    private func reference(_ name: String) throws -> (RollupReference, RollupLayout) {
        let definition = try #require(RollupCatalogue.definitions.first { $0.name == name })
        let reference = RollupReference(definition: definition)
        return (reference, RollupLayout(definition, sourceColumns: reference.sourceColumns))
    }

    @Test(arguments: names, 0..<6) func theFoldGivesWhatTheDefinitionSays(name: String, seed: Int) throws {
        let (reference, layout) = try reference(name)
        var events = RandomEvents(random: SeededNumbers(seed: UInt64(seed)))
        for round in 0..<12 {
            let watermark: Int64 = 1_785_574_800_000_000_000
            let told = events.next(
                reference.sourceColumns, count: events.random.next(below: 50), near: round % 2 == 0 ? watermark : nil)
            let part = layout.fold(events.chunk(told, reference.sourceColumns), watermark: watermark)
            let kept = reference.kept(told, watermark: watermark)
            #expect(part.eventCount == kept.count, "seed \(seed), round \(round)")
            #expect(
                rows(part.rows, layout.columns).map(line) == reference.rows(kept).map(line),
                "seed \(seed), round \(round)")
        }
    }

    /// The rows of any parts of the events, in any order, add up to the rows of all events.
    @Test(arguments: names, 6..<10) func partsInAnyOrderAddUpToTheWhole(name: String, seed: Int) throws {
        let (reference, layout) = try reference(name)
        var events = RandomEvents(random: SeededNumbers(seed: UInt64(seed)))
        for round in 0..<6 {
            let watermark: Int64 = 1_785_574_800_000_000_000
            let told = events.next(reference.sourceColumns, count: 60, near: round % 2 == 0 ? watermark : nil)
            let whole = layout.fold(events.chunk(told, reference.sourceColumns), watermark: watermark)
            var parts: [RollupPart] = []
            var first = 0
            let order = events.random.order(told.count)
            while first < told.count {
                let end = min(told.count, first + 1 + events.random.next(below: 20))
                let chunk = events.chunk(order[first..<end].map { told[$0] }, reference.sourceColumns)
                parts.append(layout.fold(chunk, watermark: watermark))
                first = end
            }
            #expect(parts.reduce(0) { $0 + $1.eventCount } == whole.eventCount)
            let all = parts.flatMap { rows($0.rows, layout.columns) }
            let shuffled = events.random.order(all.count).map { all[$0] }
            let merged = try reference.merged(shuffled)
            #expect(
                merged.map(line).sorted() == rows(whole.rows, layout.columns).map(line).sorted(),
                "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1_000]) func partsAreJoinedInRunsOfSoManyRows(rowsMax: Int) throws {
        let (reference, layout) = try reference("rollup_message_received_1h")
        var events = RandomEvents(random: SeededNumbers(seed: 77))
        var parts = (0..<4).map { _ -> RollupPart in
            let told = events.next(reference.sourceColumns, count: 40, near: 0)
            return layout.fold(events.chunk(told, reference.sourceColumns), watermark: 0)
        }
        let all = parts.flatMap { rows($0.rows, layout.columns) }
        // So that the rows stand for enough events to be worth their bytes.
        parts.append(layout.fold(events.chunk([], reference.sourceColumns), watermark: 0))
        parts[4].eventCount = 2 * all.count
        let joined = RollupPart.joined(parts, columns: layout.columns, rowsMax: rowsMax)
        #expect(joined.flatMap { rows($0, layout.columns) }.map(line) == all.map(line))
        #expect(
            joined.dropLast().allSatisfy { $0.rowCount == rowsMax }
                && joined.allSatisfy { (1...rowsMax).contains($0.rowCount) })
        #expect(joined.allSatisfy { chunk in chunk.columns.allSatisfy { $0.count == chunk.rowCount } })
    }

    /// Parts of all types together: a row a key, whatever the parts are, and days that ascend.
    @Test(arguments: 0..<6) func partsOfEveryTypeAreAddedUp(seed: Int) throws {
        let (reference, layout) = try reference("rollup_events_users_1d")
        var events = RandomEvents(random: SeededNumbers(seed: UInt64(seed)))
        let told = events.next(reference.sourceColumns, count: 400, near: 0)
        var parts = RollupParts(layout)
        var first = 0
        while first < told.count {
            let end = min(told.count, first + 1 + events.random.next(below: 40))
            let chunk = events.chunk(Array(told[first..<end]), reference.sourceColumns)
            parts.add(layout.fold(chunk, watermark: 0))
            first = end
        }
        let joined = parts.joined(rowsMax: 7)
        #expect(joined.dropLast().allSatisfy { $0.rowCount == 7 })
        let found = joined.flatMap { rows($0, layout.columns) }
        #expect(found.map(line).sorted() == reference.rows(told).map(line).sorted(), "seed \(seed)")
        let days = found.map { row -> Int64 in if case .timestamptz(let day)? = row["time"] { day } else { .max } }
        #expect(days == days.sorted(), "seed \(seed)")
    }

    @Test func nothingAddsUpToNoRows() throws {
        let (reference, layout) = try reference("rollup_events_users_1d")
        var parts = RollupParts(layout)
        #expect(parts.joined(rowsMax: 7).isEmpty)
        var events = RandomEvents(random: SeededNumbers(seed: 1))
        parts.add(layout.fold(events.chunk([], reference.sourceColumns), watermark: 0))
        #expect(parts.joined(rowsMax: 7).isEmpty)
    }

    /// Fewer than two events a row on average, and readers take the events themselves.
    @Test func rowsThatStandForFewEventsAreNone() throws {
        let (reference, layout) = try reference("rollup_message_received_1h")
        var events = RandomEvents(random: SeededNumbers(seed: 1))
        let hour: Int64 = 3_600_000_000_000
        func joined(_ times: [Int64]) -> [Chunk] {
            let chunk = events.chunk(times.map { ["time": .timestamptz($0)] }, reference.sourceColumns)
            return RollupPart.joined([layout.fold(chunk, watermark: 0)], columns: layout.columns, rowsMax: 8)
        }
        #expect(joined([0, 1, hour]).isEmpty)
        #expect(joined([0, 1, hour, hour]).map(\.rowCount) == [2])
        #expect(joined([]).isEmpty)
    }

    /// By hand: the days on either side of 1970, one channel and none.
    @Test func answersByDayAndChannel() throws {
        let (reference, layout) = try reference("rollup_message_sent_1d")
        let second: Int64 = 1_000_000_000
        let day: Int64 = 86_400 * second
        func answer(_ time: Int64, _ channel: String?, _ duration: Int64?) -> [String: Scalar] {
            var event: [String: Scalar] = ["time": .timestamptz(time), "status": .text("ok")]
            event["channel"] = channel.map { .text($0) }
            event["duration_ns"] = duration.map { .integer($0) }
            return event
        }
        var events = RandomEvents(random: SeededNumbers(seed: 2))
        let told = [
            answer(-1, "web", 2 * second), answer(0, "web", 2 * second), answer(day - 1, "web", 2 * second + 1),
            answer(-day, "web", 9 * second), answer(5, nil, nil), answer(6, nil, 3 * second),
        ]
        let found = rows(layout.fold(events.chunk(told, reference.sourceColumns), watermark: 0).rows, layout.columns)
        func column(_ name: String) -> [Scalar?] { found.map { $0[name] } }
        #expect(column("time") == [.timestamptz(-day), .timestamptz(0), .timestamptz(0)])
        #expect(column("channel") == [.text("web"), .text("web"), nil])
        #expect(column("status") == [.text("ok"), .text("ok"), .text("ok")] && column("author") == [nil, nil, nil])
        #expect(column("events") == [.integer(2), .integer(2), .integer(2)])
        #expect(column("duration_ns_count") == [.integer(2), .integer(2), .integer(1)])
        let sums: [Int128] = [11_000_000_000, 4_000_000_001, 3_000_000_000]
        #expect(column("duration_ns_sum") == sums.map { .numeric($0, scale: 0) })
        #expect(column("duration_ns_min") == [.integer(2 * second), .integer(2 * second), .integer(3 * second)])
        #expect(column("duration_ns_max") == [.integer(9 * second), .integer(2 * second + 1), .integer(3 * second)])
        #expect(column("duration_ns_at_most_2s") == [.integer(1), .integer(1), .integer(0)])
        #expect(column("duration_ns_at_most_8s") == [.integer(1), .integer(2), .integer(1)])
        // The distribution of one value is that value.
        #expect(column("duration_ns_histogram").map { $0 == nil } == [false, false, true])
        #expect(column("time_to_first_token_ns_sum") == [nil, nil, nil])
    }

    @Test func bucketsAtTheEdgesOfTime() throws {
        let (hour, day) = (try reference("rollup_llm_call_1h").1, try reference("rollup_llm_call_1d").1)
        #expect(hour.bucket(of: -1) == -3_600_000_000_000 && hour.bucket(of: -3_600_000_000_000) == -3_600_000_000_000)
        #expect(hour.bucket(of: 0) == 0 && hour.bucket(of: 3_599_999_999_999) == 0)
        #expect(day.bucket(of: -86_400_000_000_001) == -172_800_000_000_000)
        // 106,751 days and some hours lie between 1970 and either end.
        #expect(day.bucket(of: .max) == 106_751 * 86_400_000_000_000)
        #expect(day.bucket(of: .min) == -106_751 * 86_400_000_000_000)
        #expect(day.bucket(of: -106_751 * 86_400_000_000_000 - 1) == -106_751 * 86_400_000_000_000)
    }
}
