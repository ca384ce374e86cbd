import Domain
import JSONTexts

/// How many calls wait for a price, and what the prices that there are make of all calls: asked before and after prices
/// are set it tells what first prices booked.
package struct UnpricedCalls: Hashable, Sendable {
    /// Calls that are not priced whole.
    private let waiting: Int64
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
            "select position, price_state, cost_low_usd from \($0)\(condition)"
        }
        return
            "select count(*) filter (where price_state <> 'priced'), coalesce(sum(cost_low_usd), 0), coalesce(max(position), 0) from ("
            + tables.joined(separator: " union all ") + ") as calls"
    }

    /// Reads the answer as CSV; nil for anything else.
    package init?(csv: [UInt8]) {
        let rows = CSVReader.rows(csv)
        guard rows.count == 2, rows[1].fields.count == 3, let waiting = Int64(rows[1].fields[0]),
            let position = Int64(rows[1].fields[2]),
            let low = try? DecimalText.parse(rows[1].fields[1], scale: DecimalText.usdScale)
        else { return nil }
        (self.waiting, self.low, self.position) = (waiting, low, position)
    }

    /// What became of the calls since, in a line with its end; empty where none was waiting for what came.
    package func text(after later: UnpricedCalls) -> String {
        let (more, isBeyond) = later.low.subtractingReportingOverflow(low)
        let booked = waiting - later.waiting
        guard !isBeyond, booked > 0 || more > 0 else { return "" }
        let calls = booked == 1 ? "1 call that waited for a price is" : "\(booked) calls that waited for a price are"
        let rest = later.waiting > 0 ? "; \(later.waiting) still lack one" : ""
        return
            "\(calls) booked whole now; all together \(DecimalText.renderUSD(Int128(more), minimumDecimals: 2)) USD more\(rest)\n"
    }
}
