import Domain

/// What a span says of usage and cost, by the places that tables name and by the names that say it themselves.
struct SpanUsage {
    /// The largest count of each class, of the total.
    private(set) var counts: [DialectField: Int64] = [:]
    /// Billed use beyond the classes.
    private(set) var others: Set<String> = []
    /// The sender's cost, pico-USD.
    private(set) var reportedCost: Int64?

    /// How parts lie to their wholes where the names themselves say it.
    private(set) var conventions: [UsagePart: PartReading] = [:]

    /// Nothing was told.
    init() {}

    /// Langfuse's own keys are buckets that exclude each other.
    private static let buckets: [(whole: String, part: UsagePart)] = [
        ("langfuse.observation.usage_details/input", .cache), ("langfuse.observation.usage_details/output", .reasoning),
    ]

    static let tokenFields: [DialectField] = [
        .inputTokens, .outputTokens, .cacheReadTokens, .cacheWriteTokens, .cacheWrite1hTokens, .reasoningTokens, .totalTokens,
    ]

    /// - Complexity: O(attributes).
    init(_ span: BookSpan) {
        var write5m: Int64?
        var costs: [UsageName: Double] = [:]
        // order: the largest of each, and a set.
        for (name, value) in span.record.attributes {
            guard let usage = UsageName(name) else { continue }
            switch usage {
            case .field(.reportedCost), .inputCost, .outputCost:
                if let number = value.number, number.isFinite { costs[usage] = max(number, costs[usage] ?? 0) }
            case .field(let field): note(field, value.wholeNumber)
            case .cacheWrite5m: write5m = max(write5m ?? 0, Self.sound(value.wholeNumber) ?? 0)
            case .other(let other): if value.number ?? 0 > 0 { others.insert(other) }
            case .costPart, .part, .unread: break
            }
        }
        // What a table names goes before what a name alone says, unless it says nothing.
        for field in Self.tokenFields {
            guard let count = span.count(field, maximum: Limits.tokensMax), count > 0 || counts[field] == nil else { continue }
            counts[field] = count
        }
        for bucket in Self.buckets where span.record.attributes[bucket.whole] != nil { conventions[bucket.part] = .beside }
        if let write5m { note(.cacheWriteTokens, write5m + (counts[.cacheWrite1hTokens] ?? 0)) }
        reportedCost = span.picoUSD(.reportedCost) ?? Self.cost(costs)
    }

    /// Whether it tells parts of counts.
    var hasParts: Bool { [DialectField.cacheReadTokens, .cacheWriteTokens, .reasoningTokens].contains { counts[$0] ?? 0 > 0 } }

    /// Joins what another span tells of the same work: the largest of each.
    mutating func join(_ other: SpanUsage) {
        counts.merge(other.counts) { max($0, $1) }
        others.formUnion(other.others)
        conventions.merge(other.conventions) { first, _ in first }
        reportedCost = reportedCost ?? other.reportedCost
    }

    /// Of a call that failed before anything was counted.
    mutating func forgetCounts() { counts = [:] }

    /// An embedding has no output: all its tokens are its input.
    mutating func takeTotalForInput() {
        if counts[.inputTokens] == nil, counts[.outputTokens] ?? 0 == 0 { counts[.inputTokens] = counts[.totalTokens] }
    }

    private mutating func note(_ field: DialectField, _ count: Int64?) {
        if let count = Self.sound(count) { counts[field] = max(count, counts[field] ?? 0) }
    }

    private static func sound(_ count: Int64?) -> Int64? { count.flatMap { (0...Limits.tokensMax).contains($0) ? $0 : nil } }

    /// The total, or input and output where only they are told.
    private static func cost(_ costs: [UsageName: Double]) -> Int64? {
        let parts = costs[.inputCost].map { $0 + (costs[.outputCost] ?? 0) } ?? costs[.outputCost]
        return BookSpan.picoUSD(costs[.field(.reportedCost)] ?? parts)
    }
}
