import Bytes
import Domain
package import EventStores
import JSONTexts

extension PriceListEffects {
    /// Beyond it calls are looked up by provider, and beyond as many providers not at all.
    package static let lookupsMax = 20

    /// Which calls to look up that may stay booked at other prices: those of each pair, or of each provider where the
    /// pairs are many.
    package var lookups: [RebookingPreview.Scope] {
        guard !isByProvider else { return Array(providers.prefix(Self.lookupsMax)) }
        return pairs.map {
            RebookingPreview.Scope(provider: $0.provider, model: $0.correctedModel, times: $0.validFrom..<Int64.max)
        }
    }

    /// What new prices supersede, what has none any more, and which calls stay booked at other prices, for people;
    /// empty where there is nothing to tell.
    /// - Parameter previews: of ``lookups``, in their order.
    package func text(_ previews: [RebookingPreview]) -> String {
        let lookups = lookups
        var blocks = pairs.map { (heading: "\($0.provider) \($0.model)", lines: $0.lines) }
        for (place, preview) in previews.enumerated() where preview.calls > 0 {
            let lines = Self.staying(preview, lookups[place])
            if isByProvider {
                blocks.append((heading: "\(lookups[place].provider), all models", lines: lines))
            } else {
                blocks[place].lines += lines
            }
        }
        let others = isByProvider ? providers.count - lookups.count : 0
        if others > 0 {
            let line = "plimsoll prices rebook --provider P shows which calls of P stay booked at other prices"
            blocks.append((heading: "\(others) more providers were not looked up", lines: [line]))
        }
        return blocks.filter { !$0.lines.isEmpty }.map { block in
            "\n\(block.heading)\n" + block.lines.map { "  \($0)\n" }.joined()
        }.joined()
    }

    private var isByProvider: Bool { pairs.count > Self.lookupsMax }

    /// Each with the first time from which one of its new prices holds.
    private var providers: [RebookingPreview.Scope] {
        var scopes: [RebookingPreview.Scope] = []
        for pair in pairs {
            if let last = scopes.last, last.provider.hasSameBytes(as: pair.provider) {
                scopes[scopes.count - 1].times = min(last.times.lowerBound, pair.validFrom)..<Int64.max
            } else {
                scopes.append(
                    RebookingPreview.Scope(provider: pair.provider, model: nil, times: pair.validFrom..<Int64.max))
            }
        }
        return scopes
    }

    private static func staying(_ preview: RebookingPreview, _ scope: RebookingPreview.Scope) -> [String] {
        func usd(_ amount: (RebookingPreview.Model) -> Int128, _ inexact: (RebookingPreview.Model) -> Int64) -> String {
            let isExact = preview.models.allSatisfy { inexact($0) == 0 }
            let sum = preview.models.reduce(Int128(0)) { $0 + amount($1) }
            return (isExact ? "" : "at least ") + DecimalText.renderUSD(sum, minimumDecimals: 2) + " USD"
        }
        let (before, after) = (usd({ $0.before }, { $0.inexactBefore }), usd({ $0.after }, { $0.inexactAfter }))
        let calls = preview.calls == 1 ? "1 call stays" : "\(preview.calls) calls stay"
        let model = scope.model.map { " --model '\($0)'" } ?? ""
        return [
            "\(calls) booked at other prices: \(before); at these \(after). To book them again:",
            "plimsoll prices rebook --provider '\(scope.provider)'\(model) --from \(RFC3339.render(scope.times.lowerBound))",
        ]
    }
}
