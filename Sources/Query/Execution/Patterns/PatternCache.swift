import Plans
import RegularExpressions
import Synchronization

/// The patterns that a query compiled: a function's pattern is nearly always the same for every row. Safe on any
/// thread.
final class PatternCache: Sendable {
    private struct Key: Hashable {
        var pattern: [UInt8]
        var ignoresCase: Bool
    }

    private struct Known {
        var like: [Key: LikePattern] = [:]
        var regular: [Key: RegularExpression] = [:]
    }

    /// Beyond it all are forgotten: patterns then come from a column.
    private static let countMax = 32
    private let known = Mutex(Known())

    /// The longest regular expression: of longer ones even reading takes long.
    private static let regularBytesMax = 32 << 10
    /// Patterns whose texts make up no more are kept.
    private static let keptBytesMax = 1 << 20

    /// - Parameter look: called now and then with the number of steps taken.
    /// - Throws: what `look` throws.
    func like(_ pattern: String, ignoresCase: Bool, look: (Int) throws -> Void) throws -> LikePattern {
        guard pattern.utf8.count <= Self.keptBytesMax / Self.countMax else {
            return try LikePattern(pattern, ignoresCase: ignoresCase, look: look)
        }
        let key = Key(pattern: Array(pattern.utf8), ignoresCase: ignoresCase)
        if let compiled = known.withLock({ $0.like[key] }) { return compiled }
        let compiled = try LikePattern(pattern, ignoresCase: ignoresCase, look: look)
        known.withLock { known in
            if known.like.count >= Self.countMax { known.like = [:] }
            known.like[key] = compiled
        }
        return compiled
    }

    /// - Throws: `.invalidPattern` for a pattern that is none or too large, `.notSupported` for parts that are not
    ///   taken.
    func regular(_ pattern: String, ignoresCase: Bool) throws -> RegularExpression {
        guard pattern.utf8.count <= Self.regularBytesMax else {
            throw QueryError(
                .invalidPattern, "invalid regular expression: regular expression is too complex",
                hint: "Regular expressions of up to \(Self.regularBytesMax >> 10) KiB are taken.")
        }
        let key = Key(pattern: Array(pattern.utf8), ignoresCase: ignoresCase)
        if let compiled = known.withLock({ $0.regular[key] }) { return compiled }
        let translated = try PostgresPattern(pattern, ignoresCase: ignoresCase)
        let compiled: RegularExpression
        do {
            compiled = try RegularExpression(translated.text)
        } catch {
            // What is no pattern was refused before; here it is too large.
            throw QueryError(
                .invalidPattern, "invalid regular expression: regular expression is too complex",
                hint: "Repetitions inside repetitions multiply, up to 1,000 in all: \(error.reason).")
        }
        known.withLock { known in
            if known.regular.count >= Self.countMax { known.regular = [:] }
            known.regular[key] = compiled
        }
        return compiled
    }
}
