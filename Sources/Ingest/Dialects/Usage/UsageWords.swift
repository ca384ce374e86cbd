/// The words of which names of usage are made.
enum UsageWords {
    static let usage: Set = ["usage", "usages", "token", "tokens"]
    static let cost: Set = ["cost", "costs", "price", "spend", "spent", "usd"]
    /// A name with one of these is about something else: a limit, a speed, a machine, somebody's account.
    static let otherMatters: Set = [
        "max", "maximum", "min", "minimum", "limit", "limits", "budget", "remaining", "available", "allowed", "per",
        "time", "first",
        "rate", "second", "seconds", "ms", "duration", "latency", "speed", "throughput", "type", "id", "ids", "window",
        "reset", "key",
        "keys", "auth", "bearer", "csrf", "threshold", "percent", "percentage", "ratio", "cpu", "memory", "disk",
        "heap", "gpu", "rss",
        "currency", "source", "center", "centre", "team", "org", "account", "stop", "logprobs", "logprob", "bias",
        "encoding",
        "encoder", "tokenizer", "unit", "created", "expires",
    ]

    /// What is more than a call, or nothing that a model does: a name with one of these tells no call's own usage.
    static let larger: Set = [
        "session", "sessions", "conversation", "conversations", "thread", "trace", "user", "users", "customer", "app",
        "application",
        "tenant", "workspace", "organization", "project", "history", "context", "agent", "order", "refund",
        "subscription", "quota",
        "invoice", "billing", "payment", "cart", "shipping", "product", "item", "plan", "credit", "credits", "wallet",
        "balance",
        "aggregated", "aggregate", "accumulated", "cumulative", "cumulated", "lifetime", "overall", "daily", "monthly",
        "day", "month",
        "established",
    ]
    /// Work that has usage of its own: with one of these before it, a container is not the call's.
    private static let otherWork: Set = [
        "tool", "tools", "rag", "search", "web", "retrieval", "retriever", "guardrail", "judge", "eval", "evaluation",
        "db", "database",
        "vector", "turn", "task", "workflow", "crew", "chain", "graph", "pipeline", "job", "batch", "host", "system",
        "process",
    ]
    /// What begins a segment that speaks of model calls.
    static let nameSpaces: Set = [
        "ai", "genai", "llm", "llms", "lm", "llmobs", "openinference", "langfuse", "langsmith", "litellm", "traceloop",
        "braintrust",
        "mlflow", "dspy", "openlit", "weave", "helicone", "portkey", "opik", "lunary", "langwatch", "lmnr", "langchain",
        "langchain4j",
        "langgraph", "llamaindex", "openai", "anthropic", "cohere", "mistral", "groq", "deepseek", "ollama", "gemini",
        "bedrock", "vertex",
        "vertexai", "crewai", "mastra", "genkit", "haystack", "strands", "agno", "pydantic", "openrouter", "vllm",
        "watsonx",
    ]
    /// Of these the name of a container of usage is made.
    private static let container: Set = [
        "usage", "usages", "token", "tokens", "count", "counts", "metadata", "detail", "details", "lm", "llm", "model",
        "raw", "object",
        "response", "stats", "metrics",
    ]
    /// Words of secrets, beside which a token is no token of a model.
    private static let secrets: Set = [
        "access", "refresh", "oauth", "xsrf", "secret", "card", "phone", "sms", "otp", "pin", "device", "push", "jwt",
        "password",
        "passcode", "login", "verification", "mfa", "sso", "email", "invite",
    ]

    static let input: Set = ["input", "inputs", "prompt", "prompts", "in"]
    static let output: Set = [
        "output", "outputs", "completion", "completions", "candidates", "candidate", "generated", "generation", "out",
        "sampled",
    ]
    static let cache: Set = ["cache", "cached", "caching", "ephemeral"]
    static let writing: Set = ["write", "writes", "written", "creation", "create", "stored", "5m", "1h"]
    static let reading: Set = ["read", "reads", "hit", "hits"]
    static let notFromCache: Set = ["miss", "misses", "uncached", "non", "no", "noncached", "nocache"]
    static let reasoning: Set = ["reasoning", "thinking", "thoughts", "thought"]
    static let predictions: Set = ["accepted", "rejected", "prediction", "predicted"]
    private static let modalities = [
        "audio": "audio", "speech": "audio", "image": "image", "images": "image", "vision": "image", "video": "video",
        "videos": "video",
    ]
    private static let services: Set = [
        "search", "searches", "web", "grounding", "citation", "citations", "fetch", "fetches", "interpreter",
        "execution", "tool", "tools",
        "queries",
    ]

    /// What says which class a number belongs to.
    static let classes = input.union(output).union(cache).union(writing).union(reading).union(notFromCache).union(
        reasoning
    )
    .union(predictions).union(modalities.keys).union(services)
    /// Words that change what a name means.
    static let counting = classes.union(cost).union(["total", "request", "requests"])
    /// Words that don't: what each such name says, and who sends it.
    static let silent: Set = [
        "usage", "usages", "token", "tokens", "count", "counts", "num", "number", "n", "of", "detail", "details",
        "text", "the",
        "gen", "ai", "genai", "llm", "llms", "lm", "response", "metric", "metrics", "metadata", "model", "observation",
        "raw", "chat",
        "client", "span", "call", "value", "amount", "estimated", "stats", "server", "use", "billed", "billable",
        "units", "file", "code",
        "modality", "content", "operation", "inference", "completed", "data", "object", "breakdown", "experimental",
        "extra", "provider",
        "langfuse", "langsmith", "mlflow", "braintrust", "traceloop", "openinference", "weave", "wandb", "helicone",
        "portkey",
        "posthog", "sentry", "datadog", "dd", "ml", "obs", "newrelic", "azure", "az", "aws", "amazon", "bedrock",
        "vertex", "google",
        "gcp", "gemini", "openai", "anthropic", "cohere", "mistral", "groq", "deepseek", "ollama", "crewai", "crew",
        "dspy", "mastra",
        "genkit", "haystack", "strands", "agno", "semantic", "kernel", "microsoft", "extensions", "litellm", "openlit",
        "logfire",
        "pydantic", "arize", "phoenix", "opik", "lunary", "langwatch", "langchain", "langchain4j", "langgraph",
        "llamaindex", "llmobs", "lmnr", "vertexai", "openrouter", "vllm", "watsonx", "spring", "iterations",
    ]

