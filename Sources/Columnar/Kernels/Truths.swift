/// Truth values of a vector in three-valued logic, combined 64 rows at a time: true, false, or unknown, which holds
/// false, as null rows do.
package struct Truths: Sendable {
    private var values: [Bool]
    /// nil: each is known.
    private var known: Validity?

    private init(values: [Bool], known: Validity?) {
        self.values = values
        self.known = known?.unlessWhole
        assert(known == nil || known?.count == values.count, "a bit for each row")
    }

    /// Those of a vector of truth values, or of nulls.
    package init(_ vector: Vector) {
        switch vector.storage {
        case .boolean(let values): self.init(values: values, known: vector.validity)
        case .constant(.boolean(let value)):
            self.init(values: Array(repeating: value, count: vector.count), known: nil)
        default:
            var values = [Bool](repeating: false, count: vector.count)
            var known = Validity(count: vector.count, allValid: false)
            for row in values.indices {
                guard case .boolean(let value) = vector.scalar(at: row) else { continue }
                (values[row], known[row]) = (value, true)
            }
            self.init(values: values, known: known)
        }
    }

    /// Null where unknown.
    package var vector: Vector {
        Vector(type: .boolean, count: values.count, storage: .boolean(values), validity: known)
    }

    // MARK: AND, OR

    /// AND or OR with those of the same rows.
    /// - Complexity: O(rows).
    package mutating func combine(_ other: Truths, isAnd: Bool) {
        precondition(other.values.count == values.count, "truths of the same rows")
        known = Self.known(of: self, other, isAnd: isAnd)
        let source = other.values.span
        var target = values.mutableSpan
        if isAnd {
            for row in 0..<source.count { target[row] = source[row] ? target[row] : false }
        } else {
            for row in 0..<source.count { target[row] = source[row] ? true : target[row] }
        }
    }

    /// Where AND and OR are known: where both are, and where one decides whatever the other is.
    private static func known(of left: Truths, _ right: Truths, isAnd: Bool) -> Validity? {
        if left.known == nil, right.known == nil { return nil }
        let count = left.values.count
        let (a, b) = (left.values.span, right.values.span)
        var words = [UInt64](repeating: 0, count: (count + 63) / 64)
        for word in words.indices {
            let (p, q) = (a.mask(from: word * 64), b.mask(from: word * 64))
            let (k, l) = (left.known?.words[word] ?? .max, right.known?.words[word] ?? .max)
            words[word] = k & l | (isAnd ? k & ~p | l & ~q : p | q)
        }
        return Validity(words: words, count: count).unlessWhole
    }

    /// The rows that a further operand may yet decide: those not known to be false for AND, to be true for OR.
    package func open(isAnd: Bool) -> Validity {
        let truths = values.span
        var words = [UInt64](repeating: 0, count: (values.count + 63) / 64)
        for word in words.indices {
            let mask = truths.mask(from: word * 64)
            words[word] = isAnd ? mask | ~(known?.words[word] ?? .max) : ~mask
        }
        return Validity(words: words, count: values.count)
    }

    /// AND or OR with those of some rows alone, which are open; the others are decided.
    /// - Precondition: a truth for each bit that is set.
    package mutating func combine(_ other: Truths, where open: Validity, isAnd: Bool) {
        precondition(open.count == values.count, "a bit for each row")
        // What decides nothing, where nobody looked.
        var spread = [Bool](repeating: isAnd, count: values.count)
        var known = other.known.map { _ in Validity(count: values.count, allValid: true) }
        var next = 0
        for (index, word) in open.words.enumerated() {
            var bits = word
            while bits != 0 {
                let row = index * 64 + bits.trailingZeroBitCount
                spread[row] = other.values[next]
                if let own = other.known, !own[next] { known?[row] = false }
                next += 1
                bits &= bits &- 1
            }
        }
        precondition(next == other.values.count, "a truth for each open row")
        combine(Truths(values: spread, known: known), isAnd: isAnd)
    }

    // MARK: NOT, IS

    /// NOT: what is unknown stays so.
    package var negated: Truths {
        var result = settled(false).opposite
        guard let known else { return result }
        for (index, word) in known.words.enumerated() where word != .max {
            for row in index * 64..<min(index * 64 + 64, values.count) where !known[row] { result.values[row] = false }
        }
        result.known = known
        return result
    }

    /// The same with what is unknown taken for a value.
    package func settled(_ unknown: Bool) -> Truths {
        guard unknown, let known else { return Truths(values: values, known: nil) }
        var values = values
        for (index, word) in known.words.enumerated() where word != .max {
            for row in index * 64..<min(index * 64 + 64, values.count) where !known[row] { values[row] = true }
        }
        return Truths(values: values, known: nil)
    }

    /// True for false, false for true.
    /// - Precondition: each is known.
    package var opposite: Truths {
        precondition(known == nil, "the opposite of what is known")
        let source = values.span
        var values = [Bool](repeating: false, count: source.count)
        var target = values.mutableSpan
        for row in 0..<source.count { target[row] = !source[row] }
        return Truths(values: values, known: nil)
    }

    /// Which rows of a vector have a value.
    package static func presence(of vector: Vector) -> Truths {
        if vector.hasNoNulls || vector.isAllNull {
            return Truths(values: Array(repeating: !vector.isAllNull, count: vector.count), known: nil)
        }
        guard let validity = vector.validity else {
            return Truths(values: (0..<vector.count).map { !vector.isNull($0) }, known: nil)
        }
        var values = [Bool](repeating: false, count: vector.count)
        var target = values.mutableSpan
        for (index, word) in validity.words.enumerated() where word != 0 {
            for row in index * 64..<min(index * 64 + 64, target.count) {
                target[row] = word >> UInt64(row & 63) & 1 == 1
            }
        }
        return Truths(values: values, known: nil)
    }
}
