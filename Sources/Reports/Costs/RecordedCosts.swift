import Domain

/// What `cost.recorded` says that a period costs.
///
/// A record with a time of its own (`period_start`, `period_end`) is a cost of that time, whenever the bill came. Of
/// one that a report covers in part the share of its time counts: what is due by the end less what was due by the
/// beginning, each rounded towards zero, so that the parts of neighbouring reports add up to the bill.
struct RecordedCosts {
    /// In the order of vendors, times and invoices.
    let records: [Record]

    /// Records that say the same.
    struct Record {
        var category: GroupCell
        var categoryText: String?
        var vendor: String?
        var invoice: String?
        var start: Int64?
        var end: Int64?
        var count: Int128
        /// Of all of them, in pico-USD.
        var amount: Int128
        /// What of it counts in the period.
        var amountWithin: Int128

        /// The time that it is for; nil: it says none.
        var covered: ReportPeriod? {
            guard let start, let end, start < end else { return nil }
            return ReportPeriod(from: start, to: end)
        }
    }

    private static let isOfATime = "(period_start is not null and period_end is not null and period_start < period_end)"

    /// - Throws: as `ReportRunner/report(_:_:)`.
    init(runner: ReportRunner, period: ReportPeriod) throws {
        let overlaps = "period_start < \(SQLTexts.time(period.to)) and period_end > \(SQLTexts.time(period.from))"
        let rows = try runner.rows(
            "select category, vendor, invoice_id, period_start, period_end, amount_usd, count(*) from cost_recorded "
                + "where amount_usd is not null and case when \(Self.isOfATime) then \(overlaps) else \(period.contains("time")) end "
                + "group by 1, 2, 3, 4, 5, 6 "
                + "order by 2 nulls last, 4 nulls last, 5 nulls last, 3 nulls last, 1 nulls last, 6")
        records = rows.map { row in
            let (amount, count) = (row.picoUSD(5), row.integer(6))
            var record = Record(
                category: GroupCell(row.values[0]), categoryText: row.text(0), vendor: row.text(1),
                invoice: row.text(2), start: row.time(3), end: row.time(4), count: count, amount: amount * count,
                amountWithin: amount * count)
            // Each is cut for itself, so that no sum depends on what was told together.
            if let covered = record.covered {
                record.amountWithin = Self.part(of: amount, for: covered, within: period) * count
            }
            return record
        }
    }

    /// What records of one category come to.
    struct Category {
        var name: String?
        var records: Int128 = 0
        /// What of them counts in the period.
        var amount: Int128 = 0
        /// The same of those that are asked for.
        var amountAsked: Int128 = 0
    }

    /// A line a category.
    func byCategory(asked isAsked: (Record) -> Bool) -> [Category] {
        var groups = Grouped<Category>()
        for record in records {
            let (key, none) = (GroupKey(cells: [record.category]), Category(name: record.categoryText))
            groups[key, default: none].records += record.count
            groups[key, default: none].amount += record.amountWithin
            if isAsked(record) { groups[key, default: none].amountAsked += record.amountWithin }
        }
        return groups.sorted.map(\.value)
    }

    /// A period with all the times that its records are for.
    func span(with period: ReportPeriod) -> ReportPeriod {
        let covered = records.compactMap(\.covered)
        return ReportPeriod(
            from: covered.reduce(period.from) { min($0, $1.from) }, to: covered.reduce(period.to) { max($0, $1.to) })
    }

    private static func part(of amount: Int128, for covered: ReportPeriod, within period: ReportPeriod) -> Int128 {
        due(of: amount, for: covered, by: period.to) - due(of: amount, for: covered, by: period.from)
    }

    /// What of an amount is due by an instant: all of it from the end of its time on, nothing up to its beginning.
    private static func due(of amount: Int128, for covered: ReportPeriod, by instant: Int64) -> Int128 {
        if instant <= covered.from { return 0 }
        if instant >= covered.to { return amount }
        let elapsed = UInt128(Int128(instant) - Int128(covered.from))
        let whole = UInt128(Int128(covered.to) - Int128(covered.from))
        // An amount has 64 bits with its sign and a time between two instants has 64: the product has less than 128.
        let share = Int128(amount.magnitude * elapsed / whole)
        return amount < 0 ? -share : share
    }

    static let definitions = [
        ReportDefinition(
            "recorded",
            "cost.recorded with period_start and period_end: in the time that it is for, whenever it came; of one that lies in the period "
                + "in part the share of its time, so that parts add up to the bill. Others by their time")
    ]
}
