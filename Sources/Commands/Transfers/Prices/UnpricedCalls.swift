import Domain
import JSONTexts

/// How many calls wait for a price, how many for what no price mends, and what the prices that there are make of all
/// calls: asked before and after prices are set it tells what first prices booked.
package struct UnpricedCalls: Hashable, Sendable {
    /// Calls that are not priced whole.
    private let inexact: Int64
    /// Of them those of which a count was not told: no price makes them whole.
    private let withoutUsage: Int64
    /// What all calls cost at least, in pico-USD.
    private let low: Int64
    /// The last call that was counted.
    private let position: Int64

    /// The first question, in SQL.
    package static let question = sql(where: "")

    /// The same question about the same calls, later.
    package var again: String { Self.sql(where: " where position <= \(position)") }

    private static func sql(where condition: String) -> String {
        let tables = ["llm_call", "embedding_call"].map {
            "select position, price_state, price_gaps, cost_low_usd, \(UsageGaps.columns) from \($0)\(condition)"
        }
        return
            "select count(*) filter (where price_state <> 'priced'), "
            + "count(*) filter (where price_state <> 'priced' and \(UsageGaps.condition)), "
            + "coalesce(sum(cost_low_usd), 0), coalesce(max(position), 0) from ("
            + tables.joined(separator: " union all ") + ") as calls"
    }

    /// Reads the answer as CSV; nil for anything else.
    package init?(csv: [UInt8]) {
        let rows = CSVReader.rows(csv)
        guard rows.count == 2, rows[1].fields.count == 4, let inexact = Int64(rows[1].fields[0]),
            let withoutUsage = Int64(rows[1].fields[1]), let position = Int64(rows[1].fields[3]),
            (0...inexact).contains(withoutUsage),
            let low = try? DecimalText.parse(rows[1].fields[2], scale: DecimalText.usdScale)
        else { return nil }
        (self.inexact, self.withoutUsage, self.low, self.position) = (inexact, withoutUsage, low, position)
    }

    /// What became of the calls since, in a line with its end; empty where none was waiting for what came.
    package func text(after later: UnpricedCalls) -> String {
        let (more, isBeyond) = later.low.subtractingReportingOverflow(low)
        let booked = inexact - later.inexact
        guard !isBeyond, booked > 0 || more > 0 else { return "" }
        let calls = booked == 1 ? "1 call that waited for a price is" : "\(booked) calls that waited for a price are"
        let waiting = later.inexact - later.withoutUsage
        let rest = waiting > 0 ? "; \(waiting) still lack one" : ""
        let untold = later.withoutUsage > 0 ? "; \(later.withoutUsage) lack usage, which no price makes up for" : ""
        return
            "\(calls) booked whole now; all together \(DecimalText.renderUSD(Int128(more), minimumDecimals: 2)) USD more"
            + "\(rest)\(untold)\n"
    }
}
