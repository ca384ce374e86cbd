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
    /// No other has it.
    let origin = MorselIdentity.freshOrigin()
    private let late: LatePrices
    /// Late prices of smaller numbers count.
    private let lateCount: Int
    /// Oldest first.
    private let rebookings: [Rebooking]
    /// A number that no other has beside the overlays whose prices and corrections went on from one another.
    private let pricesMark: UInt64
    /// Theirs: which of the late prices concern which groups.
    private let concerning: ConcerningPrices
    /// By correction: likewise.
    private let marks: [UInt64]
    private let kept: OverlaidCosts
    /// The whole history: what was known at a position is asked by that position.
    private let book: PriceBook

    private init(
        book: PriceBook, late: LatePrices, lateCount: Int, rebookings: [Rebooking], pricesMark: UInt64,
        marks: [UInt64] = [], concerning: ConcerningPrices, kept: OverlaidCosts
    ) {
        (self.book, self.late, self.lateCount, self.rebookings) = (book, late, lateCount, rebookings)
        (self.pricesMark, self.concerning) = (pricesMark, concerning)
        self.marks = marks + rebookings[marks.count...].map { _ in MorselIdentity.freshOrigin() }
        self.kept = kept
    }

    /// - Parameters:
    ///   - lateCount: so many of the late prices count, the first ones; nil: all.
    ///   - kept: the store's.
    convenience init(_ prices: PriceLedger, lateCount: Int? = nil, kept: OverlaidCosts) {
        self.init(
            book: prices.book, late: prices.late, lateCount: lateCount ?? prices.late.count,
            rebookings: prices.rebookings, pricesMark: MorselIdentity.freshOrigin(), concerning: ConcerningPrices(),
            kept: kept)
    }

    /// Whether one that is made of so many of the late prices says the same of calls that were sealed before the others
    /// came: prices that were set since stand behind all that these costs were decided by, which a list need not.
    func isOf(_ prices: PriceLedger, lateCount: Int) -> Bool {
        self.lateCount == lateCount && rebookings.count == prices.rebookings.count
            && book.listNumber == prices.book.listNumber
    }

    /// The same with one more correction. What either knows of the costs of groups that the correction does not concern
    /// the other knows, too.
    func adding(_ rebooking: Rebooking) -> CostOverlay {
        CostOverlay(
            book: book, late: late, lateCount: lateCount, rebookings: rebookings + [rebooking],
            pricesMark: pricesMark, marks: marks, concerning: concerning, kept: kept)
    }

    /// The same with prices that were set since. What either knows of the costs of groups that none of these concerns
    /// the other knows, too.
    /// - Returns: nil where something else came, or where the prices are not those that this one goes by and more.
    func following(_ prices: PriceLedger) -> CostOverlay? {
        guard lateCount == late.count, lateCount <= prices.late.count, book.count <= prices.book.count,
            rebookings.count == prices.rebookings.count, book.listNumber == prices.book.listNumber
        else { return nil }
        return CostOverlay(
            book: prices.book, late: prices.late, lateCount: prices.late.count, rebookings: rebookings,
            pricesMark: pricesMark, marks: marks, concerning: concerning, kept: kept)
    }

    /// The same with more corrections, oldest first, for one question: what is known of corrected calls is its own.
    func adding(_ more: [Rebooking]) -> CostOverlay {
        CostOverlay(
            book: book, late: late, lateCount: lateCount, rebookings: rebookings + more, pricesMark: pricesMark,
            concerning: concerning, kept: kept)
    }

    /// Whether a sealed group may hold a call that a late price or a correction concerns.
    func concerns(_ group: RowGroup) -> Bool {
        if mayCorrect(group) { return true }
        guard lateCount > 0, let state = group.summary(named: "price_state") else { return false }
        let priced = Scalar.text(PriceState.priced.name)
        return state.minimum != priced || state.maximum != priced
    }

    /// The same of all groups of a segment, by less: true where a correction is known at all.
    func mayConcern(_ table: SegmentTable) -> Bool {
        if !rebookings.isEmpty { return true }
        guard lateCount > 0, let state = table.summary(named: "price_state") else { return false }
        let priced = Scalar.text(PriceState.priced.name)
        return state.minimum != priced || state.maximum != priced
    }

    /// Whether a sealed group may hold a call that a correction concerns, so that what the group says of its costs need
    /// not hold.
    func mayCorrect(_ group: RowGroup) -> Bool { rebookings.contains { $0.mayConcern(group) } }

    /// The costs of all calls of a morsel, computed once for all who ask while they are kept.
    /// - Parameter compute: by row; nil for one without a cost.
    func columns(of morsel: RepricedMorsel, _ compute: () throws -> [CallCost?]) throws -> OverlaidCosts.Columns {
        let (money, columns, check) = (morsel.money, morsel.layout.columns, morsel.check)
        guard let key = identity(of: morsel) else {
            return try OverlaidCosts.Columns(compute(), money, columns, check: check)
        }
        return try kept.columns(of: key, waitingWhile: check) {
            try OverlaidCosts.Columns(compute(), money, columns, check: check)
        }
    }

    /// Takes the costs of all calls of a morsel as told, unless they are there or somebody computes them: the writer
    /// waits for no question.
    func keep(_ columns: OverlaidCosts.Columns, of morsel: RepricedMorsel) {
        if let key = identity(of: morsel) { kept.keep(columns, of: key) }
    }

    /// The costs of all calls of a morsel; nil where nobody asked for them yet.
    func knownColumns(of morsel: RepricedMorsel) -> OverlaidCosts.Columns? {
        identity(of: morsel).flatMap { kept.known(of: $0) }
    }

    /// What calls of the same names share; their time is passed over.
    func names(_ call: LatePrices.Call) -> LatePrices.Names { late.names(of: call, in: book) }

    /// Numbers of late prices that may book a call of a time which waits, and times at which it would be the same ones.
    func lateNumbers(of names: LatePrices.Names, at time: Int64) -> (numbers: [Int], times: ClosedRange<Int64>) {
        LatePrices.numbers(of: names, at: time, before: lateCount)
    }

    /// The late price of a number.
    func latePrice(_ number: Int) -> PriceChange { late[number] }

    /// Corrections that may concern a call of the morsel, oldest first.
    func rebookings(of morsel: RepricedMorsel) -> [Rebooking] { rebookings.filter(morsel.mayHoldCalls) }

    /// Whether the calls of a morsel cost what they did through an overlay of before, as far as that follows from what
    /// pages say; nothing is computed.
    func agrees(with before: CostOverlay, on morsel: RepricedMorsel) -> Bool {
        // Prices are looked at in their order.
        guard let identity = before.identity(of: morsel) else { return false }
        return identity == self.identity(of: morsel)
    }

    /// The costs of a morsel follow from the late prices and the corrections that may concern it: up to the last of
    /// either they are the same wherever it has these marks.
    func identity(of morsel: RepricedMorsel) -> MorselIdentity? {
        guard let identity = morsel.base.identity else { return nil }
        let last = rebookings.lastIndex { morsel.mayHoldCalls(of: $0) }
        return identity.read(through: [
            Int64(bitPattern: pricesMark), concerning.mark(of: morsel, identity, among: late, count: lateCount),
            Int64(bitPattern: last.map { marks[$0] } ?? 0),
        ])
    }

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
