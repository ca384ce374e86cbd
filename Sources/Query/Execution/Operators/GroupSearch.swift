import Columnar
import Plans

/// Finds the rows of some groups again in the table they were made of, by the kept numbers of a key, and has calls take
/// in these.
struct GroupSearch: Sendable {
    private let scan: ScanOperator
    private let groups: [Expression]
    private let calls: [AggregateCall]
    private let output: [TableColumn]
    /// The key that is looked for: which of the groups, and its column of the scan's output.
    private let key: (group: Int, column: Int)
    /// Its texts as pieces have them.
    private let kept: TextDictionary
    /// What else is read of rows that have one of the texts: what conditions, calls and the other keys look at.
    private let columns: [Int]

    private var context: QueryContext { scan.context }

    /// - Parameters:
    ///   - later: which calls take in the rows.
    ///   - scan: of single pieces.
    ///   - idsMin: how many texts there have to be.
    /// - Returns: nil where no key has so many texts with kept numbers.
    init?(_ whole: AggregateOperator, later: [Int], of scan: ScanOperator, idsMin: Int) throws {
        groups = whole.groups
        calls = later.map { whole.calls[$0] }
        output = later.map { whole.output[whole.groups.count + $0] }
        let operation = AggregateOperator(
            context: whole.context, groups: groups, calls: calls,
            output: Array(whole.output.prefix(groups.count)) + output)
        let keys = operation.keys(besides: scan.conditions)
        self.scan = scan.reading(keys: keys, units: [:])
        guard let found = try Self.key(groups, keys, of: self.scan, idsMin: idsMin) else { return nil }
        (key, kept) = ((found.group, found.column), found.texts)
        var columns = operation.columnsRead
        for condition in scan.conditions { condition.collectColumns(into: &columns) }
        self.columns = columns.subtracting([found.column]).sorted()
    }

    /// A key that is a column whose texts have kept numbers, and many of them: one piece tells.
    private static func key(
        _ groups: [Expression], _ keys: Set<Int>, of scan: ScanOperator, idsMin: Int
    ) throws -> (group: Int, column: Int, texts: TextDictionary)? {
        for (group, expression) in groups.enumerated() {
            guard case .column(let column, .text) = expression, keys.contains(column) else { continue }
            let having = scan.morsels.filter { !$0.lacks(scan.columns[column]) }
            guard let piece = having.max(by: { $0.rowCount < $1.rowCount }) else { continue }
            try scan.context.check()
            if case .text(_, let texts) = try scan.column(column, of: piece, nil).storage, texts.isKept,
                texts.count >= idsMin
            {
                return (group, column, texts)
            }
        }
        return nil
    }

    /// Which rows are looked for.
    private struct Wanted: Sendable {
        let texts: WantedTexts
        /// Numbers a text's number and the other keys together as the groups are; nil where there are no others.
        var groups: GroupTable?
    }

    /// The calls' results of some groups.
    /// - Parameter groups: keys first; each occurs in the table, under the scan's conditions.
    /// - Returns: a vector a call, a row a group; nil where a group was not found.
    func results(of groups: Chunk) throws -> [Vector]? {
        // A number and a bit for each text that there is.
        let bytes = kept.count * 5
        try context.budget.reserve(bytes)
        defer { context.budget.release(bytes) }
        let texts = WantedTexts(groups.columns[key.group], kept: kept)
        var wanted = Wanted(texts: texts)
        var numbers = texts.numbers
        if self.groups.count > 1 {
            let others = otherKeys.map { groups.columns[$0] }
            var table = GroupTable(types: [.integer] + others.map(\.type))
            numbers = table.assign([Self.column(of: numbers)] + others, ordinal: 0)
            wanted.groups = table
        }
        let search = wanted
        let number = TableColumn(name: "number", type: .integer)
        let operation = AggregateOperator(
            context: context, groups: [.column(scan.output.count, .integer)], calls: calls, output: [number] + output)
        let chunks = try operation.run(Pipeline.units(scan.morsels.count, rows: scan.rowCount)) { ordinal, state in
            guard let rows = try rows(of: scan.morsels[Pipeline.unit(of: ordinal)], search) else { return }
            let booking = scan.booking(of: rows)
            defer { withExtendedLifetime(booking) {} }
            var place = ordinal
            for piece in rows.pieces(of: context.chunkRowsMax) {
                try operation.update(&state, piece, place)
                place += UInt64(piece.rowCount)
            }
        }
        let found = Chunk.concatenate(chunks, columns: operation.output)
        assert(found.rowCount == groups.rowCount, "a row of each group was found again")
        guard found.rowCount == groups.rowCount else { return nil }
        // Each number is that of one group.
        var places = [UInt32](repeating: 0, count: found.rowCount)
        for row in 0..<found.rowCount {
            guard case .integer(let group) = found.columns[0].scalar(at: row) else { return nil }
            places[Int(group)] = UInt32(row)
        }
        let order = numbers.map { places[Int($0)] }
        return found.columns.dropFirst().map { $0.gather(order) }
    }

    /// Places of the keys that are not looked for.
    private var otherKeys: [Int] { groups.indices.filter { $0 != key.group } }

    private static func column(of numbers: [UInt32]) -> Vector {
        Vector(type: .integer, count: numbers.count, storage: .int64(numbers.map { Int64($0) }))
    }

    /// The rows of a piece that are of the groups, with the groups' numbers behind the scan's columns; nil where there
    /// are none. Of a piece that has none of the texts no row is looked at where it knows its texts.
    private func rows(of morsel: any Morsel, _ wanted: Wanted) throws -> Chunk? {
        guard morsel.rowCount > 0, let open = scan.remaining(morsel) else { return nil }
        let (morsel, place) = (morsel.reading, scan.columns[key.column])
        let mayBeNull = wanted.texts.hasNull && morsel.summary(place)?.nullCount != 0
        if !mayBeNull {
            if morsel.lacks(place) { return nil }
            if let texts = try morsel.texts(place), wanted.texts.rows(of: texts).rows.isEmpty { return nil }
        }
        let texts = try scan.column(key.column, of: morsel, nil)
        let (rows, numbers) = wanted.texts.rows(of: texts)
        if rows.isEmpty { return nil }
        context.statistics.add(rowsScanned: rows.count)
        var chunk = try scan.read(rows, of: morsel, columns: columns)
        chunk.columns[key.column] = texts.gather(rows)
        chunk.columns.append(Self.column(of: numbers))
        let evaluator = Evaluator(context: context)
        for condition in open {
            guard let kept = Selection.rows(where: try evaluator.evaluate(condition, chunk)) else { continue }
            if kept.isEmpty { return nil }
            chunk = chunk.gather(KeptRows(ascending: kept))
        }
        guard let groups = wanted.groups else { return chunk }
        let keys = try otherKeys.map { try evaluator.evaluate(self.groups[$0], chunk) }
        let found = groups.lookUp([chunk.columns[scan.output.count]] + keys, nullsToo: true)
        let kept = (0..<UInt32(found.count)).filter { found[Int($0)] != .max }
        chunk = chunk.gather(KeptRows(ascending: kept))
        chunk.columns[scan.output.count] = Self.column(of: kept.map { found[Int($0)] })
        return kept.isEmpty ? nil : chunk
    }
}
