import Bytes
import Columnar
import Domain
import Projections

/// What the calls of one morsel cost through an overlay, the same as ``CostOverlay/cost(of:in:position:booked:)`` says
/// of each: what calls of the same names share is looked up once, and prices again only where another time or position
/// may have others.
struct CallPricing {
    /// What a morsel says of a call that decides its prices.
    struct Columns {
        fileprivate let provider, requestModel, responseModel, serviceTier: CodedTexts
        fileprivate let times, positions: Vector

        init(_ morsel: any Morsel, _ layout: EventTableLayout) throws {
            func texts(_ name: String) throws -> CodedTexts {
                CodedTexts(
                    try layout.index(of: name).map { try morsel.column($0) }
                        ?? .constant(.null, type: .text, count: morsel.rowCount))
            }
            (provider, serviceTier) = (try texts("provider"), try texts("service_tier"))
            (requestModel, responseModel) = (try texts("request_model"), try texts("response_model"))
            (times, positions) = (try morsel.column(layout.time), try morsel.column(layout.position))
        }

        fileprivate func time(_ row: Int) -> Int64 { times.integer(at: row) ?? 0 }
        fileprivate func position(_ row: Int) -> Int64 { positions.integer(at: row) ?? 0 }
    }

    /// Calls of one provider, models and tier.
    private struct Place {
        var names: LatePrices.Names
        /// Those that concern the names, oldest first.
        var rebookings: [Rebooking]
        /// Of the last questions.
        var plans: [Plan] = []
        var nextPlan = 0
    }

    /// The prices of calls within a range of times and positions.
    private struct Plan {
        /// The correction that books them, by its place among those of the names.
        var rebooking: Int?
        var times: ClosedRange<Int64>
        var positions: ClosedRange<Int64>
        var stays = false
        /// The late prices that concern them, in the order in which they came.
        var changes: [PriceChange] = []
        /// Those that were known when the cost was decided, then those with one more change each, as far as they were
        /// asked for.
        var steps: [ClassPrices] = []
    }

    /// Calls of one name that a correction books and those that it does not may lie among each other.
    private static let plansMax = 4

    private let overlay: CostOverlay
    private let columns: Columns
    /// Those that may concern a call of the morsel, oldest first.
    private let rebookings: [Rebooking]
    private var places: [Place] = []
    private var known: [SIMD4<UInt32>: Int] = [:]

    init(_ overlay: CostOverlay, _ columns: Columns, rebookings: [Rebooking]) {
        (self.overlay, self.columns, self.rebookings) = (overlay, columns, rebookings)
    }

    /// What the call of a row costs that was booked at some cost.
    mutating func cost(of row: Int, booked: CallCost, usage: () -> TokenUsage) -> CallCost {
        let place = place(of: row)
        let (time, position) = (columns.time(row), columns.position(row))
        let rebooking = places[place].rebookings.lastIndex {
            position <= $0.lastPosition && $0.times.contains(time)
        }
        guard rebooking != nil || booked.state != .priced else { return booked }
        let plan = plan(of: place, rebooking, time, position)
        if places[place].plans[plan].stays { return booked }
        let usage = usage()
        var cost = BookedCost(usage, at: places[place].plans[plan].steps[0])
        // A class without a price takes what the book says of it once it says something, as long as the call waits for
        // some price.
        for change in places[place].plans[plan].changes.indices {
            if cost.state == .priced { break }
            cost = BookedCost(usage, at: prices(place, plan, after: change, time))
        }
        return CallCost(cost)
    }

    private mutating func place(of row: Int) -> Int {
        let key = SIMD4<UInt32>(
            UInt32(columns.provider.code(of: row)), UInt32(columns.requestModel.code(of: row)),
            UInt32(columns.responseModel.code(of: row)), UInt32(columns.serviceTier.code(of: row)))
        if let place = known[key] { return place }
        func text(_ texts: CodedTexts, _ code: UInt32) -> String? {
            texts.text(of: Int(code)).map { String(decoding: $0, as: UTF8.self) }
        }
        let names = overlay.names(
            LatePrices.Call(
                provider: text(columns.provider, key[0]) ?? "", requestModel: text(columns.requestModel, key[1]),
                responseModel: text(columns.responseModel, key[2]), serviceTier: text(columns.serviceTier, key[3]),
                time: 0))
        known[key] = places.count
        places.append(Place(names: names, rebookings: rebookings.filter { $0.concerns(names.call) }))
        return places.count - 1
    }

