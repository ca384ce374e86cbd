import Columnar
import Domain
import Projections
import Segments

/// Prices that became known after calls were sealed without one, and deliberate corrections, laid over the calls when
/// they are read.
///
/// A class without a price takes the first one that becomes known and was valid at the call's time; what had a price
/// keeps it, unless a correction books the call again: then the last one counts, and prices that come after it. A call
/// that is priced waits for nothing: no later price changes it until the next correction. So the cost of a call is a
/// function of its position, the price history and the corrections, whatever came in one batch and wherever it was
/// sealed, and segments need not be rewritten.
final class CostOverlay: Sendable {
    /// What is read through it is read through no other.
    let origin = MorselIdentity.freshOrigin()
    private let late: LatePrices
    /// Late prices of smaller numbers count.
    private let lateCount: Int
    /// Oldest first.
    private let rebookings: [Rebooking]
    /// The whole history: what was known at a position is asked by that position.
    private let book: PriceBook

    private init(book: PriceBook, late: LatePrices, lateCount: Int, rebookings: [Rebooking]) {
        (self.book, self.late, self.lateCount, self.rebookings) = (book, late, lateCount, rebookings)
    }

    /// - Parameter lateCount: so many of the late prices count, the first ones; nil: all.
    convenience init(_ prices: PriceLedger, lateCount: Int? = nil) {
        self.init(
            book: prices.book, late: prices.late, lateCount: lateCount ?? prices.late.count,
            rebookings: prices.rebookings)
    }

    /// The same with one more correction.
    func adding(_ rebooking: Rebooking) -> CostOverlay { adding([rebooking]) }

    /// The same with more corrections, oldest first.
    func adding(_ more: [Rebooking]) -> CostOverlay {
        CostOverlay(book: book, late: late, lateCount: lateCount, rebookings: rebookings + more)
    }

    /// Whether a sealed group may hold a call that a late price or a correction concerns.
    func concerns(_ group: RowGroup) -> Bool {
        if mayCorrect(group) { return true }
        guard lateCount > 0, let state = group.summary(named: "price_state") else { return false }
        let priced = Scalar.text(PriceState.priced.name)
        return state.minimum != priced || state.maximum != priced
    }

    /// Whether a sealed group may hold a call that a correction concerns, so that what the group says of its costs need
    /// not hold.
    func mayCorrect(_ group: RowGroup) -> Bool { rebookings.contains { $0.mayConcern(group) } }

    /// What a call costs that was booked at some cost.
    /// - Parameter row: the one that the fields were read from.
    /// - Complexity: O(log² late prices), and O(prices of its model) for each that concerns it.
    func cost(of fields: CallFields, in row: EventRow, position: Int64, booked: CallCost) -> CallCost {
        let names = fields.names(in: row)
        return cost(
            of: fields.usage, provider: names.provider, requestModel: names.requestModel,
            responseModel: names.responseModel,
            serviceTier: names.serviceTier, time: fields.time, position: position, booked: booked)
    }

    /// The same of a call that is read from columns.
    func cost(
        of usage: TokenUsage, provider: String, requestModel: String?, responseModel: String?, serviceTier: String?,
        time: Int64, position: Int64, booked: CallCost
    ) -> CallCost {
        let rebooking = rebookings.last {
            $0.concerns(
                provider: provider, requestModel: requestModel, responseModel: responseModel, time: time,
                position: position)
        }
        guard rebooking != nil || booked.state != .priced else { return booked }
        // The prices that were known when the cost was decided.
        let known =
            rebooking.map { PriceHorizon(before: $0.lastPosition + 1, list: $0.list) }
            ?? PriceHorizon(before: position)
        let call = LatePrices.Call(
            provider: provider, requestModel: requestModel, responseModel: responseModel, serviceTier: serviceTier,
            time: time)
        let concerning = late.numbers(of: call, among: 0..<lateCount).map { late[$0] }.filter {
            !known.includes($0.entry)
        }
        guard rebooking != nil || !concerning.isEmpty else { return booked }
        let candidates = book.candidates(provider: provider, requestModel: requestModel, responseModel: responseModel)
        let tier = PriceEntry.normalised(tier: serviceTier)
        var prices = PriceQuote(candidates, serviceTier: tier, at: time, known: known).prices
        var cost = BookedCost(usage, at: prices)
        // A class without a price takes what the book says of it once it says something, as long as the call waits for
        // some price.
        for change in concerning {
            if cost.state == .priced { break }
            let later = PriceHorizon(before: change.entry.position + 1)
            prices = prices.filled(from: PriceQuote(candidates, serviceTier: tier, at: time, known: later).prices)
            cost = BookedCost(usage, at: prices)
        }
        return CallCost(cost)
    }
}
