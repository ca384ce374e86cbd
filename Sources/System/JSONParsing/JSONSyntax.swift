/// Tells JSON (RFC 8259) from other text, where the text itself is kept and shown and so its numbers may have any size.
package enum JSONSyntax {
    /// Deeper nesting is refused, since readers of answers give up sooner or later.
    static let depthMax = 512

    /// Where and why the text is no JSON document; nil where it is one.
    /// - Complexity: O(length), without recursion.
    package static func fault(in text: [UInt8]) -> JSONError? {
        var checker = JSONChecker(text, depthMax: depthMax, limitsNumbers: false)
        return checker.check()
    }
}
