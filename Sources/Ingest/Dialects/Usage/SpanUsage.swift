import Bytes
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

    /// The name of a count of tokens that nobody here reads.
    static let unreadTokens = "unread_tokens"

    static let tokenFields: [DialectField] = [
        .inputTokens, .outputTokens, .cacheReadTokens, .cacheWriteTokens, .cacheWrite1hTokens, .reasoningTokens,
        .totalTokens,
    ]

    /// - Complexity: O(attributes).
    init(_ span: MappedSpan) {
        var write5m: Int64?
        var costs: [UsageName: Double] = [:]
        var iterations: [DialectField: Int64] = [:]
        var geminis: Set<Int64> = []
        var unread: Int64 = 0
        // order: the largest of each, and a set.
        for (key, value) in span.record.attributes {
            let name = key.text
            guard let usage = UsageName(name) else { continue }
            switch usage {
            case .field(.reportedCost), .inputCost, .outputCost:
                if let number = value.number, number.isFinite { costs[usage] = max(number, costs[usage] ?? 0) }
            case .field(let field) where UsageWords.isOfIterations(name):
                if let count = Self.sound(value.wholeNumber) { iterations[field] = max(count, iterations[field] ?? 0) }
            case .field(let field):
                note(field, value.wholeNumber)
                if field == .outputTokens, UsageWords.isGeminiOutput(name), let count = value.wholeNumber {
                    geminis.insert(count)
                }
            case .cacheWrite5m: write5m = max(write5m ?? 0, Self.sound(value.wholeNumber) ?? 0)
            case .other(let other): if value.number ?? 0 > 0 { others.insert(other) }
            case .unread: if UsageWords.countsTokens(name) { unread = max(unread, Self.sound(value.wholeNumber) ?? 0) }
            case .costPart, .part: break
            }
        }
        // What a table names goes before what a name alone says, unless it says nothing.
        for field in Self.tokenFields {
            guard let count = span.count(field, maximum: Limits.tokensMax), count > 0 || counts[field] == nil else {
                continue
            }
            counts[field] = count
        }
        // A call that was made in several goes tells the last of them beside the list of all.
        counts.merge(iterations) { max($0, $1) }
        if !iterations.isEmpty, isTotalBelow { counts[.totalTokens] = nil }
        // Gemini's candidates never hold the thoughts, by whatever other name they are told as well.
        if let output = counts[.outputTokens], geminis.contains(output) { conventions[.reasoning] = .beside }
        for bucket in Self.buckets where span.record.attributes[bucket.whole] != nil {
            conventions[bucket.part] = .beside
        }
        if let write5m { note(.cacheWriteTokens, write5m + (counts[.cacheWrite1hTokens] ?? 0)) }
        reportedCost = span.picoUSD(.reportedCost) ?? Self.cost(costs)
        // What is more than all that was read is no part of it.
        if isTold, unread > wholes.high { others.insert(Self.unreadTokens) }
    }

    /// Whether it tells parts of counts.
    var hasParts: Bool {
        [DialectField.cacheReadTokens, .cacheWriteTokens, .reasoningTokens].contains { counts[$0] ?? 0 > 0 }
    }

    /// What the span says of several calls together, whosoever they are.
    init(rollUpOf span: MappedSpan) {
        for field in Self.tokenFields { counts[field] = span.count(field, maximum: Limits.tokensMax, isRollUp: true) }
    }

    /// Takes over counts that are missing here.
    mutating func complete(by other: SpanUsage) { counts.merge(other.counts) { own, _ in own } }

    /// Joins what another span tells of the same work: the largest of each.
    mutating func join(_ other: SpanUsage) {
        // Whose whole is the greater, that one's names say what is in it.
        for part in UsagePart.allCases {
            let whole = part == .cache ? DialectField.inputTokens : .outputTokens
            let (own, theirs) = (counts[whole] ?? -1, other.counts[whole] ?? -1)
            if theirs > own { conventions[part] = other.conventions[part] }
            if theirs == own { conventions[part] = conventions[part] ?? other.conventions[part] }
        }
        let isSound = !isTotalBelow && !other.isTotalBelow
        counts.merge(other.counts) { max($0, $1) }
        // One's total beside the other's counts says nothing where they count differently.
        if isSound, isTotalBelow { counts[.totalTokens] = nil }
        others.formUnion(other.others)
        reportedCost = reportedCost ?? other.reportedCost
    }

    /// Adds what another call used.
    mutating func add(_ other: SpanUsage) {
        let (whole, more) = (counts[.totalTokens] ?? wholes.low, other.counts[.totalTokens] ?? other.wholes.low)
        counts.merge(other.counts) { Self.sum($0, $1) }
        counts[.totalTokens] = Self.sum(whole, more)
    }

    /// - Returns: as much as there may be where the sum is more.
    private static func sum(_ one: Int64, _ other: Int64) -> Int64 {
        let (sum, isBeyond) = one.addingReportingOverflow(other)
        return isBeyond ? .max : sum
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

    private static func sound(_ count: Int64?) -> Int64? {
        count.flatMap { (0...Limits.tokensMax).contains($0) ? $0 : nil }
    }

    /// The total, or input and output where only they are told.
    private static func cost(_ costs: [UsageName: Double]) -> Int64? {
        let parts = costs[.inputCost].map { $0 + (costs[.outputCost] ?? 0) } ?? costs[.outputCost]
        return MappedSpan.picoUSD(costs[.field(.reportedCost)] ?? parts)
    }
}

