import Columnar
import Plans

/// The rows of a morsel that some conditions leave, where it finds them without reading the columns that these ask
/// about: those where a column has a text that is looked up, or one of a few, or else those of a stretch of time.
struct FoundRows {
    /// Ascending.
    let rows: [UInt32]
    /// Which of the conditions these rows meet; the others are still to be tried.
    let conditions: [Int]
    /// A column of the output, and the text that each of the rows has there; nil where not one alone was looked up.
    var text: (column: Int, text: String)?

    /// nil where the morsel finds none so.
    /// - Parameter columns: by column of the output, the table's.
    init?(_ conditions: [Expression], of morsel: any Morsel, columns: [Int], _ context: QueryContext) throws {
        guard context.options.usesSummaries, !conditions.isEmpty else { return nil }
        // What may fail is tried on the rows that the conditions before it leave.
        let tried = conditions.contains(where: \.mayFail) ? 0..<1 : conditions.indices
        for place in tried {
            guard let (column, texts) = conditions[place].wantedTexts else { continue }
            if let rows = try Self.rows(texts, columns[column], morsel, context) {
                (self.rows, self.conditions) = (rows, [place])
                text = texts.count == 1 ? (column, texts[0]) : nil
                return
            }
        }
        var wanted: (column: Int, first: Int64, last: Int64)?
        var met: [Int] = []
        for place in tried {
            guard let (column, times) = conditions[place].wantedTimes, wanted?.column ?? column == column else {
                continue
            }
            met.append(place)
            let (first, last) = wanted.map { ($0.first, $0.last) } ?? (.min, .max)
            wanted = (column, max(first, times.lowerBound), min(last, times.upperBound))
        }
        guard let wanted, wanted.first <= wanted.last,
            let rows = try morsel.rows(columns[wanted.column], within: wanted.first...wanted.last)
        else { return nil }
        (self.rows, self.conditions) = (rows, met)
    }
}

extension FoundRows {
    /// Rows with one of some texts, ascending; nil where the morsel does not find them.
    private static func rows(
        _ texts: [String], _ column: Int, _ morsel: any Morsel, _ context: QueryContext
    ) throws -> [UInt32]? {
        try context.check()
        return try morsel.rows(column, ofTexts: texts.map { Array($0.utf8) })
    }
}

extension ScanOperator {
    /// Which of some rows of a morsel have the text for which a condition asks, by their places among these, ascending,
    /// and the text; nil where the column is to be read for that.
    /// - Parameter rows: ascending; nil: all.
    func places(
        among rows: [UInt32]?, of morsel: any Morsel, where condition: Expression
    ) throws -> (places: [UInt32], text: String)? {
        // Of few rows the column is read for these alone.
        if let rows, areFew(rows, of: morsel) { return nil }
        guard let text = condition.wantedTexts?.texts.first, let found = try self.rows(of: morsel, where: condition)
        else { return nil }
        guard let rows, let first = rows.first, let last = rows.last else { return (found, text) }
        if Int(last - first) == rows.count - 1 {
            // A stretch, as times leave it.
            return (found.filter { $0 >= first && $0 <= last }.map { $0 - first }, text)
        }
        var (places, next) = ([UInt32](), 0)
        for row in found {
            while next < rows.count, rows[next] < row { next += 1 }
            if next < rows.count, rows[next] == row { places.append(UInt32(truncatingIfNeeded: next)) }
        }
        return (places, text)
    }

    /// The rows of a morsel that have the text for which a condition asks, ascending, for who wants nothing else of the
    /// column; nil for other conditions, and where the morsel does not find them.
    func rows(of morsel: any Morsel, where condition: Expression) throws -> [UInt32]? {
        guard context.options.usesSummaries, let (column, texts) = condition.wantedTexts, texts.count == 1 else {
            return nil
        }
        try context.check()
        return try morsel.rows(columns[column], withText: Array(texts[0].utf8))
    }
}

extension Expression {
    /// More texts than this are not looked up one by one.
    private static let lookedUpTextsMax = 16

    /// The column and the texts of which a condition asks it to have one; nil for another condition.
    fileprivate var wantedTexts: (column: Int, texts: [String])? {
        switch self {
        case .call(.equal, let sides, _) where sides.count == 2:
            switch (sides[0], sides[1]) {
            case (.column(let column, .text), .literal(.text(let text), _)),
                (.literal(.text(let text), _), .column(let column, .text)):
                return (column, [text])
            default: return nil
            }
        case .oneOf(.column(let column, .text), let values) where values.count <= Self.lookedUpTextsMax:
            // What is null equals nothing.
            return (column, values.compactMap { if case .text(let text) = $0 { text } else { nil } })
        default: return nil
        }
    }

    /// The column and the times, ns, between which a condition asks it to be; nil for another condition, and for one
    /// that no time meets.
    fileprivate var wantedTimes: (column: Int, times: ClosedRange<Int64>)? {
        guard case .call(let function, let sides, _) = self, sides.count == 2 else { return nil }
        switch (sides[0], sides[1]) {
        case (.column(let column, .timestamptz), .literal(.timestamptz(let time), _)):
            return Self.times(function, time).map { (column, $0) }
        case (.literal(.timestamptz(let time), _), .column(let column, .timestamptz)):
            return Self.times(Comparison.mirrored(function), time).map { (column, $0) }
        default: return nil
        }
    }

    private static func times(_ function: ScalarFunction, _ time: Int64) -> ClosedRange<Int64>? {
        switch function {
        case .equal: time...time
        case .less: time > .min ? .min...(time - 1) : nil
        case .lessOrEqual: .min...time
        case .greater: time < .max ? (time + 1)...(.max) : nil
        case .greaterOrEqual: time...(.max)
        default: nil
        }
    }
}
