/// When answers began where only the model calls that wrote them say so.
struct TimeToFirstToken {
    private let tree: SpanTree
    /// Model calls that are for the answer, by the turn that they are in.
    private var calls: [Int: [WorkUnit]] = [:]
    /// The latest start of a tool, by turn.
    private var toolStarts: [Int: Int64] = [:]

    /// - Parameter owners: for each span the one that stands for the turn that it is in; −1 for none.
    /// - Complexity: O(spans).
    init(_ tree: SpanTree, _ modelCalls: ModelCalls, owners: [Int]) {
        self.tree = tree
        for unit in modelCalls.units where owners[unit.spans[0]] >= 0 && unit.spans.allSatisfy({ tree.isForAnswer($0) })
        {
            calls[owners[unit.spans[0]], default: []].append(unit)
        }
        for index in tree.kinds.indices where tree.kinds[index] == .tool && owners[index] >= 0 {
            toolStarts[owners[index]] = max(tree.spans[index].record.start, toolStarts[owners[index]] ?? .min)
        }
    }

    /// ns from the start of a turn: the start of its last model call and that call's time to its first token, less the
    /// start of the turn. Nil where that call is not sure to have written the answer, since it failed or ended in
    /// asking for tools, another call runs beside it, or a tool runs after it began; and where it did not stream.
    func nanoseconds(ofTurn turn: Int) -> Int64? {
        let record = tree.spans[turn].record
        guard record.timeDoubt == nil, let units = calls[turn] else { return nil }
        guard let last = units.max(by: { (end($0), $0.spans[0]) < (end($1), $1.spans[0]) }) else { return nil }
        let spans = last.spans.map { tree.spans[$0] }
        guard
            let teller = spans.first(where: { $0.nanoseconds(.timeToFirstToken) != nil && $0.record.timeDoubt == nil }),
            let wait = teller.nanoseconds(.timeToFirstToken),
            !spans.contains(where: { $0.hasFailed || $0.finishReason == "tool_calls" || $0.flag(.stream) == false })
        else { return nil }
        let start = spans.map(\.record.start).min() ?? teller.record.start
        guard toolStarts[turn].map({ $0 < start }) ?? true, units.allSatisfy({ $0 == last || end($0) <= start }) else {
            return nil
        }
        let (first, isBeyond) = teller.record.start.addingReportingOverflow(wait)
        guard !isBeyond, first >= record.start, first <= record.end else { return nil }
        return first - record.start
    }

    private func end(_ unit: WorkUnit) -> Int64 { unit.spans.map { tree.spans[$0].record.end }.max() ?? .min }
}
