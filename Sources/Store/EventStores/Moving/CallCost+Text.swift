import Bytes
import Domain
import Projections

// What a call costs as a text in an export: state, cost, lower and upper end in pico-USD, and what is missing, with
// semicolons between; empty for null.

extension CallCost {
    var text: String {
        let amounts = [costPicoUSD, lowPicoUSD, highPicoUSD].map { $0.map(String.init) ?? "" }
        return ([state.name] + amounts + (gaps.map { [$0] } ?? [])).joined(separator: ";")
    }

    /// Reads what ``text`` wrote; nil where it is something else, and for what no call can cost.
    init?(text: String) {
        let parts = text.split(separator: ";", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count >= 4, let state = PriceState.allCases.first(where: { $0.name == parts[0] }),
            let low = Int128(parts[2])
        else {
            return nil
        }
        func amount(_ part: Substring) -> Int128?? { part.isEmpty ? .some(nil) : Int128(part).map { .some($0) } }
        guard let cost = amount(parts[1]), let high = amount(parts[3]) else { return nil }
        self.init(
            costPicoUSD: cost, lowPicoUSD: low, highPicoUSD: high, state: state,
            gaps: parts.count > 4 ? String(parts[4]) : nil)
        guard isPossible, self.text.hasSameBytes(as: text) else { return nil }
    }

    /// Whether booking can have come to it: within the limits of prices and usage, and as its state says.
    private var isPossible: Bool {
        let bounds = 0...Int128(BookedCost.picoUSDMax)
        let high = highPicoUSD ?? lowPicoUSD
        guard bounds.contains(lowPicoUSD), bounds.contains(high), high >= lowPicoUSD else { return false }
        return switch state {
        case .priced: costPicoUSD == lowPicoUSD && highPicoUSD == lowPicoUSD && gaps == nil
        case .partly: costPicoUSD == nil
        case .unpriced: costPicoUSD == nil && lowPicoUSD == 0
        }
    }
}
