import Bytes
import Domain

/// Which spans of a tree stand for turns: a question and its answer each.
///
/// A trace is one turn, told by its outermost agent, chain or workflow, or by its root where that names its
/// conversation itself. It is several where agents, or chains that hold further work in named steps, stand side by side
/// within a span that is no agent:
///
/// - of different conversations: each conversation has its turns. Within a chain or workflow only where it names no
///   conversation itself;
/// - of one conversation, one after the other, within a plain span: the same agent or chain runs again after it had
///   answered, or another agent begins after a pause in which a person may have spoken. A run after one that failed is
///   the next attempt at the same question, and so is any run within the same HTTP request.
///
/// What runs within an agent, or within a chain or workflow of one conversation, is a part of its turn: workers of a
/// supervisor, nodes of a graph, agents that a conversation was handed to. A model call is a turn only as the root of
/// its trace, where it names a conversation, does not end in asking for tools and has no other purpose. What remains
/// open is read as one turn and said: ``isJoined``.
struct Turns {
    /// The spans that may stand for a turn, by turn.
    private(set) var groups: [[Int]] = []
    /// Whether some turn may be several.
    private(set) var isJoined = false

    /// People take longer to hear an answer and to ask again; code that hands over from one agent to the next does not.
    private static let pauseNanoseconds: Int64 = 2_000_000_000
    /// LangChain names a chain that nobody named after its class: two of that name are two pieces, not the same one
    /// again.
    private static let unnamedChainPrefix = "Runnable"

    private let tree: SpanTree
    private var children: [[Int]]
    /// Whether it is, or something in it is, a model call, an agent, a tool call or a retrieval.
    private var hasWork: [Bool]
    /// Whether it holds an agent or a chain with work.
    private var hasParts: [Bool]
    /// The HTTP request that each span was made for; −1 for none.
    private var requests: [Int]

    /// - Complexity: O(spans).
    init(_ tree: SpanTree) {
        self.tree = tree
        children = Array(repeating: [], count: tree.count)
        requests = Array(repeating: -1, count: tree.count)
        let works: Set<SpanClass> = [.modelCall, .agent, .tool, .retrieval]
        hasWork = tree.kinds.map { works.contains($0) }
        hasParts = Array(repeating: false, count: tree.count)
        for index in tree.order {
            let parent = tree.parents[index]
            if parent >= 0 { children[parent].append(index) }
            requests[index] = tree.spans[index].isHTTPRequest ? index : parent >= 0 ? requests[parent] : -1
        }
        for index in tree.order.reversed() where tree.parents[index] >= 0 {
            let parent = tree.parents[index]
            if hasWork[index] { hasWork[parent] = true }
            if hasParts[index] || Self.isWhole(tree.kinds[index]) && hasWork[index] { hasParts[parent] = true }
        }
        for index in tree.order where tree.parents[index] < 0 && tree.isAttached[index] { addTurns(of: index) }
        groups.sort { $0[0] < $1[0] }
    }

    private static func isWhole(_ kind: SpanClass) -> Bool { kind == .agent || kind == .step }

    private func isCandidate(_ index: Int) -> Bool {
        Self.isWhole(tree.kinds[index]) && (hasWork[index] || tree.spans[index].hasFailed)
    }

    /// - Parameter entry: a root, or where a request came in.
    private mutating func addTurns(of entry: Int) {
        if isLoneAnswer(entry) {
            groups.append([entry])
        } else if isCandidate(entry) {
            let found = turns(among: parts(of: entry) ?? [entry])
            groups += found
        } else if tree.kinds[entry] == .other, hasWork[entry], tree.hasOwnConversation(entry) {
            let inner = turns(among: outermost(below: entry))
            groups += inner.count > 1 ? inner : [[entry]]
        } else {
            let candidates = outermost(below: entry).flatMap { parts(of: $0) ?? [$0] }
            let found = turns(among: candidates)
            groups += found
        }
    }

    /// A model call that is a whole trace.
    private func isLoneAnswer(_ index: Int) -> Bool {
        let span = tree.spans[index]
        guard tree.kinds[index] == .modelCall, span.record.parentSpanID.isEmpty, tree.hasOwnConversation(index) else {
            return false
        }
        return span.finishReason != "tool_calls" && tree.isForAnswer(index)
    }

    /// The outermost agents and chains below a span.
    /// - Parameter isOpen: whether one is looked into instead.
    private func outermost(below index: Int, isOpen: (Int) -> Bool = { _ in false }) -> [Int] {
        var result: [Int] = []
        var waiting = children[index]
        while let place = waiting.popLast() {
            if isCandidate(place), !isOpen(place) { result.append(place) } else { waiting += children[place] }
        }
        return result
    }

