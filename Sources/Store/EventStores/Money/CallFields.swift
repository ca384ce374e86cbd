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

    init(_ row: EventRow, _ known: WellKnownColumns, _ types: WellKnownTypes) {
        time = row.time
        usage.isInputOnly = row.type == types.embeddingCall
        var (isError, isStream, hasBegun) = (false, false, false)
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) {
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
                case known.status: isError = row.bytes[range].elementsEqual("error".utf8)
                case known.responseID, known.finishReason: hasBegun = true
                case known.usageDoubt:
                    usage.doubt = UsageDoubt(names: String(decoding: row.bytes[range], as: UTF8.self))
                case known.otherUsage: usage.other = String(decoding: row.bytes[range], as: UTF8.self)
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

    /// - Parameter row: the one it was read from.
    func names(in row: EventRow) -> Names {
        func text(_ range: Range<Int>) -> String? {
            range.isEmpty ? nil : String(decoding: row.bytes[range], as: UTF8.self)
        }
        return Names(
            provider: text(provider) ?? "", requestModel: text(requestModel), responseModel: text(responseModel),
            serviceTier: text(serviceTier))
    }
}

extension CallCost {
    init(_ booked: BookedCost) {
        self.init(
            costPicoUSD: booked.cost.map { Int128($0) }, lowPicoUSD: Int128(booked.low),
            highPicoUSD: booked.high.map { Int128($0) },
            state: booked.state, gaps: booked.gapNames)
    }
}

extension PriceEntry {
    /// The price that a `price.set` event states; nil where it states none that can be kept (the decoder refuses
    /// those).
    init?(row: EventRow, position: Int64, _ known: WellKnownColumns) {
        var texts: [UInt16: String] = [:]
        var numbers: [UInt16: Int64] = [:]
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) {
            switch cursor.value {
            case .integer(let value): numbers[cursor.column] = value
            case .text(let range): texts[cursor.column] = String(decoding: row.bytes[range], as: UTF8.self)
            default: break
            }
        }
        guard let provider = texts[known.provider], let model = texts[known.model],
            let tokenClass = texts[known.tokenClass].flatMap(TokenClass.init(rawValue:)),
            let entry = try? PriceEntry(
                provider: provider, model: model, tokenClass: tokenClass, serviceTier: texts[known.serviceTier] ?? "",
                picoUSDPerToken: numbers[known.pricePerMillionTokens],
                picoUSDPerGPUHour: numbers[known.pricePerGPUHour],
                validFrom: numbers[known.validFrom] ?? row.time, position: position,
                origin: .set)
        else { return nil }
        self = entry
    }
}
