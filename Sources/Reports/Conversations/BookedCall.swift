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
    private let columns: [TableColumn]
    private let chunk: Chunk
    private let places: Places

    /// Where the columns are that every row is asked for.
    private struct Places {
        var position, time, received, state: Int?
    }

    init(_ columns: [TableColumn], _ chunk: Chunk) {
        (self.columns, self.chunk) = (columns, chunk)
        func place(_ name: String) -> Int? { columns.firstIndex { $0.name == name } }
        places = Places(
            position: place("position"), time: place("time"), received: place("received_time"),
            state: place("price_state"))
    }

    func time(_ row: Int) -> Int64? { instant(places.time, row) }
    func received(_ row: Int) -> Int64? { instant(places.received, row) }

    private func instant(_ place: Int?, _ row: Int) -> Int64? {
        guard let place, case .timestamptz(let time) = chunk.columns[place].scalar(at: row) else { return nil }
        return time
    }

    private func value(_ name: String, _ row: Int) -> Scalar {
        guard let place = columns.firstIndex(where: { $0.name == name }) else { return .null }
        return chunk.columns[place].scalar(at: row)
    }

    private func text(_ name: String, _ row: Int) -> String? {
        if case .text(let text) = value(name, row), !text.isEmpty { text } else { nil }
    }

    private func integer(_ name: String, _ row: Int) -> Int64? {
        if case .integer(let number) = value(name, row) { number } else { nil }
    }

    private func money(_ name: String, _ row: Int) -> Int128? {
        if case .numeric(let picoUSD, _) = value(name, row) { picoUSD } else { nil }
    }

    /// nil for what is no call, and for one whose counts contradict each other, so that nobody can book them again.
    func call(_ row: Int) -> BookedCall? {
        guard let place = places.state, case .text(let state) = chunk.columns[place].scalar(at: row),
            let position = integer("position", row), let time = time(row)
        else { return nil }
        var usage = TokenUsage(
            input: integer("input_tokens", row), output: integer("output_tokens", row),
            cacheRead: integer("cache_read_tokens", row), cacheWrite: integer("cache_write_tokens", row),
            cacheWrite1h: integer("cache_write_1h_tokens", row), reasoning: integer("reasoning_tokens", row),
            gpuDurationNanoseconds: integer("gpu_duration_ns", row))
        usage.total = integer("total_tokens", row)
        usage.doubt = UsageDoubt(names: text("usage_doubt", row) ?? "")
        usage.other = text("other_usage", row) ?? ""
        usage.isInputOnly = text("type", row) == "embedding.call"
        let isStream = if case .boolean(true) = value("stream", row) { true } else { false }
        let responseModel = text("response_model", row)
        usage.mustTell = TokenUsage.mustTell(
            isError: text("status", row) == "error", isStream: isStream,
            hasBegun: responseModel != nil || integer("time_to_first_token_ns", row) != nil
                || text("response_id", row) != nil || text("finish_reason", row) != nil)
        guard (try? usage.check()) != nil else { return nil }
        return BookedCall(
            position: position, time: time, provider: text("provider", row) ?? "",
            requestModel: text("request_model", row), responseModel: responseModel,
            serviceTier: PriceEntry.normalised(tier: text("service_tier", row)), usage: usage,
            cost: money("cost_usd", row), low: money("cost_low_usd", row) ?? 0, high: money("cost_high_usd", row),
            state: state)
    }
}
