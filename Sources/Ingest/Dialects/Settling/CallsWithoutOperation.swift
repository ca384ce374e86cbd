import Bytes
import Domain

/// Spans that do not say what kind of work they are, and tell a model and what it used: calls of whoever wrote the span
/// by hand and left the operation out. Unread, what they cost would be missing without a word.
///
/// Around a call such a span is a wrapper that repeats it, and counts nothing; so it is within an embedding. What it is
/// to a call around it, and to others of its sort in it, ``ModelCalls`` decides as it does for those that say their
/// kind.
extension SpanTree {
    /// Of spans of no kind those that are calls of models.
    /// - Complexity: O(spans × rules).
    func callsWithoutOperation() -> [Int] {
        let candidates = spans.indices.filter { kinds[$0] == .other && spans[$0].isCallWithoutOperation }
        guard !candidates.isEmpty else { return [] }
        // A call that a tool makes is not a part of what lies around the tool.
        var isAround = Array(repeating: false, count: count)
        for index in order.reversed() where parents[index] >= 0 && kinds[index] != .tool {
            let isCall = kinds[index] == .modelCall || kinds[index] == .embedding
            if isCall || isAround[index] { isAround[parents[index]] = true }
        }
        let embeddings = nearest(.embedding, notBeyond: .tool)
        return candidates.filter { !isAround[$0] && embeddings[$0] < 0 }
    }
}

extension MappedSpan {
    /// Whether it tells a model and what that used, and no kind of work, not even one that nobody knows.
    fileprivate var isCallWithoutOperation: Bool {
        guard DialectBook.modelAttributes.contains(where: { !(record.attributes[$0]?.plainText ?? "").isEmpty }),
            !book.kindAttributes.contains(where: { (record.attributes[$0] ?? record.resource[$0]) != nil })
        else { return false }
        return SpanUsage(self).isTold
    }
}
