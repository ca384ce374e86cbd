import Bytes
import Columnar
import JSONTexts
import Plans

/// How many different values come is up to whoever sends, so what is asked of the whole period may take more memory
/// than a question has. Then it is asked of parts of the period, the latest first, and nothing grows with what came.
extension DoctorQueries {
    /// Shorter parts are left out: what came at one time is a few requests.
    private static let partNanosecondsMin: UInt64 = 1_000_000
    /// Questions about parts, answered or not.
    private static let partsMax = 200
    /// Rows that are taken of a part.
    private static let partRowsMax = 10_000

    /// Asks of the whole period or, where that takes too much memory, of parts of it, until the time is over. What is
    /// left out is noted.
    /// - Parameters:
    ///   - what: is asked for, as a note names it.
    ///   - isNeeded: without any answer there is no report.
    ///   - ask: asks of a part, and keeps nothing of one for which it throws. False: no earlier part is needed.
    /// - Returns: whether nothing was left out.
    /// - Throws: as ``ReportRunner/rows(_:)``; for lack of memory only where others hold it, and out of time only what
    ///   is needed.
    @discardableResult
    func inParts(_ what: String, isNeeded: Bool = false, _ ask: (DoctorQueries) throws -> Bool) throws -> Bool {
        var end = period.to
        var width = UInt64.max
        var (asked, leftOut, isAnswered) = (0, 0, false)
        while end > period.from {
            guard asked < Self.partsMax else {
                runner.note("\(what) of what came before \(RFC3339.render(end)) \(Self.tooMany)")
                return false
            }
            asked += 1
            // Two times may lie further apart than 63 bits say.
            width = min(width, UInt64(bitPattern: end &- period.from))
            let part = ReportPeriod(from: end &- Int64(bitPattern: width), to: end)
            do {
                guard try ask(DoctorQueries(runner: runner, period: part)) else { break }
                isAnswered = true
            } catch let error as QueryError where error.kind == .deadlineExceeded {
                if isNeeded, !isAnswered { throw error }
                runner.note("\(what) of what came before \(RFC3339.render(end)) are not counted (the time is over)")
                return false
            } catch let error as QueryError where error.kind == .memoryExceeded {
                if width > Self.partNanosecondsMin {
                    width /= 2
                    continue
                }
                if error == .memoryTaken || isNeeded && part.from <= period.from && !isAnswered { throw error }
                leftOut += 1
            }
            end = part.from
            width = width > .max / 2 ? .max : width * 2
        }
        if leftOut > 0 { runner.note("\(what) of the fullest \(leftOut) ms \(Self.tooMany)") }
        return leftOut == 0
    }

    private static let tooMany = "are not counted (they are too many for the memory of a question)"

    /// Rows that count something by values that others chose: those with the most.
    /// - Parameters:
    ///   - what: is counted, as a note names it.
    ///   - columns: of the rows.
    ///   - order: the sums that rows descend by; after them they ascend by their keys.
    ///   - isNeeded: as ``inParts(_:isNeeded:_:)`` has it.
    ///   - sql: the question about a part, for so many rows at most, in that order.
    /// - Throws: as ``inParts(_:isNeeded:_:)``.
    func counted(
        _ what: String, _ columns: [MergedRows.Column], by order: [Int], limit: Int = Self.rowsMax,
        isNeeded: Bool = false, _ sql: (_ part: DoctorQueries, _ limit: Int) -> String
    ) throws -> [ReportRow] {
        try merged(what, columns, by: order, limit: limit, isNeeded: isNeeded, sql).rows
    }

    /// The same, with whether it is of the whole period.
    func merged(
        _ what: String, _ columns: [MergedRows.Column], by order: [Int], limit: Int = Self.rowsMax,
        isNeeded: Bool = false, _ sql: (_ part: DoctorQueries, _ limit: Int) -> String
    ) throws -> (rows: [ReportRow], isWhole: Bool) {
        var whole: [ReportRow]?
        var merged = MergedRows(columns, by: order)
        let isWhole = try inParts(what, isNeeded: isNeeded) { part in
            if part.period == period {
                whole = try runner.rows(sql(part, limit))
                return true
            }
            let rows = try runner.rows(sql(part, Self.partRowsMax))
            merged.add(rows, isCut: rows.count >= Self.partRowsMax)
            return true
        }
        if let whole { return (whole, true) }
        if merged.isCut { noteRareOnes(of: what) }
        return (Array(merged.sorted.prefix(limit)), isWhole)
    }

    /// Says that counts are lower bounds.
    func noteRareOnes(of what: String) {
        runner.note("\(what) are so many that rare ones are left out and counts are lower bounds")
    }

    /// The condition that something came in this part of a period or so little before or after it that a call beside
    /// it may tell of it: calls are settled some seconds after their spans came.
    func receivedNearby(within whole: ReportPeriod) -> String {
        let wide = period.widened(byNanoseconds: min(Nanoseconds.minute, period.to.saturatingSubtract(period.from)))
        return ReportPeriod(from: max(wide.from, whole.from), to: min(wide.to, whole.to)).contains("received_time")
    }
}

/// Rows about parts of a period as rows about all of them: a bounded number, those with the most.
struct MergedRows {
    /// What becomes of a column where rows of several parts have the same keys.
    enum Column { case key, sum, least, greatest }

    /// Rows that are kept; when more come the half with less goes.
    private static let rowsMax = 20_000

    private let columns: [Column]
    private let order: [Int]
    private var rows: [[Scalar]: ReportRow] = [:]
    /// Whether rows were left out, so that sums may be too small.
    private(set) var isCut = false

    init(_ columns: [Column], by order: [Int]) { (self.columns, self.order) = (columns, order) }

    /// - Parameter isCut: whether the part has more rows.
    mutating func add(_ more: [ReportRow], isCut isPartCut: Bool) {
        isCut = isCut || isPartCut
        for row in more {
            let key = columns.indices.filter { columns[$0] == .key }.map { row.values[$0] }
            rows[key] = rows[key].map { merge($0, row) } ?? row
            guard rows.count > Self.rowsMax else { continue }
            isCut = true
            let kept = entries.prefix(Self.rowsMax / 2)
            rows = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
        }
    }

    /// In the order of the question.
    var sorted: [ReportRow] { entries.map(\.value) }

    /// order: keys differ, so that every two rows have an order.
    private var entries: [(key: [Scalar], value: ReportRow)] {
        rows.sorted { precedes($0.value, $1.value) }.map { (key: $0.key, value: $0.value) }
    }

    private func merge(_ one: ReportRow, _ other: ReportRow) -> ReportRow {
        ReportRow(
            values: columns.enumerated().map { place, column in
                let (mine, theirs) = (one.values[place], other.values[place])
                switch column {
                case .key: return mine
                case .sum: return .numeric(one.integer(place) + other.integer(place), scale: 0)
                case .least, .greatest:
                    if mine.isNull || theirs.isNull { return mine.isNull ? theirs : mine }
                    return (ScalarOrder.compare(mine, theirs) < 0) == (column == .least) ? mine : theirs
                }
            })
    }

    private func precedes(_ one: ReportRow, _ other: ReportRow) -> Bool {
        for place in order where one.integer(place) != other.integer(place) {
            return one.integer(place) > other.integer(place)
        }
        for place in columns.indices where columns[place] == .key {
            let (mine, theirs) = (one.values[place], other.values[place])
            if mine.isNull || theirs.isNull {
                if mine.isNull != theirs.isNull { return theirs.isNull }
                continue
            }
            let order = ScalarOrder.compare(mine, theirs)
            if order != 0 { return order < 0 }
        }
        return false
    }
}
