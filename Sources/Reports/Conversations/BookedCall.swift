import Bytes
import Columnar
import Domain

/// A call as its event tells it, with what it was booked for.
struct BookedCall {
    var position: Int64
    /// ns since 1970 UTC.
    var time: Int64
    /// Empty where none is told.
    var provider: String
    var requestModel: String?
    var responseModel: String?
    /// Normalised.
    var serviceTier: String
    var usage: TokenUsage
    /// Pico-USD; nil unless exact.
    var cost: Int128?
    var low: Int128
    var high: Int128?
    var state: String

    /// Whether the call would have been booked like this at some prices.
    func isExplained(by prices: ClassPrices) -> Bool {
        let booked = BookedCost(usage, at: prices)
        return booked.cost.map { Int128($0) } == cost && Int128(booked.low) == low
            && booked.high.map { Int128($0) } == high && booked.state.name == state
    }
}

/// Rows of events, read by name.
struct CallRows {
    /// What is read of a call.
    private enum Column: String, CaseIterable {
        case position, time, type, provider, status, stream
        case received = "received_time"
        case state = "price_state"
        case requestModel = "request_model"
        case responseModel = "response_model"
        case responseID = "response_id"
        case serviceTier = "service_tier"
        case finishReason = "finish_reason"
        case firstToken = "time_to_first_token_ns"
        case input = "input_tokens"
        case output = "output_tokens"
        case cacheRead = "cache_read_tokens"
        case cacheWrite = "cache_write_tokens"
        case cacheWrite1h = "cache_write_1h_tokens"
        case reasoning = "reasoning_tokens"
        case total = "total_tokens"
        case gpuDuration = "gpu_duration_ns"
        case doubt = "usage_doubt"
        case otherUsage = "other_usage"
        case cost = "cost_usd"
        case low = "cost_low_usd"
        case high = "cost_high_usd"
    }

    /// Found once for all rows; one that the table has not got is none.
    private let vectors: [Column: Vector]

    /// - Complexity: O(columns).
    init(_ columns: [TableColumn], _ chunk: Chunk) {
        var vectors: [Column: Vector] = [:]
        for (column, vector) in zip(columns, chunk.columns) {
            if let column = Column(rawValue: column.name) { vectors[column] = vector }
        }
        self.vectors = vectors
    }

    func time(_ row: Int) -> Int64? { instant(.time, row) }
    func received(_ row: Int) -> Int64? { instant(.received, row) }

    private func instant(_ column: Column, _ row: Int) -> Int64? {
        if case .timestamptz(let time) = value(column, row) { time } else { nil }
    }

    private func value(_ column: Column, _ row: Int) -> Scalar { vectors[column]?.scalar(at: row) ?? .null }

    private func text(_ column: Column, _ row: Int) -> String? {
        if case .text(let text) = value(column, row), !text.isEmpty { text } else { nil }
    }

    private func integer(_ column: Column, _ row: Int) -> Int64? {
        if case .integer(let number) = value(column, row) { number } else { nil }
    }

    private func money(_ column: Column, _ row: Int) -> Int128? {
        if case .numeric(let picoUSD, _) = value(column, row) { picoUSD } else { nil }
    }

    /// nil for what is no call, and for one whose counts contradict each other, so that nobody can book them again.
    func call(_ row: Int) -> BookedCall? {
        guard case .text(let state) = value(.state, row), let position = integer(.position, row), let time = time(row)
        else { return nil }
        var usage = TokenUsage(
            input: integer(.input, row), output: integer(.output, row), cacheRead: integer(.cacheRead, row),
            cacheWrite: integer(.cacheWrite, row), cacheWrite1h: integer(.cacheWrite1h, row),
            reasoning: integer(.reasoning, row), gpuDurationNanoseconds: integer(.gpuDuration, row))
        usage.total = integer(.total, row)
        usage.doubt = UsageDoubt(names: text(.doubt, row) ?? "")
        usage.other = text(.otherUsage, row) ?? ""
        usage.isInputOnly = text(.type, row) == "embedding.call"
        let isStream = if case .boolean(true) = value(.stream, row) { true } else { false }
        let responseModel = text(.responseModel, row)
        usage.mustTell = TokenUsage.mustTell(
            isError: text(.status, row) == "error", isStream: isStream,
            hasBegun: responseModel != nil || integer(.firstToken, row) != nil || text(.responseID, row) != nil
                || text(.finishReason, row) != nil)
        guard (try? usage.check()) != nil else { return nil }
        return BookedCall(
            position: position, time: time, provider: text(.provider, row) ?? "",
            requestModel: text(.requestModel, row), responseModel: responseModel,
            serviceTier: PriceEntry.normalised(tier: text(.serviceTier, row)), usage: usage, cost: money(.cost, row),
            low: money(.low, row) ?? 0, high: money(.high, row), state: state)
    }
}
