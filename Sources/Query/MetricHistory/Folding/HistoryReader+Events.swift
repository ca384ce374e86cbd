import Bytes
import Columnar
import Domain
import Projections

// What events say for themselves: counts, sums and observations.
extension HistoryReader {
    /// Each event of the metric's types counts at its time.
    func eventFolds(_ definition: MetricDefinition) -> [TableFold] {
        definition.types.enumerated().map { ordinal, type in
            TableFold(
                table: SchemaEventType.tableName(of: type), columns: Self.columns(of: definition),
                conditions: isInSight
            ) { table in
                LabelReader(definition.labels, table, type: ordinal)
            } count: { morsel, table, sets, cells in
                try self.fold(morsel, table, definition, sets, &cells)
            }
        }
    }

    static func columns(of definition: MetricDefinition) -> [String] {
        var names = ["time"]
        for label in definition.labels {
            switch label.source {
            case .column(let name), .boolean(let name, _, _): names.append(name)
            case .eventType, .given: break
            }
        }
        for condition in definition.conditions {
            switch condition {
            case .isOneOf(let column, _, _), .isPresent(let column): names.append(column)
            }
        }
        switch definition.source {
        case .sum(let column), .observe(let column): names.append(column)
        case .bookedCost: names.append("cost_usd")
        case .unpricedCalls: names.append("price_state")
        case .count, .questions, .ratings, .corrections, .process: break
        }
        return names
    }

    private func fold(
        _ morsel: any Morsel, _ table: NamedTable, _ definition: MetricDefinition, _ sets: RowSets,
        _ cells: inout LabelledCells
    ) throws {
        let last = points.lastNanoseconds
        let times = NumberColumn(try table.column("time", of: morsel))
        let wanted = try rows(morsel, table, definition)
        let numbers = try self.numbers(morsel, table, definition)
        let isObserved = if case .observe = definition.source { true } else { false }
        for row in 0..<morsel.rowCount {
            guard wanted?[row] ?? true, let time = times.time(row), time <= last else { continue }
            guard let numbers else {
                cells.count(sets[row], at: time)
                continue
            }
            guard let number = numbers[row] else { continue }
            let code = isObserved ? cells.exposition.code(nanoseconds: Int64(clamping: number)) : 0
            cells.count(sets[row], at: time, code: code, sum: number)
        }
    }

    /// What is added up; nil where events are counted alone.
    func numbers(
        _ morsel: any Morsel, _ table: NamedTable, _ definition: MetricDefinition
    ) throws -> NumberColumn? {
        switch definition.source {
        case .sum(let column), .observe(let column): NumberColumn(try table.column(column, of: morsel))
        case .bookedCost: NumberColumn(try table.column("cost_usd", of: morsel))
        case .count, .unpricedCalls, .questions, .ratings, .corrections, .process: nil
        }
    }

    /// Which rows count; nil: all.
    func rows(_ morsel: any Morsel, _ table: NamedTable, _ definition: MetricDefinition) throws -> [Bool]? {
        var wanted: [Bool]?
        func keep(_ rows: [Bool]) { wanted = wanted.map { zip($0, rows).map { $0 && $1 } } ?? rows }
        for condition in definition.conditions {
            switch condition {
            case .isOneOf(let column, let values, let orNull):
                let texts = values.map { Array($0.utf8) }
                keep(try table.column(column, of: morsel).rows(ofTexts: texts, orNull: orNull))
            case .isPresent(let column):
                let vector = try table.column(column, of: morsel)
                if !vector.hasNoNulls { keep((0..<morsel.rowCount).map { !vector.isNull($0) }) }
            }
        }
        // As booked and priced now: a call without an exact cost.
        if definition.source == .unpricedCalls {
            let states = try table.column("price_state", of: morsel)
            let isPriced = states.rows(ofTexts: [Array(PriceState.priced.name.utf8)], orNull: true)
            keep(isPriced.map { !$0 })
        }
        return wanted
    }

    /// Events that came too late to be counted by what they say count by type, when they came.
    func backfillFold() -> TableFold {
        let (last, arrival) = (points.lastNanoseconds, source.arrival)
        let inSight = ColumnPredicate.Comparison.lessOrEqual(.timestamptz(last))
        return TableFold(
            table: "events", columns: ["time", "received_time", "position", "type"],
            conditions: [("received_time", inSight)]
        ) { table in
            LabelReader(columns: ["type"], table)
        } count: { morsel, table, sets, cells in
            let times = NumberColumn(try table.column("time", of: morsel))
            let received = NumberColumn(try table.column("received_time", of: morsel))
            let positions = NumberColumn(try table.column("position", of: morsel))
            for row in 0..<morsel.rowCount {
                guard let time = times.time(row), let came = received.time(row), came <= last,
                    !arrival(positions.time(row) ?? 0, came).isLive(time)
                else { continue }
                cells.count(sets[row], at: came)
            }
        }
    }

    /// All events count by type.
    func typeFold() -> TableFold {
        let last = points.lastNanoseconds
        return TableFold(table: "events", columns: ["time", "type"], conditions: isInSight) { table in
            LabelReader(columns: ["type"], table)
        } count: { morsel, table, sets, cells in
            let times = NumberColumn(try table.column("time", of: morsel))
            for row in 0..<morsel.rowCount {
                if let time = times.time(row), time <= last { cells.count(sets[row], at: time) }
            }
        }
    }
}
