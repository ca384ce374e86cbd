import Bytes
import Columnar
import Domain
import PromQLText

// Events with a trace, as examples of what they counted or what was observed of them.
extension HistoryReader {
    /// Into so many stretches a range is cut: of each a series shows its last example.
    static let exemplarsMax: Int64 = 100

    private static let ids = ["trace_id", "span_id", "conversation_id"]

    /// Examples of the wanted series: of a counter under its name, of a histogram under its native name and under the
    /// classic bucket in which the example lies. They stand under the labels that the event gives, also where these
    /// have no room and are counted among the others.
    /// - Parameter times: ms since 1970.
    /// - Complexity: O(events of the metrics' types in groups that may hold some of these times).
    func exemplars(in times: ClosedRange<Int64>) throws -> [SeriesExemplars] {
        guard let first = try source.found.first(firstEvent) else { return [] }
        let start = max(times.lowerBound, floorDivide(first, 1_000_000))
        let end = min(times.upperBound, floorDivide(source.reached, 1_000_000))
        guard start <= end else { return [] }
        var found = ExemplarTable(in: start...end)
        for definition in MetricCatalogue.all {
            try check()
            switch definition.source {
            case .count, .sum, .observe, .bookedCost: break
            case .unpricedCalls, .questions, .ratings, .corrections, .process: continue
            }
            let exposition = Exposition(definition, source, matchers)
            if exposition.isAsked { try find(exposition, in: start...end, &found) }
        }
        return found.series
    }

    private func find(_ exposition: Exposition, in times: ClosedRange<Int64>, _ found: inout ExemplarTable) throws {
        let definition = exposition.definition
        var cells = LabelledCells(exposition, points, keepsCells: false)
        // By the number of a label set.
        var targets: [[ExemplarTable.Target]] = []
        // Neither end lies beyond what ns reach.
        let last = (times.upperBound * 1_000_000).saturatingAdd(999_999)
        let conditions: [(String, ColumnPredicate.Comparison)] = [
            ("time", .greaterOrEqual(.timestamptz(times.lowerBound * 1_000_000))),
            ("time", .lessOrEqual(.timestamptz(last))), ("trace_id", .isNotNull),
        ]
        for (ordinal, type) in definition.types.enumerated() {
            var reader: LabelReader?
            let columns = Self.columns(of: definition) + Self.ids
            try scan(SchemaEventType.tableName(of: type), columns, where: conditions) { morsel, table in
                let labels = reader ?? LabelReader(definition.labels, table, type: ordinal)
                reader = labels
                let moments = NumberColumn(try table.column("time", of: morsel))
                let ids = try Self.ids.map { try table.column($0, of: morsel) }
                let (wanted, numbers) = (
                    try rows(morsel, table, definition), try self.numbers(morsel, table, definition)
                )
                let examples = (0..<morsel.rowCount).filter { row in
                    guard wanted?[row] ?? true, !ids[0].isNull(row), let moment = moments.time(row) else {
                        return false
                    }
                    return times.contains(floorDivide(moment, 1_000_000)) && (numbers.map { $0[row] != nil } ?? true)
                }
                if examples.isEmpty { return }
                let sets = try labels.read(morsel, table, into: &cells)
                for one in cells.counted[targets.count...] {
                    targets.append(found.targets(exposition.outputs(one.values), of: definition))
                }
                for row in examples {
                    guard let moment = moments.time(row) else { continue }
                    let number = numbers?[row] ?? 1
                    let bucket = exposition.bounds.partitioningIndex { number <= $0 }
                    for target in targets[sets[row]] where target.bucket ?? bucket == bucket {
                        found.add(target, at: moment, Double(number) / target.unitsPerBase) {
                            LabelSet(zip(Self.ids, ids).map { (ByteText($0.utf8), $1.label(row, words: nil)) })
                        }
                    }
                }
                try holdRead(cells.memoryBytes + found.memoryBytes)
            }
        }
    }
}
