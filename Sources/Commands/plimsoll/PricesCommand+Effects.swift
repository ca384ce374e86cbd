import Domain
import EventStores
import Platform
import Server
import Transfers

extension PricesCommand.Load {
    /// Says what new prices supersede, what has none any more, and which calls stay booked at other prices.
    func tell(_ effects: PriceListEffects, _ source: Source) async throws {
        let machine = Machine()
        for pair in effects.pairs {
            var lines = pair.lines
            let times = pair.validFrom..<Int64.max
            let preview: RebookingPreview
            switch source {
            case .directory(let directory):
                preview = try machine.reading(directory) {
                    try $0.snapshot().rebookingPreview(provider: pair.provider, model: pair.correctedModel, times: times)
                }
            case .server(let address):
                let remote = RemoteRebooking(server: address)
                preview = try await remote.preview(provider: pair.provider, model: pair.correctedModel, times: times)
            }
            if preview.calls > 0 { lines += Self.staying(preview, pair) }
            guard !lines.isEmpty else { continue }
            StandardStream.output.print("\n\(pair.provider) \(pair.model)\n" + lines.map { "  \($0)" }.joined(separator: "\n"))
        }
    }

    private static func staying(_ preview: RebookingPreview, _ pair: PriceListEffects.Pair) -> [String] {
        func usd(_ picoUSD: Int128) -> String { DecimalText.renderUSD(picoUSD, minimumDecimals: 2) }
        func sum(_ amount: (RebookingPreview.Model) -> Int128) -> Int128 { preview.models.reduce(0) { $0 + amount($1) } }
        let calls = preview.calls == 1 ? "1 call stays" : "\(preview.calls) calls stay"
        let model = pair.correctedModel.map { " --model '\($0)'" } ?? ""
        return [
            "\(calls) booked at other prices: \(usd(sum { $0.before })) USD; at these \(usd(sum { $0.after })) USD. To book them again:",
            "plimsoll prices rebook --provider '\(pair.provider)'\(model) --from \(RFC3339.render(pair.validFrom))",
        ]
    }
}
