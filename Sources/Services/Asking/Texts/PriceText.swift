package import Domain
package import EventStores
import JSONTexts

/// Prices for people.
package enum PriceText {
    /// A line for each finding; empty when there is none.
    private static func findings(_ book: PriceBook, _ look: () throws -> Void) rethrows -> String {
        let findings = try book.findings(look: look)
        return findings.map { "\($0.provider) \($0.model): \($0.kind.rawValue): \($0.explanation)\n" }.joined()
    }

    /// Findings, and calls without an exact cost; empty when there is neither.
    /// - Parameter look: called between bounded stretches of work.
    package static func check(
        _ book: PriceBook, _ calls: InexactCalls, look: () throws -> Void
    ) rethrows -> String {
        let findings = try findings(book, look)
        guard !calls.groups.isEmpty else { return findings }
        let rows = [inexactHeader] + calls.groups.map(cells)
        return findings + (findings.isEmpty ? "" : "\n") + "Calls without an exact cost:\n\n" + renderAligned(rows)
    }

    /// What stands above ``cells(of:)``.
    package static let inexactHeader = ["PROVIDER", "MODEL", "TIER", "MISSING", "CALLS", "AT LEAST USD", "AT MOST USD"]

    /// A line about calls without an exact cost, every digit of its amounts.
    package static func cells(of group: InexactCalls.Group) -> [String] {
        func text(_ bytes: [UInt8], _ absent: String) -> String {
            bytes.isEmpty ? absent : String(decoding: bytes, as: UTF8.self)
        }
        return [
            text(group.provider, "–"), text(group.model, "–"), text(group.serviceTier, "–"),
            text(group.gaps, "not noted"), "\(group.calls)", usd(group.low), group.high.map(usd) ?? "unknown",
        ]
    }

    /// What a correction would change, a line for each model; one sentence where it would change nothing.
    package static func preview(_ preview: RebookingPreview, provider: String, model: String?) -> String {
        guard preview.calls > 0 else {
            return
                "no call of \(provider)\(model.map { " \($0)" } ?? "") in that time costs anything else at the prices in force\n"
        }
        var rows = [["MODEL", "CALLS", "FROM USD", "TO USD", "NOT EXACT BEFORE", "NOT EXACT AFTER"]]
        for model in preview.models {
            rows.append([
                model.name.isEmpty ? "–" : String(decoding: model.name, as: UTF8.self), "\(model.calls)",
                (model.inexactBefore > 0 ? "at least " : "") + usd(model.before),
                (model.inexactAfter > 0 ? "at least " : "") + usd(model.after), "\(model.inexactBefore)",
                "\(model.inexactAfter)",
            ])
        }
        return renderAligned(rows)
    }

    private static func usd(_ picoUSD: Int128) -> String { DecimalText.renderUSD(picoUSD, minimumDecimals: 2) }

    /// What a correction did: in one line where all costs are exact, else a line more for each kind of call.
    package static func summary(of rebooking: Rebooking) -> String {
        guard rebooking.calls > 0 else {
            let model = rebooking.model.map { " \($0)" } ?? ""
            return "no call of \(rebooking.provider)\(model) in that time costs anything else at the prices in force; "
                + "nothing was recorded\n"
        }
        let (change, isOne) = (rebooking.change, rebooking.calls == 1)
        let calls =
            "\(count(rebooking.calls)) up to position \(rebooking.lastPosition) \(isOne ? "costs" : "cost") something else now"
        let exact = "\(usd(change.exact.after.low - change.exact.before.low)) USD"
        guard change.exact.calls < change.all.calls else { return "\(calls), \(exact) all together\n" }
        let (low, high) = (
            change.all.differenceLow.map(usd) ?? "unknown", change.all.differenceHigh.map(usd) ?? "unknown"
        )
        var lines = ["\(calls); the whole difference in USD is at least \(low), at most \(high)"]
        if change.exact.calls > 0 {
            lines.append("\(count(change.exact.calls)) with an exact cost before and after: \(exact)")
        }
        func add(_ part: RebookingChange.Part, _ what: String) {
            guard part.calls > 0 else { return }
            let (has, its) = part.calls == 1 ? ("has", "its") : ("have", "their")
            lines.append(
                "\(count(part.calls)) \(has) \(what): \(its) cost is \(range(part.after)), and was \(range(part.before))"
            )
        }
        add(change.exactBefore, "no exact cost any more")
        add(change.exactAfter, "an exact cost now")
        add(change.inexact, "no exact cost, as before")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func count(_ calls: Int64) -> String { calls == 1 ? "1 call" : "\(calls) calls" }

    private static func range(_ cost: RebookingChange.Bounds) -> String {
        if cost.high == cost.low { return "\(usd(cost.low)) USD" }
        return "at least \(usd(cost.low)) USD, at most \(cost.high.map { usd($0) + " USD" } ?? "unknown")"
    }
}
