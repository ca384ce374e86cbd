import Domain
import Projections

/// What a model call says of itself that its price depends on. Texts are ranges of the bytes it was read from.
struct CallFields {
    var usage = TokenUsage()
    var provider = 0..<0
    var requestModel = 0..<0
    var responseModel = 0..<0
    var serviceTier = 0..<0
    var time: Int64

    init(_ bytes: [UInt8], at start: Int, _ known: WellKnownColumns, _ types: WellKnownTypes) {
        time = EventRowCursor.time(bytes, at: start)
        usage.isInputOnly = EventRowCursor.type(bytes, at: start) == types.embeddingCall
        var (isError, isStream, hasBegun) = (false, false, false)
        var cursor = EventRowCursor(bytes, at: start)
        while cursor.advance(in: bytes) {
            switch cursor.value {
            case .integer(let value):
                switch cursor.column {
                case known.inputTokens: usage.input = value
                case known.outputTokens: usage.output = value
                case known.cacheReadTokens: usage.cacheRead = value
                case known.cacheWriteTokens: usage.cacheWrite = value
                case known.cacheWrite1hTokens: usage.cacheWrite1h = value
                case known.reasoningTokens: usage.reasoning = value
                case known.gpuDuration: usage.gpuDurationNanoseconds = value
                case known.totalTokens: usage.total = value
                case known.timeToFirstToken: hasBegun = true
                default: break
                }
            case .text(let range):
                switch cursor.column {
                case known.provider: provider = range
                case known.requestModel: requestModel = range
                case known.responseModel: (responseModel, hasBegun) = (range, true)
                case known.serviceTier: serviceTier = range
                case known.status: isError = bytes[range].elementsEqual("error".utf8)
                case known.responseID, known.finishReason: hasBegun = true
                case known.usageDoubt: usage.doubt = UsageDoubt(names: String(decoding: bytes[range], as: UTF8.self))
                case known.otherUsage: usage.other = String(decoding: bytes[range], as: UTF8.self)
                default: break
                }
            case .boolean(let value): if cursor.column == known.stream { isStream = value }
            default: break
            }
        }
        usage.mustTell = TokenUsage.mustTell(isError: isError, isStream: isStream, hasBegun: hasBegun)
    }

    /// What prices are looked up by.
    struct Names {
        /// Empty where none is told.
        var provider: String
        var requestModel, responseModel, serviceTier: String?
    }

    /// - Parameter bytes: those it was read from.
    func names(in bytes: [UInt8]) -> Names {
        func text(_ range: Range<Int>) -> String? { range.isEmpty ? nil : String(decoding: bytes[range], as: UTF8.self) }
        return Names(
            provider: text(provider) ?? "", requestModel: text(requestModel), responseModel: text(responseModel),
            serviceTier: text(serviceTier))
    }
}

/// Books calls and takes prices over, in position order: the money side of the single writer.
struct Booking: Sendable {
    private(set) var booker: CallBooker
    /// Prices that may book calls which waited for one, oldest first.
    private(set) var late: [PriceChange] = []
    /// Deliberate corrections, oldest first.
    private(set) var rebookings: [Rebooking]
    private let known: WellKnownColumns
    private let types: WellKnownTypes

    /// Takes a book over with its history: which prices came late follows from the order of their positions.
    init(book: PriceBook, rebookings: [Rebooking] = [], registry: SchemaRegistry) {
        self.rebookings = rebookings
        let entries = book.entries
        var again = PriceBook(entries.filter { $0.origin != .set })
        for entry in entries.filter({ $0.origin == .set }).sorted(by: { $0.position < $1.position }) {
            let change = again.add(entry)
            if change.waitingTimes != nil { late.append(change) }
        }
        booker = CallBooker(again)
        known = registry.wellKnown
        types = registry.wellKnownTypes
    }

    var book: PriceBook { booker.book }

    mutating func add(_ rebooking: Rebooking) { rebookings.append(rebooking) }

    /// Books the event if it is a call, takes it over if it is a price.
    /// - Returns: what a call costs; nil for every other event.
    mutating func book(_ bytes: [UInt8], at start: Int, position: Int64) -> CallCost? {
        let type = EventRowCursor.type(bytes, at: start)
        if type == types.priceSet {
            setPrice(bytes, at: start, position: position)
            return nil
        }
        guard type == types.llmCall || type == types.embeddingCall else { return nil }
        let fields = CallFields(bytes, at: start, known, types)
        let span = bytes.span
        return CallCost(
            booker.book(
                fields.usage, provider: span.extracting(fields.provider), requestModel: span.extracting(fields.requestModel),
                responseModel: span.extracting(fields.responseModel), serviceTier: span.extracting(fields.serviceTier),
                at: fields.time))
    }

    /// What a call costs that takes the place of another at a position: by the prices that were known there and by what lies over that
    /// call, not by those of today. So a trace that settles again books its calls as they would have been booked at once.
    /// - Returns: nil for every event that is no call.
    func cost(inPlaceOf position: Int64, _ bytes: [UInt8], at start: Int, _ overlay: CostOverlay) -> CallCost? {
        let type = EventRowCursor.type(bytes, at: start)
        guard type == types.llmCall || type == types.embeddingCall else { return nil }
        let fields = CallFields(bytes, at: start, known, types)
        let names = fields.names(in: bytes)
        let candidates = book.candidates(provider: names.provider, requestModel: names.requestModel, responseModel: names.responseModel)
        let tier = PriceEntry.normalised(tier: names.serviceTier)
        let quote = PriceQuote(candidates, serviceTier: tier, at: fields.time, before: position)
        return overlay.cost(
            of: fields, in: bytes, position: position, booked: CallCost(BookedCost(fields.usage, at: quote.prices)))
    }

    private mutating func setPrice(_ bytes: [UInt8], at start: Int, position: Int64) {
        guard let entry = PriceEntry(row: bytes, at: start, position: position, known), !booker.book.isFull else { return }
        let change = booker.add(entry)
        if change.waitingTimes != nil { late.append(change) }
    }
}

extension CallCost {
    init(_ booked: BookedCost) {
        self.init(
            costPicoUSD: booked.cost.map { Int128($0) }, lowPicoUSD: Int128(booked.low), highPicoUSD: booked.high.map { Int128($0) },
            state: booked.state, gaps: booked.gapNames)
    }
}

extension PriceEntry {
    /// The price that a `price.set` event states; nil where it states none that can be kept (the decoder refuses those).
    init?(row bytes: [UInt8], at start: Int, position: Int64, _ known: WellKnownColumns) {
        var texts: [UInt16: String] = [:]
        var numbers: [UInt16: Int64] = [:]
        var cursor = EventRowCursor(bytes, at: start)
        while cursor.advance(in: bytes) {
            switch cursor.value {
            case .integer(let value): numbers[cursor.column] = value
            case .text(let range): texts[cursor.column] = String(decoding: bytes[range], as: UTF8.self)
            default: break
            }
        }
        guard let provider = texts[known.provider], let model = texts[known.model],
            let tokenClass = texts[known.tokenClass].flatMap(TokenClass.init(rawValue:)),
            let entry = try? PriceEntry(
                provider: provider, model: model, tokenClass: tokenClass, serviceTier: texts[known.serviceTier] ?? "",
                picoUSDPerToken: numbers[known.pricePerMillionTokens], picoUSDPerGPUHour: numbers[known.pricePerGPUHour],
                validFrom: numbers[known.validFrom] ?? EventRowCursor.time(bytes, at: start), position: position, origin: .set)
        else { return nil }
        self = entry
    }
}
