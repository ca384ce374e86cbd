/// A model of the simulated desk: where it runs, how fast it is, what its emitter reports.
struct TrafficModel: Sendable {
    var provider: String
    var name: String
    /// What the provider answers as its model, where that differs from the request.
    var responseName: String? = nil
    var isLocal: Bool
    /// Share of model calls.
    var share: Double
    var firstTokenMilliseconds: Double
    var tokensPerSecond: Double
    /// Whether calls report `cache_read_tokens`, and `cache_write_tokens` with its one-hour part.
    var readsCache = true
    var writesCache = false
    var reasons = false

    var route: String { isLocal ? "local" : "cloud" }
}

/// The models by share of calls: 70 % local.
///
/// Their prices differ on purpose (see ``PriceEvents``): a changed price, a late first price, a missing cache price,
/// one known to the default book alone, one known to nobody.
enum ModelCatalogue {
    static let chat: [TrafficModel] = [
        TrafficModel(
            provider: "vllm", name: "llama-3.1-8b-instruct", isLocal: true, share: 0.30, firstTokenMilliseconds: 210,
            tokensPerSecond: 118),
        TrafficModel(
            provider: "vllm", name: "qwen3-32b", isLocal: true, share: 0.18, firstTokenMilliseconds: 380,
            tokensPerSecond: 84,
            reasons: true),
        TrafficModel(
            provider: "ollama", name: "mistral-nemo-12b", isLocal: true, share: 0.14, firstTokenMilliseconds: 260,
            tokensPerSecond: 96),
        TrafficModel(
            provider: "ollama", name: "llama-3.2-3b", isLocal: true, share: 0.08, firstTokenMilliseconds: 150,
            tokensPerSecond: 150,
            readsCache: false),
        TrafficModel(
            provider: "openai", name: "gpt-4o-mini", isLocal: false, share: 0.10, firstTokenMilliseconds: 420,
            tokensPerSecond: 105),
        TrafficModel(
            provider: "openai", name: "gpt-4o", isLocal: false, share: 0.06, firstTokenMilliseconds: 480,
            tokensPerSecond: 88),
        TrafficModel(
            provider: "anthropic", name: "claude-sonnet-4", responseName: "claude-sonnet-4-20250514", isLocal: false,
            share: 0.06,
            firstTokenMilliseconds: 620, tokensPerSecond: 78, writesCache: true),
        TrafficModel(
            provider: "anthropic", name: "claude-3-5-haiku", isLocal: false, share: 0.03, firstTokenMilliseconds: 390,
            tokensPerSecond: 112,
            writesCache: true),
        TrafficModel(
            provider: "nordlicht", name: "polaris-1", isLocal: false, share: 0.03, firstTokenMilliseconds: 410,
            tokensPerSecond: 99,
            readsCache: false),
        TrafficModel(
            provider: "nordlicht", name: "polaris-preview", isLocal: false, share: 0.02, firstTokenMilliseconds: 450,
            tokensPerSecond: 92,
            readsCache: false),
    ]

    static let chatCumulative = cumulative(chat.map(\.share))

    static let embedding: [TrafficModel] = [
        TrafficModel(
            provider: "vllm", name: "bge-m3", isLocal: true, share: 0.7, firstTokenMilliseconds: 9, tokensPerSecond: 0),
        TrafficModel(
            provider: "openai", name: "text-embedding-3-small", isLocal: false, share: 0.3, firstTokenMilliseconds: 48,
            tokensPerSecond: 0),
    ]

    static let embeddingCumulative = cumulative(embedding.map(\.share))
    static let embeddingDimensions: [Int64] = [1024, 1536]
}
