import Domain

extension TraceEventBuilder {
    /// Adds what a model or embedding call says: each field from the first span that has it, of token counts the
    /// largest.
    static func describeCall(
        _ tree: SpanTree, _ members: [Int], _ usage: CallUsage, _ reportedCost: Int64?, _ fields: inout FieldSet
    ) {
        let spans = members.map { tree.spans[$0] }
        func first<Value>(_ read: (MappedSpan) -> Value?) -> Value? { spans.lazy.compactMap(read).first }
        fields.add("operation", text: first { $0.text(.operation) })
        fields.add("provider", text: first(\.provider))
        fields.add("request_model", text: first { $0.text(.requestModel) })
        fields.add("response_model", text: first { $0.text(.responseModel) })
        fields.add("response_id", text: first { $0.text(.responseID) })
        fields.add("service_tier", text: first { $0.text(.serviceTier) })
        fields.add("finish_reason", text: first { $0.finishReason })
        fields.add("stream", boolean: first { $0.flag(.stream) })
        fields.add("time_to_first_token_ns", integer: first { $0.nanoseconds(.timeToFirstToken) })
        fields.add("queue_duration_ns", integer: first { $0.nanoseconds(.queueDuration) })
        fields.add("attempt", integer: first { $0.count(.resends, maximum: 1_000_000) }.map { $0 + 1 })
        fields.add("reported_cost_usd", integer: reportedCost)
        add(usage.tokens, to: &fields)
        fields.add("total_tokens", integer: usage.total)
        fields.add("usage_doubt", text: usage.doubtText)
        fields.add("other_usage", text: usage.otherText)
    }

    /// What the spans of a call tell together: the largest count of each class.
    static func usage(_ tree: SpanTree, _ members: [Int]) -> SpanUsage {
        var reported = SpanUsage()
        for member in members { reported.join(SpanUsage(tree.spans[member])) }
        // A failed call that counts nothing was not counted.
        let isFailed = members.contains { tree.spans[$0].hasFailed }
        let wholes: [DialectField] = [.inputTokens, .outputTokens, .totalTokens]
        if isFailed, wholes.allSatisfy({ reported.counts[$0, default: 0] == 0 }) { reported.forgetCounts() }
        return reported
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
