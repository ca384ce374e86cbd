/// `min` and `max` of texts as long as there are few of them, as of reasons, channels and models: groups keep numbers
/// of texts, and each text is looked at once.
struct TextExtremumAccumulator: Accumulator {
    private let isMaximum: Bool
    /// The texts that came as values.
    private var texts = TextInterner()
    /// Their numbers, the worst first.
    private var order: [UInt32] = []
    /// By number and one, greater for what is better; before them that of no text.
    private var ranks: [UInt32] = [0]
    /// By group the number of the best one and one; 0 for none.
    private var best: [UInt32] = []
    /// The dictionary met last, and by its codes the numbers and one; `unknown` where not met yet.
    private var lastDictionary: TextDictionary?
    private var codeNumbers: [UInt32] = []
    /// Has everything from when there were many texts.
    private var many: ExtremumAccumulator?

    private static let unknown = UInt32.max
    /// So many texts, and bytes of them, are put in order each time that some are new.
    private static let (textsMax, textBytesMax) = (1 << 10, 1 << 16)
    /// Of longer dictionaries there is no table of codes.
    private static let codesMax = 1 << 16

    init(isMaximum: Bool) { self.isMaximum = isMaximum }

    var memoryBytes: Int {
        if let many { return many.memoryBytes }
        let numbers = best.capacity + codeNumbers.capacity + order.capacity + ranks.capacity
        return numbers * 4 + texts.memoryBytes
    }

    var mayRefuse: Bool { false }

    /// Results share one dictionary.
    var finishBytes: Int { many?.finishBytes ?? texts.bytes.count + texts.count * 4 }

    mutating func reserve(groups: Int) {
        if many == nil { best.reserveCapacity(groups) } else { many?.reserve(groups: groups) }
    }

