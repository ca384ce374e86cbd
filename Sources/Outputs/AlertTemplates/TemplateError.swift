/// Why a template cannot be read, or gives no text.
package struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line of the template, from 1; nil where it concerns all of it.
    package let line: Int?
    /// What is wrong, in the words of Go's templates where people know them.
    package let reason: String

    package var description: String { (line.map { "line \($0): " } ?? "") + reason }

    /// Joins both.
    package init(line: Int? = nil, _ reason: String) { (self.line, self.reason) = (line, reason) }
}

/// What a template may take: its author is not always the one who runs it.
enum TemplateLimits {
    /// Bytes of its text.
    static let textMax = 256 * 1024
    /// Blocks and parentheses inside one another, as they are read.
    static let nestingMax = 64
    /// Templates that call one another.
    static let callsMax = 64
    /// Nodes and pipelines inside one another, those of called templates included.
    static let depthMax = 150
    /// Steps of an expansion.
    static let stepsMax = 200_000
    /// Questions that an expansion asks: each may read many samples.
    static let questionsMax = 100
    /// Patterns that it compiles: a short one may be large.
    static let patternsMax = 200
    /// Bytes that all values made on the way have together.
    static let workMax = 32 << 20
    /// Bytes of one value, and of what comes out.
    static let valueMax = 1 << 20
    /// Digits that a format may ask for.
    static let digitsMax = 1_000
}