    private mutating func plan(of place: Int, _ rebooking: Int?, _ time: Int64, _ position: Int64) -> Int {
        let found = places[place].plans.firstIndex {
            $0.rebooking == rebooking && $0.times.contains(time) && $0.positions.contains(position)
        }
        if let found { return found }
        let plan = newPlan(of: place, rebooking, time, position)
        if places[place].plans.count < Self.plansMax {
            places[place].plans.append(plan)
            return places[place].plans.count - 1
        }
        let index = places[place].nextPlan
        places[place].plans[index] = plan
        places[place].nextPlan = (index + 1) % Self.plansMax
        return index
    }

    private func newPlan(of place: Int, _ rebooking: Int?, _ time: Int64, _ position: Int64) -> Plan {
        let (names, correction) = (places[place].names, rebooking.map { places[place].rebookings[$0] })
        let (numbers, times) = overlay.lateNumbers(of: names, at: time)
        var plan = Plan(rebooking: rebooking, times: times, positions: .min ... .max)
        guard correction != nil || !numbers.isEmpty else {
            plan.stays = true
            return plan
        }
        // The prices that were known when the cost was decided.
        let known =
            correction.map { PriceHorizon(before: $0.lastPosition + 1, list: $0.list) }
            ?? PriceHorizon(before: position)
        // A correction says itself what was known.
        if correction == nil { plan.positions = names.candidates.positions(around: position) }
        plan.changes = numbers.map { overlay.latePrice($0) }.filter { !known.includes($0.entry) }
        guard correction != nil || !plan.changes.isEmpty else {
            plan.stays = true
            return plan
        }
        let quote = PriceQuote(names.candidates, serviceTier: names.tier, at: time, known: known)
        plan.times = max(times.lowerBound, quote.firstTime)...min(times.upperBound, quote.lastTime)
        plan.steps = [quote.prices]
        return plan
    }

    /// - Parameter change: the prices up to the one before were asked for.
    private mutating func prices(_ place: Int, _ plan: Int, after change: Int, _ time: Int64) -> ClassPrices {
        let steps = places[place].plans[plan].steps
        if change + 1 < steps.count { return steps[change + 1] }
        let names = places[place].names
        let later = PriceHorizon(before: places[place].plans[plan].changes[change].entry.position + 1)
        let prices = steps[change].filled(
            from: PriceQuote(names.candidates, serviceTier: names.tier, at: time, known: later).prices)
        places[place].plans[plan].steps.append(prices)
        return prices
    }
}

extension Rebooking {
    /// Rows of a morsel whose calls are booked again, ascending.
    func rows(of morsel: any Morsel, _ layout: EventTableLayout) throws -> [Int] {
        let columns = try CallPricing.Columns(morsel, layout)
        func names(_ texts: CodedTexts, _ isMeant: (String?) -> Bool) -> [Bool] {
            (0..<texts.count).map { isMeant(texts.text(of: $0).map { String(decoding: $0, as: UTF8.self) }) }
        }
        let providers = names(columns.provider) { ($0 ?? "").hasSameBytes(as: provider) }
        let requested = names(columns.requestModel) { isOfModel(requestModel: $0, responseModel: nil) }
        let answered = names(columns.responseModel) { isOfModel(requestModel: nil, responseModel: $0) }
        guard providers.contains(true), requested.contains(true) || answered.contains(true) else { return [] }
        return (0..<morsel.rowCount).filter { row in
            providers[columns.provider.code(of: row)]
                && (requested[columns.requestModel.code(of: row)] || answered[columns.responseModel.code(of: row)])
                && columns.position(row) <= lastPosition && times.contains(columns.time(row))
        }
    }

    /// Whether calls of these names are booked again, as far as these say.
    fileprivate func concerns(_ call: LatePrices.Call) -> Bool {
        call.provider.hasSameBytes(as: provider)
            && isOfModel(requestModel: call.requestModel, responseModel: call.responseModel)
    }
}
