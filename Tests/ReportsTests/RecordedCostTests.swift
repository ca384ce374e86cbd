import Columnar
import Domain
import Reports
import Testing

/// A bill counts in the time that it is for, whenever it came.
@Suite struct RecordedCostTests {
    private static let day: Int64 = 86_400 * 1_000_000_000
    /// 2026-08-01T00:00:00Z
    private static let august = SampleStore.start - 9 * 3_600 * 1_000_000_000
    private static let september = august + 31 * day

    private static func add(
        _ sample: inout SampleStore, _ amount: Int64, from: Int64?, to: Int64?, onDay: Int, category: String = "gpu"
    ) {
        var fields: [String: EventValue] = [
            "category": .text(category), "amount_usd": .integer(amount), "vendor": .text("rack"),
        ]
        fields["period_start"] = from.map { .integer($0) }
        fields["period_end"] = to.map { .integer($0) }
        sample.add("cost.recorded", at: Double(onDay) * 86_400, fields)
    }

    /// Records and cost of a category between two instants, and what `invoices` has of it.
    private static func recorded(
        _ sample: inout SampleStore, _ from: Int64, _ to: Int64, category: String = "gpu"
    ) throws -> (records: Int128, amount: Int128, invoiced: Int128) {
        let report = try sample.runner().report(.cost, ReportRequest(from: from, to: to))
        let section = try #require(report.section("other_costs"))
        var (records, amount, invoiced) = (Int128(0), Int128(0), Int128(0))
        for row in section.rows.indices where section.value("category", row: row) == .text(category) {
            if case .count(let count) = section.value("records", row: row) { records += count }
            if case .usd(let cost) = section.value("cost_usd", row: row) { amount += cost }
        }
        let invoices = try #require(report.section("invoices"))
        for row in invoices.rows.indices {
            if case .usd(let part) = invoices.value("in_period_usd", row: row) { invoiced += part }
        }
        return (records, amount, invoiced)
    }

    @Test func aBillCountsInTheMonthThatItIsFor() throws {
        var sample = try SampleStore(nowSeconds: 90 * 86_400)
        Self.add(&sample, 310_000_000_000_001, from: Self.august, to: Self.september, onDay: 40)
        let month = try Self.recorded(&sample, Self.august, Self.september)
        #expect(month.records == 1 && month.amount == 310_000_000_000_001 && month.invoiced == month.amount)
        let next = try Self.recorded(&sample, Self.september, Self.september + 30 * Self.day)
        #expect(next.records == 0 && next.amount == 0 && next.invoiced == 0)
        // A day of it, at its beginning and at its end: rounded down, and what is left.
        let first = try Self.recorded(&sample, Self.august - Self.day, Self.august + Self.day)
        let last = try Self.recorded(&sample, Self.september - Self.day, Self.september + Self.day)
        #expect(first.amount == 10_000_000_000_000 && last.amount == 10_000_000_000_001)
    }

    /// Amounts that no number of parts divides, a credit, the greatest that a column holds, and odd ends.
    @Test(arguments: [1, 7, -7, 100_000_000_000_003, -999_999_999_999_989, Int64.max, -Int64.max])
    func partsAddUpToTheBill(_ amount: Int64) throws {
        var sample = try SampleStore(nowSeconds: 200 * 86_400)
        let (start, end) = (Self.august - 17 * Self.day - 1, Self.september + 11 * Self.day + 12_345)
        Self.add(&sample, amount, from: start, to: end, onDay: 1)
        let cuts = [
            start - Self.day, start + 1, Self.august, Self.august + 3, Self.september, Self.september + Self.day,
            end + Self.day,
        ]
        var (sum, invoiced) = (Int128(0), Int128(0))
        for (from, to) in zip(cuts, cuts.dropFirst()) {
            let part = try Self.recorded(&sample, from, to)
            #expect(part.records == 1 && part.amount.magnitude <= UInt128(amount.magnitude))
            #expect(part.amount == 0 || (part.amount < 0) == (amount < 0))
            (sum, invoiced) = (sum + part.amount, invoiced + part.invoiced)
        }
        #expect(sum == Int128(amount) && invoiced == Int128(amount))
    }

    /// Each bill is cut for itself, so that equal ones cost twice as much as one.
    @Test func billsAreCutOneByOne() throws {
        var sample = try SampleStore(nowSeconds: 90 * 86_400)
        for _ in 0..<2 { Self.add(&sample, 31, from: Self.august, to: Self.september, onDay: 2) }
        Self.add(&sample, 62, from: Self.august, to: Self.september, onDay: 2, category: "rent")
        let half = Self.august + 31 * Self.day / 2
        let gpu = try Self.recorded(&sample, Self.august, half)
        #expect(gpu.records == 2 && gpu.amount == 2 * 15)
        let rent = try Self.recorded(&sample, Self.august, half, category: "rent")
        #expect(rent.amount == 31)
        // One line of the vendor and the time, whole and in part.
        let report = try sample.runner().report(.cost, ReportRequest(from: Self.august, to: half))
        let invoices = try #require(report.section("invoices"))
        #expect(invoices.rows.count == 1 && invoices.value("records", row: 0) == .count(3))
        #expect(
            invoices.value("invoiced_usd", row: 0) == .usd(124) && invoices.value("in_period_usd", row: 0) == .usd(61))
    }

    @Test func whatSaysNoTimeCountsByItsOwn() throws {
        var sample = try SampleStore(nowSeconds: 90 * 86_400)
        let ends: [(Int64?, Int64?)] = [
            (nil, nil), (Self.august, nil), (nil, Self.september), (Self.september, Self.august),
        ]
        for (from, to) in ends { Self.add(&sample, 5, from: from, to: to, onDay: 40) }
        let before = try Self.recorded(&sample, Self.august, Self.september)
        #expect(before.records == 0)
        let found = try Self.recorded(&sample, Self.september, Self.september + 30 * Self.day)
        #expect(found.records == 4 && found.amount == 20 && found.invoiced == 20)
    }
}
