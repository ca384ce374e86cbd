import Domain

/// Whether a part of a count lies inside its whole or beside it.
package enum PartReading: String, Hashable, Sendable { case inside, beside }

/// The parts of which senders differ in how they count them. Raw values are those of `usage_doubt`.
package enum UsagePart: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Cached and written input tokens.
    case cache
    /// Reasoning.
    case reasoning

    /// By raw value.
    package static func < (left: UsagePart, right: UsagePart) -> Bool { left.rawValue < right.rawValue }
}

/// What a call used, once it is decided how its parts lie to their wholes.
///
/// A told total decides: of the readings the one whose sum it is. Where none or several fit, what the emitter is known
/// to do counts, then the convention: inside. A part that is larger than its whole cannot be inside; without a total
/// that leaves both readings open, and the counts here are those of the reading beside.
struct CallUsage: Hashable {
    /// Counts in which parts are inside their wholes.
    var tokens = TokenUsage()
    /// The sender's total.
    var total: Int64?
    /// Parts of which both readings are open.
    var doubts: Set<UsagePart> = []
    /// Billed use that no class tells.
    var others: Set<String> = []
    /// What the call's own total proves of its emitter.
    var proof: [UsagePart: PartReading] = [:]
    /// Parts that were read by convention or are in doubt, so that what is known of the emitter would count.
    var undecided: Set<UsagePart> = []

    /// The name of tokens that the total has and no class.
    static let untold = BookedCost.untoldTokens

    private struct Reading: Hashable {
        var isReadBeside = false
        var isWriteBeside = false
        var isHourBeside = false
        var isReasoningBeside = false
    }

    private struct Counts {
        var input, output, read, write, hour, reasoning: Int64

        /// The counts with all parts inside; nil where they would not fit or be too large.
        func read(as reading: Reading) -> Counts? {
            var result = self
            if reading.isHourBeside { result.write += hour } else if hour > write { return nil }
            result.input += (reading.isReadBeside ? read : 0) + (reading.isWriteBeside ? result.write : 0)
            result.output += reading.isReasoningBeside ? reasoning : 0
            guard read + result.write <= result.input, reasoning <= result.output else { return nil }
            let inside = (reading.isReadBeside ? 0 : read) + (reading.isWriteBeside ? 0 : result.write)
            guard inside <= input, reading.isReasoningBeside || reasoning <= output else { return nil }
            return max(result.input, result.output) <= Limits.tokensMax ? result : nil
        }

        var sum: Int64 { input + output }
    }

    /// - Parameter known: what the emitter is known to do.
    init(_ reported: SpanUsage, known: [UsagePart: PartReading] = [:]) {
        total = reported.counts[.totalTokens]
        others = reported.others
        var input = reported.counts[.inputTokens]
        var output = reported.counts[.outputTokens]
        if let total, total > 0, (input ?? 0) + (output ?? 0) == 0 { (input, output) = (nil, nil) }
        let parts = Counts(
            input: input ?? 0, output: output ?? 0, read: reported.counts[.cacheReadTokens] ?? 0,
            write: reported.counts[.cacheWriteTokens] ?? reported.counts[.cacheWrite1hTokens] ?? 0,
            hour: reported.counts[.cacheWrite1hTokens] ?? 0,
            reasoning: reported.counts[.reasoningTokens] ?? 0)
        let hasParts = parts.read + parts.write + parts.reasoning > 0
        if let total, !hasParts { (input, output) = Self.completed(input, output, by: total) }
        var counts = parts
        (counts.input, counts.output) = (input ?? 0, output ?? 0)
        let lone = leaveLoneParts(of: &counts, isInputTold: input != nil, isOutputTold: output != nil)
        guard counts.sum + counts.read + counts.write + counts.reasoning > 0 || input != nil || output != nil else {
            return
        }
        guard let decided = decide(counts, known.merging(reported.conventions) { proved, _ in proved }) else {
            others.insert(Self.untold)
            return
        }
        if let total, total > decided.sum { others.insert(Self.untold) }
        func shown(_ count: Int64, _ isTold: Bool) -> Int64? { isTold || count > 0 ? count : nil }
        tokens = TokenUsage(
            input: shown(decided.input, input != nil), output: shown(decided.output, output != nil),
            cacheRead: shown(decided.read, reported.counts[.cacheReadTokens] != nil && !lone.contains(.cache)),
            cacheWrite: shown(decided.write, reported.counts[.cacheWriteTokens] != nil && !lone.contains(.cache)),
            cacheWrite1h: shown(decided.hour, reported.counts[.cacheWrite1hTokens] != nil && !lone.contains(.cache)),
            reasoning: shown(decided.reasoning, reported.counts[.reasoningTokens] != nil && !lone.contains(.reasoning)))
        assert((try? tokens.check()) != nil, "a reading holds its parts")
    }

