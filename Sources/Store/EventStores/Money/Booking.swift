import Domain
import Projections

/// Books calls and takes prices over, in position order: the money side of the single writer. Beside the ledger it
/// remembers only what follows from it.
struct Booking: Sendable {
    private var booker = CallBooker()
    private let known: WellKnownColumns
    private let types: WellKnownTypes

    init(_ registry: SchemaRegistry) { (known, types) = (registry.wellKnown, registry.wellKnownTypes) }

    /// Types of which it books events or takes prices over: all others are nothing to it.
    var bookedTypes: [UInt16] { [types.llmCall, types.embeddingCall, types.priceSet] }

    /// To be called where prices became others without ``book(_:position:prices:)``.
    mutating func forget() { booker.forget() }

    /// Books the event if it is a call, takes it over if it is a price.
    /// - Returns: what a call costs; nil for every other event.
    mutating func book(_ row: EventRow, position: Int64, prices: inout PriceLedger) -> CallCost? {
        let type = row.type
        if type == types.priceSet {
            guard let entry = PriceEntry(row: row, position: position, known), prices.add(entry) else {
                return nil
            }
            booker.forget()
            return nil
        }
        guard isCall(type) else { return nil }
        let fields = CallFields(row, known, types)
        let span = row.bytes.span
        return CallCost(
            booker.book(
                fields.usage, provider: span.extracting(fields.provider),
                requestModel: span.extracting(fields.requestModel),
                responseModel: span.extracting(fields.responseModel), serviceTier: span.extracting(fields.serviceTier),
                at: fields.time, from: prices.book))
    }

    /// What a call costs that takes the place of another at a position: by the prices that were known there and by what
    /// lies over that call, not by those of today. So a trace that settles again books its calls as they would have
    /// been booked at once.
    /// - Returns: nil for every event that is no call.
    func cost(inPlaceOf position: Int64, _ row: EventRow, _ book: PriceBook, _ overlay: CostOverlay) -> CallCost? {
        guard isCall(row.type) else { return nil }
        let fields = CallFields(row, known, types)
        let names = fields.names(in: row)
        let candidates = book.candidates(
            provider: names.provider, requestModel: names.requestModel, responseModel: names.responseModel)
        let tier = PriceEntry.normalised(tier: names.serviceTier)
        let quote = PriceQuote(candidates, serviceTier: tier, at: fields.time, known: PriceHorizon(before: position))
        return overlay.cost(
            of: fields, in: row, position: position, booked: CallCost(BookedCost(fields.usage, at: quote.prices)))
    }

    private func isCall(_ type: UInt16) -> Bool { type == types.llmCall || type == types.embeddingCall }
}
