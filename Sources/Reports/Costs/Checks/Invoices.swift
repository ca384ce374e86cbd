import Bytes
import Domain

/// Bills that senders tell as `cost.recorded`, each beside what was booked of its vendor's calls in the time that it
/// covers.
struct Invoices {
    let runner: ReportRunner
    let recorded: RecordedCosts
    private static let listed = 100

    /// Records of one bill; of a vendor's bills for one time all together.
    private struct Bill {
        var vendor: String?
        /// The numbers, without repetition.
        var invoices: [String]
        var start: Int64?
        var end: Int64?
        var records: Int128
        var amount: Int128
        var amountWithin: Int128

        init(_ record: RecordedCosts.Record) {
            (vendor, start, end) = (record.vendor, record.start, record.end)
            invoices = record.invoice.map { [$0] } ?? []
            (records, amount, amountWithin) = (record.count, record.amount, record.amountWithin)
        }

        /// Whether both are of one vendor for one time: then only both together can be compared with what was booked.
        /// Without these only records of one number are one bill.
        func isOfTheSame(_ other: Bill) -> Bool {
            guard Self.same(vendor, other.vendor), start == other.start, end == other.end else { return false }
            if vendor != nil, start != nil, end != nil { return true }
            return Self.same(invoices.last, other.invoices.last)
        }

        mutating func add(_ other: Bill) {
            // Records stand in the order of their numbers.
            if let number = other.invoices.last, !Self.same(invoices.last, number) { invoices.append(number) }
            records += other.records
            amount += other.amount
            amountWithin += other.amountWithin
        }

        /// By bytes: texts that only look alike are different.
        private static func same(_ left: String?, _ right: String?) -> Bool {
            guard let left, let right else { return left == nil && right == nil }
            return left.hasSameBytes(as: right)
        }
    }

    /// One row a vendor and time, the first hundred; empty where no record names a vendor or a number.
    func section() throws -> ReportSection {
        ReportSection(
            name: "invoices", title: "Invoices, beside what was booked of the same provider and time",
            columns: [
                ReportColumn("vendor", "vendor"), ReportColumn("invoice_id", "invoice"),
                ReportColumn("period_start", "from"),
                ReportColumn("period_end", "to"), ReportColumn("records", "records"),
                ReportColumn("invoiced_usd", "invoiced"),
                ReportColumn("in_period_usd", "of it in the period"), ReportColumn("calls", "calls"),
                ReportColumn("booked_usd", "booked"),
                ReportColumn("booked_low_usd", "booked at least"), ReportColumn("booked_high_usd", "booked at most"),
                ReportColumn("difference_usd", "invoiced − booked at least"),
            ],
            rows: try bills.prefix(Self.listed).map(row))
    }

    private var bills: [Bill] {
        var bills: [Bill] = []
        for record in recorded.records where record.vendor != nil || record.invoice != nil {
            let bill = Bill(record)
            if let last = bills.last, last.isOfTheSame(bill) {
                bills[bills.count - 1].add(bill)
            } else {
                bills.append(bill)
            }
        }
        return bills
    }

    private func row(_ bill: Bill) throws -> [ReportValue] {
        let numbers = bill.invoices.isEmpty ? nil : bill.invoices.joined(separator: ", ")
        let told: [ReportValue] = [
            .optional(bill.vendor), .optional(numbers), bill.start.map { .time($0) } ?? .none,
            bill.end.map { .time($0) } ?? .none,
            .count(bill.records), .usd(bill.amount), .usd(bill.amountWithin),
        ]
        guard let vendor = bill.vendor, let start = bill.start, let end = bill.end, start < end else {
            return told + [.none, .none, .none, .none, .none]
        }
        let covered = CostQueries(runner: runner, period: ReportPeriod(from: start, to: end))
        let booked = try covered.whole(where: "lower(provider) = lower(\(SQLTexts.text(vendor)))")
        // Of a vendor none of whose calls is known, such as a landlord, there is nothing to compare.
        guard booked.calls > 0 else { return told + [ReportValue.count(Int128(0)), .none, .none, .none, .none] }
        return told + [
            .count(booked.calls), booked.bookedShown, .usd(booked.low), .amount(booked.high),
            .usd(bill.amount - booked.low),
        ]
    }

    static let definitions = [
        ReportDefinition(
            "invoices",
            "what is recorded in the period with a vendor or invoice_id, whole, and the part of it that counts in the period; beside it "
                + "the calls whose provider is the vendor (capitals are the same) from period_start up to period_end, whatever the period "
                + "of the report. The difference: invoiced − booked at least")
    ]
}
