/// The last patterns that were compiled: a function's pattern is nearly always the same for every row of a chunk.
final class PatternMemory {
    private var lastLike: (pattern: String, escape: String, ignoresCase: Bool, compiled: LikePattern)?
    private var lastRegular: (pattern: String, ignoresCase: Bool, compiled: RegularExpression)?

    /// - Throws: 22025 for a wrong escape.
    func like(_ pattern: String, escape: String, ignoresCase: Bool) throws -> LikePattern {
        if let last = lastLike, last.ignoresCase == ignoresCase, last.pattern.utf8.elementsEqual(pattern.utf8),
            last.escape.utf8.elementsEqual(escape.utf8)
        {
            return last.compiled
        }
        let compiled = try LikePattern(pattern, escape: escape, ignoresCase: ignoresCase)
        lastLike = (pattern, escape, ignoresCase, compiled)
        return compiled
    }

    /// - Throws: 2201B for a pattern that is none, 0A000 for parts not supported.
    func regular(_ pattern: String, ignoresCase: Bool) throws -> RegularExpression {
        if let last = lastRegular, last.ignoresCase == ignoresCase, last.pattern.utf8.elementsEqual(pattern.utf8) {
            return last.compiled
        }
        let compiled = try RegularExpression(pattern, ignoresCase: ignoresCase)
        lastRegular = (pattern, ignoresCase, compiled)
        return compiled
    }
}
