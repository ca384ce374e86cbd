/// The `price.set` events of a period.
///
/// Each irregularity that booking must survive is there once:
/// - `llama-3.1-8b-instruct` costs $0.0375 and $0.01875 per million, finer than a cent a million;
/// - `gpt-4o-mini` changes its price in the middle of the period;
/// - `polaris-1` is used from the start and known to no book; its first prices arrive after two fifths of the period
///   and hold from its beginning;
/// - `qwen3-32b` leaves the default book's price for local models at the same moment, for good;
/// - `mistral-nemo-12b` reports cached tokens but has no cache price;
/// - `gpt-4o` and `text-embedding-3-small` are left to the default book; `polaris-preview` has no price anywhere.
enum PriceEvents {
    struct Entry {
        var provider: String
        var model: String
        var tokenClass: String
        var usdPerMillionTokens: String
        var serviceTier: String? = nil
    }

    private static func entries(
        _ provider: String, _ model: String, tier: String? = nil, _ prices: KeyValuePairs<String, String>
    ) -> [Entry] {
        prices.map {
            Entry(
                provider: provider, model: model, tokenClass: $0.key, usdPerMillionTokens: $0.value, serviceTier: tier)
        }
    }

    static let initial: [Entry] =
        entries("vllm", "llama-3.1-8b-instruct", ["input": "0.0375", "cache_read": "0.01875", "output": "0.15"])
        + entries("ollama", "mistral-nemo-12b", ["input": "0.04", "output": "0.08"])
        + entries("ollama", "llama-3.2-3b", ["input": "0", "output": "0"])
        + entries("openai", "gpt-4o-mini", ["input": "0.15", "cache_read": "0.075", "output": "0.60"])
        + entries("openai", "gpt-4o-mini", tier: "batch", ["input": "0.075", "cache_read": "0.0375", "output": "0.30"])
        + entries(
            "anthropic", "claude-sonnet-4-20250514",
            ["input": "3", "cache_read": "0.30", "cache_write": "3.75", "cache_write_1h": "6", "output": "15"])
        + entries(
            "anthropic", "claude-3-5-haiku",
            ["input": "0.80", "cache_read": "0.08", "cache_write": "1", "cache_write_1h": "1.60", "output": "4"])
        + entries("vllm", "bge-m3", ["input": "0.010001"])

    static let late: [Entry] =
        entries("nordlicht", "polaris-1", ["input": "0.55", "output": "1.650001"])
        + entries("vllm", "qwen3-32b", ["input": "0.09", "cache_read": "0.045", "output": "0.290004"])

    static let changed: [Entry] = entries(
        "openai", "gpt-4o-mini", ["input": "0.18", "cache_read": "0.09", "output": "0.72"])
}
