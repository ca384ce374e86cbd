/// How long and how deep an expression may be, so that reading and walking it stays within time and stack.
enum ParserLimits {
    /// The longest text, in bytes.
    static let bytesMax = 256 * 1024
    /// Expressions inside one another as the parser meets them: each takes some frames of its stack.
    static let nestingMax = 200
    /// Levels of the tree: operators in a row add one each and take no stack of the parser.
    static let heightMax = 1_000
    /// Instructions of all compiled patterns together; a thousand names take some ten thousand.
    static let instructionsMax = 200_000
    /// After so many faults nobody reads on.
    static let faultsMax = 100
}
