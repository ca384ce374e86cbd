/// What a model call used, as its event states it; nil where the event is silent.
///
/// Counts overlap as providers report them: cached tokens are part of the input, reasoning part of the output, one-hour
/// cache writes part of the cache writes. ``billed`` takes them apart.
package struct TokenUsage: Hashable, Sendable {
    /// Input tokens.
    package var input: Int64?
    /// Output tokens.
    package var output: Int64?
    /// Tokens read from the cache.
    package var cacheRead: Int64?
    /// Tokens written to the cache.
    package var cacheWrite: Int64?
    /// Tokens written to the cache for an hour.
    package var cacheWrite1h: Int64?
    /// Output tokens spent on reasoning.
    package var reasoning: Int64?
    /// GPU time, summed over GPUs.
    package var gpuDurationNanoseconds: Int64?
    /// All tokens, as the sender's own total says.
    package var total: Int64?
    /// Parts that may lie inside their whole; the counts are those of the reading beside.
    package var doubt: UsageDoubt = []
    /// Billed use that no class tells, names with commas between; empty where there is none.
    package var other = ""
    /// Whether the call makes no output that is billed: an embedding.
    package var isInputOnly = false
    /// Whether the call cost something for certain, so that a count it does not tell is not known. A call that failed
    /// may be silent: it cost nothing.
    package var mustTell = false

    /// Counts by class; nothing is stated where nothing is given.
    package init(
        input: Int64? = nil, output: Int64? = nil, cacheRead: Int64? = nil, cacheWrite: Int64? = nil,
        cacheWrite1h: Int64? = nil,
        reasoning: Int64? = nil, gpuDurationNanoseconds: Int64? = nil
    ) {
        (self.input, self.output, self.cacheRead, self.cacheWrite) = (input, output, cacheRead, cacheWrite)
        (self.cacheWrite1h, self.reasoning, self.gpuDurationNanoseconds) = (
            cacheWrite1h, reasoning, gpuDurationNanoseconds
        )
    }

    /// Whether the event states any billed count, be it zero.
    package var hasTokenCounts: Bool {
        input != nil || output != nil || cacheRead != nil || cacheWrite != nil || cacheWrite1h != nil
    }

    /// Whether a call must tell its usage: one that did not fail, and a stream that broke off after its answer had
    /// begun.
    /// - Parameter hasBegun: something of the answer is known: its id, model, first token or why it ended.
    package static func mustTell(isError: Bool, isStream: Bool, hasBegun: Bool) -> Bool {
        !isError || isStream && hasBegun
    }

    /// Input and output where one of them is not told and follows from the total. The total of a call that makes no
    /// output is its input. Beside a total zeros tell nothing.
    package var wholes: (input: Int64?, output: Int64?) {
        guard let total, doubt.isEmpty else { return (input, output) }
        if total > 0, (input ?? 0) == 0, (output ?? 0) == 0 { return (isInputOnly ? total : nil, nil) }
        switch (input, output) {
        case (nil, nil): return isInputOnly ? (total, nil) : (nil, nil)
        case (let input?, nil) where !isInputOnly && total >= input: return (input, total - input)
        case (nil, let output?) where total >= output: return (total - output, output)
        default: return (input, output)
        }
    }

    /// Whether the sender's total holds more than the counts that were told, by any reading of them.
    /// - Precondition: ``check()`` did not throw.
    var isTotalAbove: Bool {
        let wholes = wholes
        guard let total, let input = wholes.input, wholes.output != nil || isInputOnly else { return false }
        return total > input + (wholes.output ?? 0)
    }

    /// Whether the sender's total is less than the counts that were told, by any reading of them. A total of zero tells
    /// nothing.
    /// - Precondition: ``check()`` did not throw.
    package var isTotalBelow: Bool {
        guard let total, total > 0 else { return false }
        return total < (doubt.isEmpty ? billed : billedInside).sum
    }

    /// Refuses counts below zero or beyond the limit, and parts larger than their whole, where a whole that is not told
    /// holds nothing: billed classes are differences. Events of senders are asked this before they are accepted; what
    /// is made of spans is made so.
    package func check() throws(FieldError) {
        try check("input_tokens", input)
        try check("output_tokens", output)
        try check("cache_read_tokens", cacheRead)
        try check("cache_write_tokens", cacheWrite)
        try check("cache_write_1h_tokens", cacheWrite1h)
        try check("reasoning_tokens", reasoning)
        try check("total_tokens", total)
        if let duration = gpuDurationNanoseconds, !(0...Limits.gpuDurationNanosecondsMax).contains(duration) {
            throw FieldError(
                field: "gpu_duration_ns", expected: "0 to \(Limits.gpuDurationNanosecondsMax)", found: "\(duration)")
        }
        try check("reasoning_tokens", reasoning ?? 0, isWithin: "output_tokens", output)
        try check(
            "cache_read_tokens", (cacheRead ?? 0) + (cacheWrite ?? 0), isWithin: "input_tokens", input,
            parts: "cache_read_tokens + cache_write_tokens")
        try check("cache_write_1h_tokens", cacheWrite1h ?? 0, isWithin: "cache_write_tokens", cacheWrite)
    }

    private func check(_ field: String, _ count: Int64?) throws(FieldError) {
        guard let count, !(0...Limits.tokensMax).contains(count) else { return }
        throw FieldError(field: field, expected: "0 to \(Limits.tokensMax) tokens", found: "\(count)")
    }

    private func check(
        _ field: String, _ sum: Int64, isWithin wholeField: String, _ whole: Int64?, parts: String? = nil
    ) throws(FieldError) {
        guard sum > whole ?? 0 else { return }
        let bound = whole.map { "\($0)" } ?? "absent"
        throw FieldError(
            field: field, expected: "\(parts ?? field) of at most \(wholeField) (\(bound))", found: "\(sum)")
    }

    /// Tokens by billed class, disjoint: input without cache, cache reads, cache writes without the one-hour ones,
    /// these, output.
    /// - Precondition: ``check()`` did not throw.
    package var billed: ClassAmounts {
        let (read, write, hour) = (cacheRead ?? 0, cacheWrite ?? 0, cacheWrite1h ?? 0)
        let wholes = wholes
        return ClassAmounts(
            input: (wholes.input ?? 0) - read - write, output: wholes.output ?? 0, cacheRead: read,
            cacheWrite: write - hour,
            cacheWrite1h: hour)
    }

    /// The same where the parts in doubt lie inside: the wholes without what was added, the parts at most as large as
    /// these.
    /// - Precondition: ``check()`` did not throw.
    var billedInside: ClassAmounts {
        var amounts = billed
        if doubt.contains(.cache) {
            let whole = amounts.input
            let read = min(amounts.cacheRead, whole)
            let hour = min(amounts.cacheWrite1h, whole - read)
            let write = min(amounts.cacheWrite, whole - read - hour)
            (amounts.input, amounts.cacheRead) = (whole - read - write - hour, read)
            (amounts.cacheWrite, amounts.cacheWrite1h) = (write, hour)
        }
        if doubt.contains(.reasoning) { amounts.output -= min(amounts.output, reasoning ?? 0) }
        return amounts
    }
}

