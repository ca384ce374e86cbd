import Columnar
import Domain
import Projections
import Segments

/// Prices that became known after calls were sealed without one, and deliberate corrections, laid over the calls when they are read.
///
/// A class without a price takes the first one that becomes known and was valid at the call's time; what had a price keeps it, unless a
/// correction books the call again: then the last one counts, and prices that come after it. So the cost of a call is a function of its
/// position, the price history and the corrections, and segments need not be rewritten.
final class CostOverlay: Sendable {
    private let late: [PriceChange]
    /// Oldest first.
    private let rebookings: [Rebooking]
    /// The whole history: what was known at a position is asked by that position.
    private let book: PriceBook

    init(book: PriceBook, late: [PriceChange], rebookings: [Rebooking]) {
        self.book = book
        self.rebookings = rebookings
        self.late = late.sorted { $0.entry.position < $1.entry.position }
    }

    /// The same with one more correction.
    func adding(_ rebooking: Rebooking) -> CostOverlay { CostOverlay(book: book, late: late, rebookings: rebookings + [rebooking]) }

    /// Whether a sealed group may hold a call that a late price or a correction concerns.
    func concerns(_ group: RowGroup) -> Bool {
        if rebookings.contains(where: { $0.mayConcern(group) }) { return true }
        guard !late.isEmpty, let state = group.summary(named: "price_state") else { return false }
        let priced = Scalar.text(PriceState.priced.name)
        return state.minimum != priced || state.maximum != priced
    }

    /// What a call costs that was booked at some cost.
    /// - Complexity: O(late prices).
    func cost(
        of usage: TokenUsage, provider: String, requestModel: String?, responseModel: String?, serviceTier: String?, time: Int64,
        position: Int64, booked: CallCost
    ) -> CallCost {
        let rebooking = rebookings.last {
            $0.concerns(provider: provider, requestModel: requestModel, responseModel: responseModel, time: time, position: position)
        }
        guard rebooking != nil || booked.state != .priced else { return booked }
        // The position up to which prices were known when the cost was decided.
        let decided = rebooking.map { $0.lastPosition + 1 } ?? position
        let concerning = late.filter {
            $0.entry.position > decided - (rebooking == nil ? 0 : 1)
                && $0.concerns(provider: provider, requestModel: requestModel, responseModel: responseModel, time: time)
        }
        guard rebooking != nil || !concerning.isEmpty else { return booked }
        let candidates = book.candidates(provider: provider, requestModel: requestModel, responseModel: responseModel)
        let tier = PriceEntry.normalised(tier: serviceTier)
        var prices = PriceQuote(candidates, serviceTier: tier, at: time, before: decided).prices
        // A class without a price takes what the book says of it once it says something.
        for change in concerning {
            prices = prices.filled(from: PriceQuote(candidates, serviceTier: tier, at: time, before: change.entry.position + 1).prices)
        }
        return CallCost(BookedCost(usage, at: prices))
    }
}