    /// What a chain or workflow without a conversation of its own is made of, where that belongs to different
    /// conversations.
    private func parts(of index: Int) -> [Int]? {
        func isOpen(_ place: Int) -> Bool {
            tree.kinds[place] == .step && tree.conversations[place] == nil && hasParts[place]
        }
        guard isOpen(index) else { return nil }
        let parts = outermost(below: index, isOpen: isOpen)
        let named = parts.compactMap { tree.conversations[$0] }
        guard let first = named.first, named.contains(where: { !$0.hasSameBytes(as: first) }) else { return nil }
        return parts
    }

    // MARK: Side by side

    /// Candidates by conversation and turn.
    private mutating func turns(among candidates: [Int]) -> [[Int]] {
        var places: [[UInt8]: Int] = [:]
        var byConversation: [[Int]] = []
        var strays: [Int] = []
        for index in candidates.sorted() {
            guard let conversation = tree.conversations[index].map({ Array($0.utf8) }) else {
                strays.append(index)
                continue
            }
            if let place = places[conversation] {
                byConversation[place].append(index)
            } else {
                places[conversation] = byConversation.count
                byConversation.append([index])
            }
        }
        // Beside what names its conversation, what names none prepares it or follows it up.
        if byConversation.isEmpty, !strays.isEmpty { byConversation = [strays] }
        var result: [[Int]] = []
        for sequence in byConversation {
            let found = turns(inOrder: sequence)
            result += found
        }
        return result
    }

    /// How a candidate lies to the turn before it.
    private enum Link {
        case same, next
        /// Nothing decides; read as the same.
        case open
    }

    private struct Identity: Hashable {
        var kind: SpanClass
        var name: [UInt8]
    }

    /// - Parameter sequence: candidates of one conversation, ascending by start.
    private mutating func turns(inOrder sequence: [Int]) -> [[Int]] {
        var result: [[Int]] = []
        var end = Int64.min
        // Of the turn at hand the last of each name, and whether it has an agent.
        var latest: [Identity: Int] = [:]
        var hasAgent = false
        for index in sequence {
            let kind = tree.kinds[index]
            let name =
                kind == .agent ? tree.agents[index] ?? tree.spans[index].record.name : tree.spans[index].record.name
            let identity = Identity(kind: kind, name: Array(name.utf8))
            let previous = result.last?.last
            let link =
                previous.map { self.link(index, after: $0, end: end, same: latest[identity], hasAgent: hasAgent) }
                ?? .next
            if link == .next {
                result.append([])
                latest = [:]
                (end, hasAgent) = (.min, false)
            }
            if link == .open { isJoined = true }
            result[result.count - 1].append(index)
            latest[identity] = index
            hasAgent = hasAgent || kind == .agent
            end = max(end, tree.spans[index].record.end)
        }
        return result
    }

    /// - Parameters:
    ///   - same: the last of the same name in the turn before.
    ///   - hasAgent: whether an agent is in that turn.
    private func link(_ index: Int, after previous: Int, end: Int64, same: Int?, hasAgent: Bool) -> Link {
        let start = tree.spans[index].record.start
        guard start >= end else { return .same }
        let (silence, isBeyond) = start.subtractingReportingOverflow(end)
        let isPause = isBeyond || silence >= Self.pauseNanoseconds
        let isAgent = tree.kinds[index] == .agent
        if let same, tree.spans[same].hasFailed { return isPause ? .open : .same }
        if requests[index] >= 0, requests[index] == requests[previous] { return same != nil ? .open : .same }
        if same != nil { return isAgent || isNamedChain(index) ? .next : .open }
        guard isAgent, hasAgent else { return .same }
        return isPause ? .next : .open
    }

    /// Whether a chain is one that somebody made to answer: it has steps that do the work, and a name.
    private func isNamedChain(_ index: Int) -> Bool {
        hasParts[index] && !tree.spans[index].record.name.hasPrefix(Self.unnamedChainPrefix)
    }
}

extension MappedSpan {
    /// Whether one request over HTTP came in here: a WebSocket, which may carry many questions, has no method.
    var isHTTPRequest: Bool {
        record.kind == "server"
            && ["http.request.method", "http.method"].contains { record.attributes[$0]?.plainText != nil }
    }
}

extension SpanTree {
    /// Whether a model call is for the answer itself, and not for a judge, a summary or the like.
    func isForAnswer(_ index: Int) -> Bool {
        guard hasNativeFields, let field = book.native.byColumn["purpose"],
            case .text(let purpose)? = native(field, from: index)
        else {
            return true
        }
        return purpose == "answer"
    }
}
