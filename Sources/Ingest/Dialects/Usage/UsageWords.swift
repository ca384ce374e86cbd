/// The words of which names of usage are made.
enum UsageWords {
    static let usage: Set = ["usage", "usages", "token", "tokens"]
    static let cost: Set = ["cost", "costs", "price", "spend", "spent", "usd"]
    /// A name with one of these is about something else: a limit, a speed, a machine, somebody's account.
    static let otherMatters: Set = [
        "max", "maximum", "min", "minimum", "limit", "limits", "budget", "remaining", "available", "allowed", "per", "time", "first",
        "rate", "second", "seconds", "ms", "duration", "latency", "speed", "throughput", "type", "id", "ids", "window", "reset", "key",
        "keys", "auth", "bearer", "csrf", "threshold", "percent", "percentage", "ratio", "cpu", "memory", "disk", "heap", "gpu", "rss",
        "currency", "source", "center", "centre", "team", "org", "account", "stop", "logprobs", "logprob", "bias", "encoding",
        "encoder", "tokenizer", "unit", "created", "expires",
    ]

    static let input: Set = ["input", "inputs", "prompt", "prompts", "in"]
    static let output: Set = [
        "output", "outputs", "completion", "completions", "candidates", "candidate", "generated", "generation", "out", "sampled",
    ]
    static let cache: Set = ["cache", "cached", "caching", "ephemeral"]
    static let writing: Set = ["write", "writes", "written", "creation", "create", "stored", "5m", "1h"]
    static let reading: Set = ["read", "reads", "hit", "hits"]
    static let notFromCache: Set = ["miss", "misses", "uncached", "non", "no", "noncached", "nocache"]
    static let reasoning: Set = ["reasoning", "thinking", "thoughts", "thought"]
    static let predictions: Set = ["accepted", "rejected", "prediction", "predicted"]
    private static let modalities = [
        "audio": "audio", "speech": "audio", "image": "image", "images": "image", "vision": "image", "video": "video", "videos": "video",
    ]
    private static let services: Set = [
        "search", "searches", "web", "grounding", "citation", "citations", "fetch", "fetches", "interpreter", "execution", "tool", "tools",
        "queries",
    ]

    /// What says which class a number belongs to.
    static let classes = input.union(output).union(cache).union(writing).union(reading).union(notFromCache).union(reasoning)
        .union(predictions).union(modalities.keys).union(services)
    /// Words that change what a name means.
    static let counting = classes.union(cost).union(["total", "request", "requests"])
    /// Words that don't: what each such name says, and who sends it.
    static let silent: Set = [
        "usage", "usages", "token", "tokens", "count", "counts", "num", "number", "n", "of", "detail", "details", "text", "the",
        "gen", "ai", "genai", "llm", "lm", "response", "metric", "metrics", "metadata", "model", "observation", "raw", "chat", "client",
        "span", "trace", "call", "value", "amount", "estimated", "stats", "server", "use", "billed", "billable", "units", "file", "code",
        "modality", "content", "operation", "inference", "completed", "data", "object", "breakdown",
        "langfuse", "langsmith", "mlflow", "braintrust", "traceloop", "openinference", "weave", "wandb", "helicone", "portkey",
        "posthog", "sentry", "datadog", "dd", "ml", "obs", "newrelic", "azure", "az", "aws", "amazon", "bedrock", "vertex", "google",
        "gcp", "gemini", "openai", "anthropic", "cohere", "mistral", "groq", "deepseek", "ollama", "crewai", "crew", "dspy", "mastra",
        "genkit", "haystack", "strands", "agno", "semantic", "kernel", "microsoft", "extensions", "litellm", "openlit", "logfire",
        "pydantic", "arize", "phoenix", "opik", "lunary", "langwatch", "langchain", "spring",
    ]

    static func modality(_ words: Set<String>) -> String? {
        // order: of two the lesser name.
        words.compactMap { modalities[$0] }.min()
    }

    /// What a provider does beside the model and bills for.
    static func service(_ words: Set<String>) -> String? {
        guard !words.isDisjoint(with: services) else { return nil }
        if !words.isDisjoint(with: ["citation", "citations"]) { return "citation" }
        if !words.isDisjoint(with: ["fetch", "fetches"]) { return "web_fetch" }
        if !words.isDisjoint(with: ["search", "searches", "queries", "web"]) { return words.contains("web") ? "web_search" : "search" }
        if words.contains("grounding") { return "grounding" }
        return words.isDisjoint(with: ["interpreter", "execution"]) ? "tool_use" : "code_execution"
    }

    /// Lower-case words by segment.
    static func segments(of name: String) -> [[String]] {
        var result: [[String]] = [[]]
        var word: [UInt8] = []
        var isAfterSmall = false
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        func endWord() {
            if !word.isEmpty { result[result.count - 1].append(String(decoding: word, as: UTF8.self)) }
            word = []
        }
        for byte in name.utf8 {
            let isCapital = (0x41...0x5A).contains(byte)
            let isLetter = isCapital || (0x61...0x7A).contains(byte) || isDigit(byte) || byte >= 0x80
            if isCapital, isAfterSmall { endWord() }
            if isLetter {
                word.append(isCapital ? byte | 0x20 : byte)
            } else {
                endWord()
                // A dot, a slash or a colon begins a segment.
                if byte == 0x2E || byte == 0x2F || byte == 0x3A, result.last?.isEmpty == false { result.append([]) }
            }
            isAfterSmall = isLetter && !isCapital
        }
        endWord()
        if result.last?.isEmpty == true { result.removeLast() }
        return result
    }
}
