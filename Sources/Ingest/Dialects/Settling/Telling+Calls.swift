import Domain

extension Telling {
    /// Adds what a model or embedding call says: each field from the first span that has it, of token counts the largest.
    static func describeCall(_ tree: SpanTree, _ members: [Int], _ fields: inout FieldSet) {
        let spans = members.map { tree.spans[$0] }
        func first<Value>(_ read: (BookSpan) -> Value?) -> Value? { spans.lazy.compactMap(read).first }
        fields.add("operation", text: first { $0.text(.operation) })
        fields.add("provider", text: first { $0.text(.provider) })
        fields.add("request_model", text: first { $0.text(.requestModel) })
        fields.add("response_model", text: first { $0.text(.responseModel) })
        fields.add("response_id", text: first { $0.text(.responseID) })
        fields.add("service_tier", text: first { $0.text(.serviceTier) })
        fields.add("finish_reason", text: first { $0.finishReason })
        fields.add("stream", boolean: first { $0.flag(.stream) })
        fields.add("time_to_first_token_ns", integer: first { $0.nanoseconds(.timeToFirstToken) })
        fields.add("queue_duration_ns", integer: first { $0.nanoseconds(.queueDuration) })
        fields.add("attempt", integer: first { $0.count(.resends, maximum: 1_000_000) }.map { $0 + 1 })
        fields.add("reported_cost_usd", integer: first { $0.picoUSD(.reportedCost) })
        var usage = usage(tree, members)
        // A failed call that counts nothing was not counted.
        if spans.contains(where: \.hasFailed), (usage.input ?? 0) == 0, (usage.output ?? 0) == 0 { usage = TokenUsage() }
        add(usage, to: &fields)
    }

    /// The largest count of each class that any of the spans has. A part that is larger than its whole is left out.
    static func usage(_ tree: SpanTree, _ members: [Int]) -> TokenUsage {
        func largest(_ field: DialectField) -> Int64? {
            members.compactMap { tree.spans[$0].count(field, maximum: Limits.tokensMax) }.max()
        }
        var usage = TokenUsage(
            input: largest(.inputTokens), output: largest(.outputTokens), cacheRead: largest(.cacheReadTokens),
            cacheWrite: largest(.cacheWriteTokens), cacheWrite1h: largest(.cacheWrite1hTokens), reasoning: largest(.reasoningTokens))
        if (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0) > usage.input ?? 0 {
            (usage.cacheRead, usage.cacheWrite, usage.cacheWrite1h) = (nil, nil, nil)
        }
        if usage.cacheWrite1h ?? 0 > usage.cacheWrite ?? 0 { usage.cacheWrite1h = nil }
        if usage.reasoning ?? 0 > usage.output ?? 0 { usage.reasoning = nil }
        return usage
    }

    static func add(_ usage: TokenUsage, to fields: inout FieldSet) {
        fields.add("input_tokens", integer: usage.input)
        fields.add("output_tokens", integer: usage.output)
        fields.add("cache_read_tokens", integer: usage.cacheRead)
        fields.add("cache_write_tokens", integer: usage.cacheWrite)
        fields.add("cache_write_1h_tokens", integer: usage.cacheWrite1h)
        fields.add("reasoning_tokens", integer: usage.reasoning)
    }
}
