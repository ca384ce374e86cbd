/// What the store noted about events that had been shipped by then, and what of it is still to be followed. A note has
/// the position of the event before it, so several have one, and more may come at the last one.
struct ChangeTrack: Sendable {
    /// A provider whose calls, or conversations that, are gone through once more.
    struct Walk: Hashable, Sendable {
        var subject: ShippingChange.Subject
        /// Gone through up to here.
        var at: Int64 = 0
        /// The last position.
        var through: Int64
    }

    private var waiting: [ShippingChange] = []
    private(set) var walk: Walk?
    /// Notes were looked at from here on: so many at the position itself.
    private var looked: (position: Int64, count: Int)

    /// What was noted at a position and later is yet to be looked at.
    init(from position: Int64) { looked = (position, 0) }

    /// From where notes are asked for.
    var from: Int64 { looked.position }

    /// Whether all that was noted was followed.
    var isDone: Bool { waiting.isEmpty && walk == nil }

    /// Takes over what was noted from ``from`` on.
    /// - Parameters:
    ///   - changes: in order.
    ///   - position: of the store then.
    mutating func take(_ changes: [ShippingChange], upTo position: Int64) {
        let known = changes.prefix { $0.position == looked.position }.prefix(looked.count)
        for change in changes.dropFirst(known.count) where !waiting.contains(change) { waiting.append(change) }
        let end = max(position, looked.position)
        looked = (end, changes.reduce(0) { $0 + ($1.position == end ? 1 : 0) })
    }

    /// Passes over what was noted from ``from`` on: all of it shows already in what is read.
    mutating func forget(_ changes: [ShippingChange], upTo position: Int64) {
        take(changes, upTo: position)
        waiting = []
    }

    /// Traces that are next, up to a number, and what their events left; none while something else is.
    func traces(atMost count: Int) -> [(id: String, left: [ShippingChange.Place])] {
        guard walk == nil else { return [] }
        var traces: [(id: String, left: [ShippingChange.Place])] = []
        for change in waiting {
            guard case .trace(let id, let left) = change.subject, traces.count < count else { break }
            traces.append((id, left))
        }
        return traces
    }

    /// So many traces were followed.
    mutating func finish(traces count: Int) { waiting.removeFirst(count) }

    /// Begins to go through events where that is next.
    /// - Parameter position: up to which events were shipped: later ones are read as they are by then.
    mutating func beginWalk(_ position: Int64) {
        guard walk == nil, let next = waiting.first else { return }
        switch next.subject {
        case .trace: return
        case .calls(_, let through): walk = Walk(subject: next.subject, through: min(through, position))
        case .conversations: walk = Walk(subject: next.subject, through: position)
        }
        waiting.removeFirst()
        if walk.map({ $0.at >= $0.through }) ?? false { walk = nil }
    }

    /// The walk has got so far.
    mutating func advance(to position: Int64) {
        walk?.at = position
        if let now = walk, now.at >= now.through { walk = nil }
    }
}