/// One number for each billed class of tokens.
package struct ClassAmounts: Hashable, Sendable {
    /// Input tokens.
    package var input: Int64
    /// Output tokens.
    package var output: Int64
    /// Tokens read from the cache.
    package var cacheRead: Int64
    /// Tokens written to the cache.
    package var cacheWrite: Int64
    /// Tokens written to the cache for an hour.
    package var cacheWrite1h: Int64

    /// All of them.
    package var sum: Int64 { input + output + cacheRead + cacheWrite + cacheWrite1h }

    /// Counts by class; nothing is stated where nothing is given.
    package init(
        input: Int64 = 0, output: Int64 = 0, cacheRead: Int64 = 0, cacheWrite: Int64 = 0, cacheWrite1h: Int64 = 0
    ) {
        (self.input, self.output, self.cacheRead) = (input, output, cacheRead)
        (self.cacheWrite, self.cacheWrite1h) = (cacheWrite, cacheWrite1h)
    }
}

/// What a price is for. Raw values are those of `token_class` on the wire.
package enum TokenClass: String, Hashable, Sendable, CaseIterable, Comparable {
    case input, output
    case cacheRead = "cache_read"
    case cacheWrite = "cache_write"
    case cacheWrite1h = "cache_write_1h"
    /// GPU time instead of tokens.
    case gpu

    /// By raw value.
    package static func < (left: TokenClass, right: TokenClass) -> Bool { left.rawValue < right.rawValue }

    /// The classes that are billed by tokens.
    package static let billed: [TokenClass] = [.input, .output, .cacheRead, .cacheWrite, .cacheWrite1h]
}
