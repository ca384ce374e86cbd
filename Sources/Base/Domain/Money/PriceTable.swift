import Bytes

/// What a price is for, beside its model.
struct PriceKind: Hashable, Sendable {
    let tokenClass: TokenClass
    /// By bytes: two spellings of a letter are two tiers.
    let serviceTier: [UInt8]

    /// - Parameter serviceTier: normalised.
    init(_ tokenClass: TokenClass, serviceTier: String) {
        (self.tokenClass, self.serviceTier) = (tokenClass, Array(serviceTier.utf8))
    }

    init(_ entry: PriceEntry) { self.init(entry.tokenClass, serviceTier: entry.serviceTier) }
}

/// Prices of one provider, model and origin, never changed: found by time in steps that hardly grow with their number.
final class PriceTable: Sendable {
    /// In canonical order; not empty.
    let entries: [PriceEntry]
    /// From when on one of them holds, ascending, each once.
    private let starts: [Int64]
    /// Ascending.
    private let positions: [Int64]
    private let tokens: PriceTimeline
    private let gpu: PriceTimeline
    /// By place in ``tokens``: the longest prompt that the prices of this standing up to there name.
    private let longest: [Int64?]
    private let kinds: [PriceKind: PriceTimeline]

    /// - Precondition: there are some.
    /// - Complexity: O(entries · log entries).
    init(_ unsorted: [PriceEntry]) {
        precondition(!unsorted.isEmpty, "a model is known by its prices")
        let entries = unsorted.sorted()
        var (tokens, gpu, kinds) = ([Int](), [Int](), [PriceKind: [Int]]())
        for (index, entry) in entries.enumerated() {
            if entry.tokenClass == .gpu { gpu.append(index) } else { tokens.append(index) }
            kinds[PriceKind(entry), default: []].append(index)
        }
        var starts: [Int64] = []
        for start in entries.map(\.validFrom).sorted() where starts.last != start { starts.append(start) }
        let byStanding = PriceTimeline(tokens, of: entries)
        var longest: [Int64?] = []
        for (place, index) in byStanding.order.enumerated() {
            var least = entries[index].inputTokensMax
            if place > 0, entries[byStanding.order[place - 1]].standing == entries[index].standing,
                let before = longest[place - 1]
            {
                least = min(before, least ?? before)
            }
            longest.append(least)
        }
        (self.entries, self.starts, self.longest, self.tokens) = (entries, starts, longest, byStanding)
        positions = entries.map(\.position).sorted()
        self.gpu = PriceTimeline(gpu, of: entries)
        self.kinds = kinds.mapValues { PriceTimeline($0, of: entries) }
    }

    /// From when on the first price of a kind holds; nil where there is none.
    func earliest(of kind: PriceKind) -> Int64? { kinds[kind].flatMap { $0.order.first }.map { entries[$0].validFrom } }

    /// The last time up to `time` and the first behind it from which a price holds.
    func starts(around time: Int64, steps: inout Int) -> (last: Int64?, next: Int64?) {
        let place = starts.upperBound(of: time, steps: &steps)
        return (place > 0 ? starts[place - 1] : nil, place < starts.count ? starts[place] : nil)
    }

    /// The last position that is smaller and the first that is not.
    func positions(around position: Int64) -> (last: Int64?, next: Int64?) {
        let place = positions.partitioningIndex { $0 >= position }
        return (place > 0 ? positions[place - 1] : nil, place < positions.count ? positions[place] : nil)
    }

    /// Whether a price of GPU time, or of tokens, holds for calls of a time and had come by then.
    func decides(isGPU: Bool, at time: Int64, known: PriceHorizon, steps: inout Int) -> Bool {
        (isGPU ? gpu : tokens).last(at: time, ceiling(known), steps: &steps) != nil
    }

    /// The price of a kind that is in force for calls of a time.
    func inForce(_ kind: PriceKind, at time: Int64, known: PriceHorizon, steps: inout Int) -> PriceEntry? {
        guard let timeline = kinds[kind], let place = timeline.last(at: time, ceiling(known), steps: &steps) else {
            return nil
        }
        return entries[timeline.order[place]]
    }

    /// The newest price of tokens that holds for calls of a time, and the longest prompt that those of its standing
    /// name.
    func newest(at time: Int64, known: PriceHorizon, steps: inout Int) -> (price: PriceEntry, longest: Int64?)? {
        guard let place = tokens.last(at: time, ceiling(known), steps: &steps) else { return nil }
        return (entries[tokens.order[place]], longest[place])
    }

    /// What the horizon means for prices of this origin.
    private func ceiling(_ known: PriceHorizon) -> PriceTimeline.Ceiling {
        if let list = known.list, entries[0].origin == .builtIn { return .list(list) }
        return .position(known.position)
    }
}

/// Prices in the order of their standing, and a tree over them that says how early each part of them came.
struct PriceTimeline: Sendable {
    enum Ceiling {
        /// Prices of smaller positions had come.
        case position(Int64)
        /// Those of lists up to this one had.
        case list(Int64)
    }

    /// Indices of entries, ascending by standing, then as given.
    let order: [Int]
    private let starts: [Int64]
    /// More than there are prices; a power of two.
    private let leaves: Int
    /// The least position and list below a node: the children of node n are 2n and 2n + 1, the price at place p is node
    /// ``leaves`` + p.
    private let positions, lists: [Int64]

    /// - Parameter indices: ascending.
    init(_ indices: [Int], of entries: [PriceEntry]) {
        let order = indices.sorted { left, right in
            let (one, other) = (entries[left], entries[right])
            return (one.validFrom, one.position, one.list, left) < (other.validFrom, other.position, other.list, right)
        }
        var leaves = 1
        while leaves <= order.count { leaves *= 2 }
        var positions = [Int64](repeating: .max, count: 2 * leaves)
        var lists = positions
        for (place, index) in order.enumerated() {
            (positions[leaves + place], lists[leaves + place]) = (entries[index].position, entries[index].list)
        }
        for node in stride(from: leaves - 1, to: 0, by: -1) {
            positions[node] = min(positions[2 * node], positions[2 * node + 1])
            lists[node] = min(lists[2 * node], lists[2 * node + 1])
        }
        (self.order, self.leaves, self.positions, self.lists) = (order, leaves, positions, lists)
        starts = order.map { entries[$0].validFrom }
    }

    /// The place of the last price that holds at a time and had come.
    /// - Complexity: O(log prices).
    func last(at time: Int64, _ ceiling: Ceiling, steps: inout Int) -> Int? {
        var node = leaves + starts.upperBound(of: time, steps: &steps)
        // From the end of those that hold towards the first: what lies left of a node is one node at each level.
        while node > 1 {
            steps += 1
            if node & 1 == 1, hadCome(node - 1, ceiling) {
                node -= 1
                while node < leaves {
                    steps += 1
                    node = 2 * node + (hadCome(2 * node + 1, ceiling) ? 1 : 0)
                }
                return node - leaves
            }
            node /= 2
        }
        return nil
    }

    private func hadCome(_ node: Int, _ ceiling: Ceiling) -> Bool {
        switch ceiling {
        case .position(let position): positions[node] < position
        case .list(let list): lists[node] <= list
        }
    }
}

extension [Int64] {
    /// The number of elements that are not greater; they ascend.
    fileprivate func upperBound(of value: Int64, steps: inout Int) -> Int {
        partitioningIndex {
            steps += 1
            return $0 > value
        }
    }
}