    mutating func grow(to groups: Int) {
        if many == nil { best.pad(to: groups, with: 0) } else { many?.grow(to: groups) }
    }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) {
        let value = arguments[0]
        if value.isAllNull { return }
        if many == nil, let codes = numberedCodes(of: value) { return take(codes, value.validity, assignment) }
        becomeMany()
        many?.update(arguments, assignment)
    }

    /// The rows' codes, all of which `codeNumbers` has then; nil where there are too many texts.
    private mutating func numberedCodes(of value: Vector) -> [UInt32]? {
        guard case .text(let codes, let dictionary) = value.expanded().storage, dictionary.count <= Self.codesMax
        else { return nil }
        meet(dictionary)
        var fresh: [UInt32] = []
        var freshBytes = 0
        do {
            let source = codes.span
            var known = codeNumbers.mutableSpan
            for row in 0..<source.count {
                if let validity = value.validity, !validity[row] { continue }
                let code = Int(source[row])
                if known[code] != Self.unknown { continue }
                // Any other number: what it is comes below.
                known[code] = 0
                fresh.append(source[row])
                freshBytes += dictionary.range(code).count
            }
        }
        if fresh.isEmpty { return codes }
        guard hasRoom(for: fresh.count, bytes: freshBytes) else { return nil }
        let numbers = texts.intern(fresh, of: dictionary)
        for (place, code) in fresh.enumerated() { codeNumbers[Int(code)] = numbers[place] + 1 }
        rankTexts()
        return codes
    }

    private func hasRoom(for more: Int, bytes: Int) -> Bool {
        texts.count + more <= Self.textsMax && texts.bytes.count + bytes <= Self.textBytesMax
    }

    /// Makes `codeNumbers` those of a dictionary.
    private mutating func meet(_ dictionary: TextDictionary) {
        if let last = lastDictionary, !last.agrees(with: dictionary) { codeNumbers.removeAll(keepingCapacity: true) }
        codeNumbers.pad(to: dictionary.count, with: Self.unknown)
        lastDictionary = dictionary
    }

    /// Puts texts that are new in order with the others.
    private mutating func rankTexts() {
        if order.count == texts.count { return }
        let all = texts.dictionary
        order.append(contentsOf: UInt32(order.count)..<UInt32(all.count))
        let isMaximum = isMaximum
        order.sort { left, right in
            let (worse, better) = isMaximum ? (left, right) : (right, left)
            return all.utf8(Int(worse)).lexicographicallyPrecedes(all.utf8(Int(better)))
        }
        ranks = [UInt32](repeating: 0, count: all.count + 1)
        for (place, number) in order.enumerated() { ranks[Int(number) + 1] = UInt32(place) + 1 }
    }

    private mutating func take(_ codes: [UInt32], _ validity: Validity?, _ assignment: GroupAssignment) {
        assert(codes.count == assignment.rowCount, "a group for each row")
        let (codeNumbers, allRanks) = (self.codeNumbers, self.ranks)
        let (source, numbers, ranks) = (codes.span, codeNumbers.span, allRanks.span)
        if let runs = assignment.runs {
            for run in runs {
                var found = best[run.group]
                for row in run.rows where validity?[row] ?? true {
                    let number = numbers[Int(source[row])]
                    if ranks[Int(number)] > ranks[Int(found)] { found = number }
                }
                best[run.group] = found
            }
            return
        }
        let groups = assignment.groups
        let places = groups.span
        var bests = best.mutableSpan
        // Which of the two is better is as good as chance, so that nothing waits for the answer.
        for row in 0..<source.count {
            let isThere = validity?[row] ?? true
            let number = isThere ? numbers[Int(source[row])] : 0
            let known = bests[Int(places[row])]
            bests[Int(places[row])] = ranks[Int(number)] > ranks[Int(known)] ? number : known
        }
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        guard many == nil, other.many == nil, hasRoom(for: other.texts.count, bytes: other.texts.bytes.count) else {
            var other = other
            becomeMany()
            other.becomeMany()
            if let theirs = other.many { many?.absorb(theirs, mapping) }
            return
        }
        assert(other.best.count <= mapping.count, "every group has a place here")
        let numbersHere = [0] + texts.takeIn(other.texts).map { $0 + 1 }
        rankTexts()
        let allRanks = self.ranks
        let (targets, more, numbers, ranks) = (mapping.span, other.best.span, numbersHere.span, allRanks.span)
        var bests = best.mutableSpan
        for group in 0..<more.count {
            let (number, known) = (numbers[Int(more[group])], bests[Int(targets[group])])
            bests[Int(targets[group])] = ranks[Int(number)] > ranks[Int(known)] ? number : known
        }
    }

    /// Goes on with the texts themselves.
    private mutating func becomeMany() {
        if many != nil { return }
        var all = ExtremumAccumulator(type: .text, isMaximum: isMaximum)
        all.grow(to: best.count)
        let groups = (0..<UInt32(best.count)).map { $0 }
        all.update([finish(groups)], GroupAssignment(groups))
        many = all
        (texts, order, ranks, best) = (TextInterner(), [], [0], [])
        (lastDictionary, codeNumbers) = (nil, [])
    }

    func finish(_ groups: [UInt32]) -> Vector {
        if let many { return many.finish(groups) }
        let (source, wanted) = (best.span, groups.span)
        var found = [UInt32](repeating: 0, count: wanted.count)
        var codes = found.mutableSpan
        var validity: Validity?
        for row in 0..<wanted.count {
            let number = source[Int(wanted[row])]
            if number == 0 {
                if validity == nil { validity = Validity(count: wanted.count, allValid: true) }
                validity?[row] = false
            } else {
                codes[row] = number - 1
            }
        }
        return Vector(
            type: .text, count: groups.count, storage: .text(codes: found, dictionary: texts.dictionary),
            validity: validity)
    }

    /// Bounds of texts may be cut.
    mutating func updateFromSummary(_ summary: ColumnSummary?, rowCount: Int) -> Bool {
        summary?.nullCount == rowCount
    }
}