    /// Takes out parts whose whole was not told: a whole made of its part alone would say that there was nothing else,
    /// and what is left of the total would be priced as the other side. Only where the total is what the other whole
    /// and the part come to, that is so.
    /// - Returns: what was taken out; it is in doubt and named as use that no class tells.
    private mutating func leaveLoneParts(of counts: inout Counts, isInputTold: Bool, isOutputTold: Bool) -> Set<
        UsagePart
    > {
        var lone: Set<UsagePart> = []
        if !isInputTold, counts.read + counts.write > 0 { lone.insert(.cache) }
        if !isOutputTold, counts.reasoning > 0 { lone.insert(.reasoning) }
        guard !lone.isEmpty else { return lone }
        var tried = self
        if isInputTold || isOutputTold, tried.decideByTotal(counts) != nil, tried.doubts.isEmpty { return [] }
        if lone.contains(.cache) { (counts.read, counts.write, counts.hour) = (0, 0, 0) }
        if lone.contains(.reasoning) { counts.reasoning = 0 }
        doubts.formUnion(lone)
        others.insert(Self.untold)
        return lone
    }

    /// Of input, output and total two give the third.
    private static func completed(_ input: Int64?, _ output: Int64?, by total: Int64) -> (Int64?, Int64?) {
        if let input, output == nil, total >= input { return (input, total - input) }
        if let output, input == nil, total >= output { return (total - output, output) }
        return (input, output)
    }

    private mutating func decide(_ counts: Counts, _ known: [UsagePart: PartReading]) -> Counts? {
        if let decided = decideByTotal(counts) { return decided }
        var reading = Reading()
        if counts.hour > counts.write {
            reading.isHourBeside = true
            doubts.insert(.cache)
        }
        let written = counts.write + (reading.isHourBeside ? counts.hour : 0)
        if counts.read + written > 0 {
            undecided.insert(.cache)
            let fits = counts.read + written <= counts.input
            if known[.cache] == .beside || !fits { (reading.isReadBeside, reading.isWriteBeside) = (true, true) }
            if known[.cache] != .beside, !fits { doubts.insert(.cache) }
        }
        if counts.reasoning > 0 {
            undecided.insert(.reasoning)
            let fits = counts.reasoning <= counts.output
            if known[.reasoning] == .beside || !fits { reading.isReasoningBeside = true }
            if known[.reasoning] != .beside, !fits { doubts.insert(.reasoning) }
        }
        return counts.read(as: reading)
    }

    /// The one reading whose sum is the total. Of several that fit, what they agree on is decided and the rest in
    /// doubt; nil where none fits.
    private mutating func decideByTotal(_ counts: Counts) -> Counts? {
        guard let total else { return nil }
        var fitting: [(reading: Reading, counts: Counts)] = []
        for bits in 0..<16 {
            let reading = Reading(
                isReadBeside: bits & 4 != 0, isWriteBeside: bits & 2 != 0, isHourBeside: bits & 1 != 0,
                isReasoningBeside: bits & 8 != 0)
            if reading.isReadBeside && counts.read == 0 || reading.isWriteBeside && counts.write == 0 { continue }
            if reading.isHourBeside && counts.hour == 0 || reading.isReasoningBeside && counts.reasoning == 0 {
                continue
            }
            guard let found = counts.read(as: reading), found.sum == total else { continue }
            // Where it makes no difference to the sum, hours are inside.
            if fitting.contains(where: { $0.counts.input == found.input && $0.counts.output == found.output }) {
                continue
            }
            fitting.append((reading, found))
        }
        guard let first = fitting.first else { return nil }
        if fitting.count == 1 {
            let (isRead, isWrite) = (first.reading.isReadBeside, first.reading.isWriteBeside)
            if counts.read + counts.write > 0 {
                if isRead == (counts.read > 0), isWrite == (counts.write > 0) { proof[.cache] = .beside }
                if !isRead, !isWrite { proof[.cache] = .inside }
            }
            if counts.reasoning > 0 { proof[.reasoning] = first.reading.isReasoningBeside ? .beside : .inside }
            return first.counts
        }
        if Set(fitting.map(\.counts.input)).count > 1 { doubts.insert(.cache) }
        if Set(fitting.map(\.counts.output)).count > 1 { doubts.insert(.reasoning) }
        return counts.read(
            as: Reading(
                isReadBeside: counts.read > 0, isWriteBeside: counts.write > 0,
                isHourBeside: counts.hour > counts.write,
                isReasoningBeside: counts.reasoning > 0))
    }
}

extension CallUsage {
    /// As `usage_doubt` says it.
    var doubtText: String? { doubts.isEmpty ? nil : doubts.sorted().map(\.rawValue).joined(separator: ",") }
    /// As `other_usage` says it.
    var otherText: String? { others.isEmpty ? nil : others.sorted().joined(separator: ",") }
}
