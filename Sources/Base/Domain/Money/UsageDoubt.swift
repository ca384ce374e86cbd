import Bytes

/// Parts of a call's usage of which nobody told whether they lie inside their whole or beside it.
///
/// The counts of a call are those of the reading beside: its wholes hold the parts that were added.
package struct UsageDoubt: OptionSet, Hashable, Sendable {
    /// One bit for each part.
    package var rawValue: UInt8

    /// The parts of these bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Tokens read from and written to the cache, as parts of the input.
    package static let cache = UsageDoubt(rawValue: 1)
    /// Tokens spent on reasoning, as part of the output.
    package static let reasoning = UsageDoubt(rawValue: 2)

    /// Reads the field `usage_doubt`: names with commas between; others say nothing.
    package init(names: String) {
        self = []
        for name in UsageNames.list(names) {
            if name.hasSameBytes(as: "cache") { insert(.cache) }
            if name.hasSameBytes(as: "reasoning") { insert(.reasoning) }
        }
    }
}

/// Names in one text with commas between, as calls tell of their usage.
enum UsageNames {
    /// The names without white space around them, each once, in their order; empty ones are none.
    /// - Complexity: O(bytes of the text).
    static func list(_ text: String) -> [String] {
        guard !text.isEmpty else { return [] }
        var known: Set<[UInt8]> = []
        var names: [String] = []
        for part in text.utf8.split(separator: UInt8(ascii: ",")) {
            var name = Array(part.drop(while: isSpace))
            while let last = name.last, isSpace(last) { name.removeLast() }
            if !name.isEmpty, known.insert(name).inserted { names.append(String(decoding: name, as: UTF8.self)) }
        }
        return names
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

/// What keeps the cost of a call from being exact.
package struct CostGaps: OptionSet, Hashable, Sendable {
    /// One bit for each reason.
    package var rawValue: UInt16

    /// The reasons of these bits.
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The call went well, or broke off, and told no usage, or only how much it was all together.
    package static let usage = CostGaps(rawValue: 1)
    /// Input has no price, or was not told.
    package static let input = CostGaps(rawValue: 1 << 1)
    /// Output has no price, or was not told.
    package static let output = CostGaps(rawValue: 1 << 2)
    /// Tokens read from the cache have no price.
    package static let cacheRead = CostGaps(rawValue: 1 << 3)
    /// Tokens written to the cache have no price.
    package static let cacheWrite = CostGaps(rawValue: 1 << 4)
    /// Tokens written to the cache for an hour have no price.
    package static let cacheWrite1h = CostGaps(rawValue: 1 << 5)
    /// GPU time is all that was told, and it has no price.
    package static let gpu = CostGaps(rawValue: 1 << 6)
    /// Two readings of the counts cost differently.
    package static let reading = CostGaps(rawValue: 1 << 7)
    /// The prompt is longer than the prices hold for.
    package static let length = CostGaps(rawValue: 1 << 8)

    /// What the name of ``length`` begins with; the length up to which the prices hold stands behind it.
    package static let lengthPrefix = "input_above_"

    /// In the order in which ``names(inputTokensMax:other:)`` writes them; ``length`` has a number in its name and
    /// comes behind.
    private static let named: [(CostGaps, String)] = [
        (.usage, "usage"), (.input, "input"), (.output, "output"), (.cacheRead, "cache_read"),
        (.cacheWrite, "cache_write"),
        (.cacheWrite1h, "cache_write_1h"), (.gpu, "gpu"), (.reading, "reading"),
    ]

    /// What is missing, with commas between, as the column `price_gaps` has it.
    /// - Parameters:
    ///   - inputTokensMax: the length up to which the prices hold, for ``length``.
    ///   - other: billed use that no class tells, as `other_usage` names it; each name is written once, and one that
    ///     has a meaning here
    ///     begins with `other_`.
    package func names(inputTokensMax: Int64?, other: String) -> String {
        var names = Self.named.filter { contains($0.0) }.map(\.1)
        if contains(.length) { names.append("\(Self.lengthPrefix)\(inputTokensMax ?? 0)") }
        let others = UsageNames.list(other).map { Self.hasMeaning($0) ? "other_\($0)" : $0 }
        names += UsageNames.list(others.joined(separator: ","))
        return names.joined(separator: ",")
    }

    /// Whether the name is a class of tokens, or says something else of a call here.
    private static func hasMeaning(_ name: String) -> Bool {
        named.contains { $0.1.hasSameBytes(as: name) } || name.utf8.starts(with: lengthPrefix.utf8)
    }
}
