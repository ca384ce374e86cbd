/// 64-bit words, each of a group: kept in the pieces in which they came, so that none is moved when more come, and
/// those of another state are taken over as they are.
struct GroupedWords: Sendable {
    fileprivate struct Part: Sendable {
        /// By word; empty where all are of `group`.
        var groups: [UInt32] = []
        var group: UInt32 = 0
        /// By number in `groups`: which group that is; empty where the numbers are the groups'.
        var names: [UInt32] = []
        var words: [UInt64]
    }

    private var parts: [Part] = []
    private var partBytes = 0
    /// What came in small pieces since the last part was made. Groups are empty while all are group 0.
    private var last = Part(words: [])
    /// How many words there are.
    private(set) var count = 0

    /// Pieces from so many words on stay as they are.
    private static let partMin = 4_096
    /// Of smaller ones so many make a part.
    private static let partMax = 65_536

    var memoryBytes: Int { partBytes + last.groups.capacity * 4 + last.words.capacity * 8 }

    /// Adds a word.
    mutating func add(_ word: UInt64, to group: UInt32) {
        name(group, count: 1)
        last.words.append(word)
        count += 1
        if last.words.count >= Self.partMax { closeLast() }
    }

    /// Adds words that are all of one group.
    mutating func add(_ words: [UInt64], to group: UInt32) {
        count += words.count
        if words.count >= Self.partMin { return take(Part(group: group, words: words)) }
        name(group, count: words.count)
        last.words.append(contentsOf: words)
        if last.words.count >= Self.partMax { closeLast() }
    }

    /// Adds words that have a group each.
    mutating func add(_ words: [UInt64], to groups: [UInt32]) {
        precondition(words.count == groups.count, "a group for each value")
        count += words.count
        if words.count >= Self.partMin { return take(Part(groups: groups, words: words)) }
        nameLast()
        last.groups.append(contentsOf: groups)
        last.words.append(contentsOf: words)
        if last.words.count >= Self.partMax { closeLast() }
    }

    /// Adds those of another state, whose groups have other numbers here.
    /// - Complexity: O(parts), or O(words) of those that had been another's before.
    mutating func absorb(_ other: GroupedWords, _ mapping: [UInt32]) {
        if other.count == 0 { return }
        for part in other.all { take(part.renamed(by: mapping)) }
        partBytes += mapping.count * 4
        count += other.count
    }

    /// Makes the next words of `last` those of a group.
    private mutating func name(_ group: UInt32, count: Int) {
        if group == 0, last.groups.isEmpty { return }
        nameLast()
        last.groups.append(contentsOf: repeatElement(group, count: count))
    }

    /// From now on each word of `last` has its group.
    private mutating func nameLast() {
        if last.groups.isEmpty { last.groups = [UInt32](repeating: 0, count: last.words.count) }
    }

    private mutating func closeLast() {
        let part = last
        last = Part(words: [])
        take(part)
    }

    private mutating func take(_ part: Part) {
        assert(part.groups.isEmpty || part.groups.count == part.words.count, "a group for each word")
        parts.append(part)
        partBytes += part.groups.capacity * 4 + part.words.capacity * 8 + 64
    }

    private var all: [Part] { last.words.isEmpty ? parts : parts + [last] }
}

extension GroupedWords {
    /// How many words each group has.
    /// - Parameters:
    ///   - groups: what all groups are below.
    ///   - share: counted alone, one of `shares`, which make up all words.
    func counts(groups: Int, share: Int = 0, of shares: Int = 1) -> [Int] {
        var counts = [Int](repeating: 0, count: groups)
        for (place, part) in all.enumerated() where place % shares == share { part.count(into: &counts) }
        return counts
    }

    /// The words of the groups of a range, group by group, and maybe one more.
    /// - Parameters:
    ///   - range: some of the groups.
    ///   - starts: by group, where its words begin among those of all groups, and after them where all end.
    func words(of range: Range<Int>, starts: [Int], _ watch: KernelWatch) throws(KernelError) -> [UInt64] {
        let all = all
        if all.count == 1, all[0].groups.isEmpty, range.contains(Int(all[0].group)) { return all[0].words }
        let first = starts[range.lowerBound]
        let total = starts[range.upperBound] - first
        // Words of other groups all go to one place behind: no step depends on whose a word is.
        var placed = [UInt64](repeating: 0, count: total + 1)
        var next = [Int](repeating: total, count: starts.count - 1)
        var steps = [Int](repeating: 0, count: starts.count - 1)
        for group in range { (next[group], steps[group]) = (starts[group] - first, 1) }
        for part in all {
            try watch.look()
            if !part.groups.isEmpty {
                part.place(&next, steps, into: &placed)
            } else if range.contains(Int(part.group)) {
                let words = part.words.span
                var target = placed.mutableSpan
                let start = next[Int(part.group)]
                for index in 0..<words.count { target[start &+ index] = words[index] }
                next[Int(part.group)] += words.count
            }
        }
        return placed
    }
}

extension GroupedWords.Part {
    /// The same words of groups that have other numbers.
    fileprivate func renamed(by mapping: [UInt32]) -> Self {
        var part = self
        if groups.isEmpty {
            part.group = mapping[Int(group)]
        } else if names.isEmpty {
            part.names = mapping
        } else {
            part.groups = groups.map { mapping[Int(names[Int($0)])] }
            part.names = []
        }
        return part
    }

    fileprivate func count(into counts: inout [Int]) {
        if groups.isEmpty {
            counts[Int(group)] += words.count
            return
        }
        let (source, names) = (groups.span, names.span)
        var numbers = counts.mutableSpan
        if names.isEmpty {
            for index in 0..<source.count { numbers[Int(source[index])] &+= 1 }
        } else {
            for index in 0..<source.count { numbers[Int(names[Int(source[index])])] &+= 1 }
        }
    }

    /// Puts each word in the next place of its group.
    fileprivate func place(_ next: inout [Int], _ steps: [Int], into placed: inout [UInt64]) {
        let (source, names, words, steps) = (groups.span, names.span, words.span, steps.span)
        var places = next.mutableSpan
        var target = placed.mutableSpan
        for index in 0..<source.count {
            let group = names.isEmpty ? Int(source[index]) : Int(names[Int(source[index])])
            let place = places[group]
            target[place] = words[index]
            places[group] = place &+ steps[group]
        }
    }
}