    static func isKnown(_ word: String) -> Bool { counting.contains(word) || silent.contains(word) }

    /// Where what speaks of the call begins: the first segment of a known name space, else the container of usage. nil
    /// where neither is.
    static func start(_ segments: [[String]]) -> Int? {
        if let index = segments.firstIndex(where: isNameSpace) { return index }
        guard let index = segments.firstIndex(where: { isContainer($0) || $0.first == "usage" }) else { return nil }
        return segments[..<index].joined().allSatisfy { !otherWork.contains($0) } ? index : nil
    }

    private static func isNameSpace(_ segment: [String]) -> Bool {
        guard let first = segment.first else { return false }
        return nameSpaces.contains(first)
            || [["gen", "ai"], ["ml", "obs"], ["semantic", "kernel"]].contains(Array(segment.prefix(2)))
    }

    /// Whether a segment is the name of something that holds usage: `usage`, `token_usage`, `usageMetadata`,
    /// `token_count`.
    static func isContainer(_ segment: [String]) -> Bool {
        let isUsage = segment.contains("usage") || segment.contains("usages") || segment == ["token", "count"]
        return isUsage && segment.allSatisfy { container.contains($0) }
    }

    /// Whether the words speak of a token that opens something. One token is none of a model's unless a word says what
    /// is counted.
    /// - Complexity: O(words).
    static func isCredential(_ words: [String]) -> Bool {
        let classes = input.union(output).union(cache).union(reasoning).union(["total"]).subtracting(["in", "out"])
        let counted = classes.union(cost).union([
            "count", "counts", "usage", "usages", "detail", "details", "number", "num",
        ])
        let isBesideSecret = words.contains { secrets.contains($0) }
        var isBehindClass = false
        for (index, word) in words.enumerated() {
            if word == "token" || word == "tokens" {
                if index > 0, words[index - 1] == "api" || words[index - 1] == "code" { return true }
                let isCounted = word == "tokens" || index + 1 < words.count && counted.contains(words[index + 1])
                if isBesideSecret || !isCounted && !isBehindClass { return true }
            }
            isBehindClass = isBehindClass || classes.contains(word)
        }
        return false
    }

    /// A path of names from inside a value, as it may be written out: names can be anything there, so what is not made
    /// of known words, but for one word before what counts, is shown as `*`.
    static func shown(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { isShown($0) ? String($0) : "*" }.joined(
            separator: "/")
    }

    private static func isShown(_ name: Substring) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: false
            }
        }
        guard name.utf8.count <= 64, name.utf8.allSatisfy(isPlain) else { return false }
        let words = segments(of: String(name)).flatMap { $0 }
        let unknown = words.filter { !isKnown($0) }
        guard let last = words.last, let odd = unknown.first else { return !words.isEmpty }
        let isQualifier = unknown.count == 1 && odd.utf8.count <= 16 && odd.utf8.allSatisfy { $0 > 0x39 }
        return isQualifier && (usage.contains(last) || cost.contains(last))
    }

    /// What a call in several goes lists them under: each has counts of its own, which reading adds up.
    private static let iterations = "iterations"

    /// Whether a name tells counts of such a list.
    static func isOfIterations(_ name: String) -> Bool {
        var last: UInt32 = 0
        for byte in name.utf8 {
            last = last << 8 | UInt32(byte | 0x20)
            // iter; most names have none.
            if last == 0x6974_6572 { return segments(of: name).contains([iterations]) }
        }
        return false
    }

    /// Whether a name for output is one that Gemini gives: `candidates_token_count`, `candidatesTokenCount`.
    static func isGeminiOutput(_ name: String) -> Bool {
        let words = segments(of: name).last ?? []
        return words.contains("candidates") && !usage.isDisjoint(with: words)
    }

    /// Whether a name ends in what counts tokens.
    static func countsTokens(_ name: String) -> Bool {
        var words = segments(of: name).last ?? []
        if let last = words.last, ["count", "counts", "total", "used", "n"].contains(last) { words.removeLast() }
        return words.last == "tokens" || words.last == "token"
    }

    static func modality(_ words: Set<String>) -> String? {
        // order: of two the lesser name.
        words.compactMap { modalities[$0] }.min()
    }

    /// What a provider does beside the model and bills for.
    static func service(_ words: Set<String>) -> String? {
        guard !words.isDisjoint(with: services) else { return nil }
        if !words.isDisjoint(with: ["citation", "citations"]) { return "citation" }
        if !words.isDisjoint(with: ["fetch", "fetches"]) { return "web_fetch" }
        if !words.isDisjoint(with: ["search", "searches", "queries", "web"]) {
            return words.contains("web") ? "web_search" : "search"
        }
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
            // A star stands for a name that is not shown.
            let isLetter = isCapital || (0x61...0x7A).contains(byte) || isDigit(byte) || byte >= 0x80 || byte == 0x2A
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
