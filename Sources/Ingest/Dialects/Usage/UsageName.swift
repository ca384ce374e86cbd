// tests: names are tried by the hundred, without a span around each.
/// What the name of a number says of a call's usage or cost, read word by word: `gen_ai.usage.input_tokens.cached`,
/// `promptTokenCount` and `usage/prompt_tokens_details/cached_tokens` need no rule of their own.
///
/// Dots and slashes part segments, all else and a capital letter part words. A name speaks of the call when a segment
/// says so: one of a name space of model calls, or a container of usage that the number stands below. Words before it
/// may be anybody's, but for those of something larger than a call, such as a session; an unknown word after it is a
/// qualifier that nobody here understands.
package enum UsageName: Hashable, Sendable {
    /// The number belongs to a field: a class of tokens, a total, a cost.
    case field(DialectField)
    /// Tokens written to the cache for five minutes: with those for an hour all that were written.
    case cacheWrite5m
    /// Billed use that no class of tokens tells, such as `output_audio`.
    case other(String)
    /// The sender's cost of the input or of the output alone.
    case inputCost, outputCost
    /// A part of the sender's cost, told by its total.
    case costPart
    /// A part of a class, or a count that is not billed.
    case part
    /// Usage or cost, but nobody here knows of what.
    case unread

    /// nil for a name that is about neither the usage nor the cost of the call itself.
    /// - Complexity: O(length).
    package init?(_ name: String) {
        guard name.utf8.count <= 512, Self.mightCount(name) else { return nil }
        let segments = UsageWords.segments(of: name)
        let sequence = segments.flatMap { $0 }
        let words = Set(sequence)
        let isCost = !words.isDisjoint(with: UsageWords.cost)
        guard isCost || !words.isDisjoint(with: UsageWords.usage), words.isDisjoint(with: UsageWords.otherMatters)
        else { return nil }
        if !isCost, name.hasPrefix("gen_ai.request.") { return nil }
        guard words.isDisjoint(with: UsageWords.larger), !UsageWords.isCredential(sequence) else { return nil }
        guard let start = UsageWords.start(segments) else { return nil }
        guard let counted = Self.counted(Array(segments[start...])) else {
            // What a cost is made of, its total tells.
            self = isCost ? .costPart : .unread
            return
        }
        self = isCost ? Self.cost(counted) : Self.tokens(counted)
    }

    /// Whether one of the words that every such name has may be in it; most names have none.
    private static func mightCount(_ name: String) -> Bool {
        var last: UInt32 = 0
        for byte in name.utf8 {
            last = last << 8 | UInt32(byte | 0x20)
            // oken, sage, cost, rice, pend, pent, _usd
            switch last {
            case 0x6F6B_656E, 0x7361_6765, 0x636F_7374, 0x7269_6365, 0x7065_6E64, 0x7065_6E74: return true
            default: if last & 0xFF_FFFF == 0x75_7364 { return true }
            }
        }
        return false
    }

    /// The words that count: those after the last `usage`. nil where one of them is unknown, or nothing stands below a
    /// container that has no name space before it.
    private static func counted(_ segments: [[String]]) -> Set<String>? {
        var rest = segments
        // Its members are the names of models.
        let isByModel = segments.contains(["lm", "usage"])
        if segments.count == 1, UsageWords.isContainer(segments[0]) { return nil }
        for index in segments.indices.reversed() {
            guard let place = segments[index].lastIndex(where: { $0 == "usage" || $0 == "usages" }) else { continue }
            let after = Array(segments[index][(place + 1)...])
            if !after.isEmpty || index + 1 < segments.count {
                rest = [after] + segments[(index + 1)...]
                break
            }
        }
        var result: Set<String> = []
        for (index, segment) in rest.enumerated() {
            if segment.allSatisfy(UsageWords.isKnown) {
                result.formUnion(segment.filter { UsageWords.counting.contains($0) })
            } else if !isByModel || index + 1 == rest.count {
                return nil
            }
        }
        return result
    }

    private static func tokens(_ words: Set<String>) -> UsageName {
        func has(_ some: Set<String>) -> Bool { !words.isDisjoint(with: some) }
        let (isInput, isOutput, isCache) = (has(UsageWords.input), has(UsageWords.output), has(UsageWords.cache))
        if has(UsageWords.notFromCache) { return isOutput ? .unread : .part }
        if let modality = UsageWords.modality(words) {
            return .other((isOutput ? "output_" : isInput || isCache ? "input_" : "") + modality)
        }
        if let service = UsageWords.service(words) { return .other(service) }
        if has(UsageWords.predictions) || words == ["requests"] || words == ["request"] { return .part }
        if isCache {
            if isOutput { return .unread }
            if words.contains("1h") { return .field(.cacheWrite1hTokens) }
            if words.contains("5m") { return .cacheWrite5m }
            return .field(has(UsageWords.writing) ? .cacheWriteTokens : .cacheReadTokens)
        }
        if has(UsageWords.writing) || has(UsageWords.reading) || words.contains("request") || words.contains("requests")
        {
            return .unread
        }
        if has(UsageWords.reasoning) { return isInput ? .unread : .field(.reasoningTokens) }
        if isInput { return isOutput ? .unread : .field(.inputTokens) }
        return .field(isOutput ? .outputTokens : .totalTokens)
    }

    private static func cost(_ words: Set<String>) -> UsageName {
        let words = words.subtracting(UsageWords.cost).subtracting(["total"])
        if words.isEmpty { return .field(.reportedCost) }
        if let service = UsageWords.service(words) { return .other(service) }
        if !words.isDisjoint(with: ["request", "requests"]) { return .other("request") }
        if words.isSubset(of: UsageWords.input) { return .inputCost }
        return words.isSubset(of: UsageWords.output) ? .outputCost : .costPart
    }
}