// MARK: Compared

extension SpanUsage {
    /// A count by its least and its greatest reading.
    private typealias Count = (low: Int64, high: Int64)

    /// Output so small is what a stream begins with, before it is counted.
    private static let startedTokensMax: Int64 = 16

    private var input: Count {
        let input = counts[.inputTokens] ?? 0
        let written = counts[.cacheWriteTokens] ?? counts[.cacheWrite1hTokens] ?? 0
        return (input, Self.sum(input, Self.sum(counts[.cacheReadTokens] ?? 0, written)))
    }

    private var output: Count {
        let output = counts[.outputTokens] ?? 0
        return (output, Self.sum(output, counts[.reasoningTokens] ?? 0))
    }

    /// All tokens: the total where it was told.
    private var wholes: Count {
        if let total = counts[.totalTokens], total > 0 { return (total, total) }
        return (Self.sum(input.low, output.low), Self.sum(input.high, output.high))
    }

    /// Whether its total is less than what it should hold.
    private var isTotalBelow: Bool {
        let total = counts[.totalTokens] ?? 0
        return total > 0 && total < Self.sum(input.low, output.low)
    }

    /// Whether it tells that anything was used.
    var isTold: Bool { wholes.high > 0 }

    /// Whether both can be what one call used: what is told twice is about the same, in one of the ways in which parts
    /// are counted.
    func canBeOne(with other: SpanUsage) -> Bool {
        guard isTold, other.isTold else { return true }
        return isAbout(other, oneIn: 20)
    }

    /// Whether it can be the sum of several calls.
    func isSum(_ sum: SpanUsage) -> Bool { isTold && sum.isTold && isAbout(sum, oneIn: 100) }

    /// Whether it is less than others told together.
    func isBelow(_ sum: SpanUsage) -> Bool {
        input.high > 0 && input.high < sum.input.low || output.high > 0 && output.high < sum.output.low
            || wholes.high < sum.wholes.low
    }

    /// Whether both tell exactly the same, in one of the ways in which parts are counted.
    func isEqual(to other: SpanUsage) -> Bool {
        guard isTold, other.isTold else { return false }
        guard input.high > 0, other.input.high > 0 else { return Self.isOne(wholes, other.wholes) }
        return Self.isOne(input, other.input) && Self.isOne(output, other.output)
    }

    private static func isOne(_ one: Count, _ other: Count) -> Bool {
        [other.low, other.high].contains(one.low) || [other.low, other.high].contains(one.high)
    }

    private func isAbout(_ other: SpanUsage, oneIn share: Int64) -> Bool {
        let (hasInput, hasOutput) = (input.high > 0 && other.input.high > 0, output.high > 0 && other.output.high > 0)
        guard hasInput || hasOutput else { return Self.isAbout(wholes, other.wholes, share) }
        if hasInput, !Self.isAbout(input, other.input, share) { return false }
        guard hasOutput, !Self.isAbout(output, other.output, share) else { return true }
        return hasInput && Self.isOne(input, other.input)
            && min(output.high, other.output.high) <= Self.startedTokensMax
    }

    /// Who counts by itself comes close.
    private static func isAbout(_ one: Count, _ other: Count, _ share: Int64) -> Bool {
        let slack = max(4, max(one.high, other.high) / share)
        return one.low - slack <= other.high && other.low - slack <= one.high
    }
}
