/// Orders rows by several key columns: every key becomes 64-bit words whose unsigned order is the wanted one, texts of
/// large dictionaries excepted, which compare by their bytes.
package struct SortOrder {
    enum Key {
        case words([UInt64])
        case texts(codes: [UInt32], dictionary: TextDictionary, isDescending: Bool)
    }

    /// Steps taken since the last look: comparisons, and bytes that they looked at.
    private final class Steps {
        var count = 0
    }

    private(set) var keys: [Key] = []
    private let count: Int
    private let steps = Steps()
    private static let rankedTextsMax = 4096

    private init(
        _ columns: [Vector], descending: [Bool], nullsFirst: [Bool], _ look: () throws -> Void
    ) rethrows {
        count = columns.first?.count ?? 0
        assert(columns.allSatisfy { $0.count == count }, "keys of the same rows")
        assert(descending.count == columns.count && nullsFirst.count == columns.count, "a direction for each key")
        for (index, column) in columns.enumerated() {
            try add(column, isDescending: descending[index], nullsFirst: nullsFirst[index], look)
            try look()
        }
    }

    /// Of keys that may be words already.
    init(_ windowKeys: [WindowKey], rowCount: Int, _ look: () throws -> Void) rethrows {
        count = rowCount
        for key in windowKeys {
            switch key.form {
            case .words(let words): keys.append(.words(words))
            case .values(let column):
                assert(column.count == rowCount, "keys of the same rows")
                try add(column, isDescending: key.isDescending, nullsFirst: key.nullsFirst, look)
            }
            try look()
        }
    }

    /// Row numbers in order; equal rows keep theirs. With a limit, only the first rows are found, without sorting the
    /// rest.
    package static func rows(
        of columns: [Vector], descending: [Bool], nullsFirst: [Bool], limit: Int? = nil
    ) -> [UInt32] {
        rows(of: columns, descending: descending, nullsFirst: nullsFirst, limit: limit, look: {})
    }

    /// Row numbers in order, with a look between stretches of about a million steps.
    /// - Parameter look: throws when nobody wants the order any more.
    package static func rows(
        of columns: [Vector], descending: [Bool], nullsFirst: [Bool], limit: Int? = nil, look: () throws -> Void
    ) rethrows -> [UInt32] {
        if let limit, limit > 0, columns.count == 1, columns[0].hasNoNulls, limit < columns[0].count / 4,
            case .int64(let values) = columns[0].storage
        {
            return try FirstIntegers.rows(of: values, descending: descending[0], limit: limit, look: look)
        }
        if let limit, limit > 0, let key = columns.first, limit < key.count / 4, let first = key.asWholeNumbers {
            // Most rows are out by their first key alone: of these nothing is put beside others.
            let leading = try leading(
                by: first, descending: descending[0], nullsFirst: nullsFirst[0], limit: limit, look: look)
            if leading.count < key.count / 4 {
                let found = try rows(
                    of: columns.map { $0.gather(leading) }, descending: descending, nullsFirst: nullsFirst,
                    limit: limit, look: look)
                return found.prefix(limit).map { leading[Int($0)] }
            }
        }
        let order = try SortOrder(columns, descending: descending, nullsFirst: nullsFirst, look)
        if let limit, limit < order.count / 4 { return try order.first(limit, look) }
        return try order.all(look)
    }

    /// The rows that come first by one column, ascending: so many, and all others whose values are like the last one's.
    /// Whatever orders rows of equal values, the first so many are among these.
    /// - Parameters:
    ///   - limit: above 0.
    ///   - look: as of ``rows(of:descending:nullsFirst:limit:look:)``.
    /// - Complexity: as of that.
    package static func leading(
        by column: Vector, descending: Bool, nullsFirst: Bool, limit: Int, look: () throws -> Void
    ) rethrows -> [UInt32] {
        precondition(limit > 0, "some rows are wanted")
        if limit >= column.count { return (0..<UInt32(column.count)).map { $0 } }
        if case .int64(let values) = column.storage, column.hasNoNulls {
            let first = try FirstIntegers.rows(of: values, descending: descending, limit: limit, look: look)
            let (source, last) = (values.span, values[Int(first[limit - 1])])
            var found: [UInt32] = []
            for row in 0..<source.count where descending ? source[row] >= last : source[row] <= last {
                found.append(UInt32(truncatingIfNeeded: row))
            }
            return found
        }
        if case .int64 = column.storage, let validity = column.validity {
            return try leading(by: column, validity, descending: descending, nullsFirst, limit, look)
        }
        let order = try SortOrder([column], descending: [descending], nullsFirst: [nullsFirst], look)
        let last = try order.first(limit, look)[limit - 1]
        return try (0..<UInt32(column.count)).filter { row in
            try order.step(1, look)
            return order.compare(row, last) <= 0
        }
    }

    /// The same of whole numbers of which some are null: all nulls are alike.
    private static func leading(
        by column: Vector, _ validity: Validity, descending: Bool, _ nullsFirst: Bool, _ limit: Int,
        _ look: () throws -> Void
    ) rethrows -> [UInt32] {
        let nulls = (0..<UInt32(nullsFirst ? column.count : 0)).filter { !validity[Int($0)] }
        if nullsFirst ? nulls.count >= limit : validity.validCount < limit {
            return nullsFirst ? nulls : (0..<UInt32(column.count)).map { $0 }
        }
        let kept = KeptRows(validity)
        let present = Vector(type: column.type, count: kept.count, storage: column.gather(kept).storage)
        let first = try leading(
            by: present, descending: descending, nullsFirst: nullsFirst, limit: limit - nulls.count, look: look)
        return nulls.isEmpty ? kept.rows(at: first) : (nulls + kept.rows(at: first)).sorted()
    }

    /// Counts steps.
    func step(_ count: Int, _ look: () throws -> Void) rethrows {
        steps.count += count
        guard steps.count >= 1 << 20 else { return }
        steps.count = 0
        try look()
    }

    private mutating func add(
        _ column: Vector, isDescending: Bool, nullsFirst: Bool, _ look: () throws -> Void
    ) rethrows {
        if case .constant = column.storage { return }
        if !column.hasNoNulls {
            // A null sorts by its absence first, then not at all.
            keys.append(.words((0..<count).map { column.isNull($0) == nullsFirst ? 0 : 1 }))
        }
        switch column.storage {
        case .int64(let values): append(values.map { OrderedBits.of($0) }, isDescending)
        case .double(let values): append(values.map { OrderedBits.of($0) }, isDescending)
        case .boolean(let values): append(values.map { $0 ? 1 : 0 }, isDescending)
        case .int128(let values): append(wide: values, isDescending)
        case .interval(let values): append(wide: values.map { IntervalMath.comparable($0) }, isDescending)
        case .text(let codes, let dictionary):
            if dictionary.count <= Self.rankedTextsMax, dictionary.count <= count {
                let ranks = try ranks(dictionary, look)
                append(codes.map { Int($0) < ranks.count ? ranks[Int($0)] : 0 }, isDescending)
            } else {
                keys.append(.texts(codes: codes, dictionary: dictionary, isDescending: isDescending))
            }
        default: append(try ranks(column, look), isDescending)
        }
    }

    /// As one word where all of them fit, else as two.
    private mutating func append(wide values: [Int128], _ isDescending: Bool) {
        if values.allSatisfy({ Int64(exactly: $0) != nil }) {
            return append(values.map { OrderedBits.of(Int64(truncatingIfNeeded: $0)) }, isDescending)
        }
        append(values.map { OrderedBits.of(Int64(truncatingIfNeeded: $0 >> 64)) }, isDescending)
        append(values.map { UInt64(truncatingIfNeeded: $0) }, isDescending)
    }

    private mutating func append(_ words: [UInt64], _ isDescending: Bool) {
        assert(words.count == count, "a word for each row")
        keys.append(.words(isDescending ? words.map { ~$0 } : words))
    }

    /// Equal texts get equal ranks even when a dictionary holds them twice.
    private func ranks(_ dictionary: TextDictionary, _ look: () throws -> Void) rethrows -> [UInt64] {
        let order = try (0..<dictionary.count).sorted { left, right in
            try step(1, look)
            return compare(dictionary, left, right) < 0
        }
        var ranks = [UInt64](repeating: 0, count: dictionary.count)
        var rank: UInt64 = 0
        for (index, code) in order.enumerated() {
            if index > 0, !dictionary.utf8(code).elementsEqual(dictionary.utf8(order[index - 1])) { rank += 1 }
            ranks[code] = rank
        }
        return ranks
    }

    private func ranks(_ column: Vector, _ look: () throws -> Void) rethrows -> [UInt64] {
        let values = (0..<column.count).map { column.scalar(at: $0) }
        // Nulls are told apart by a key of their own; here they only need one place.
        func compare(_ a: Int, _ b: Int) -> Int {
            if values[a].isNull || values[b].isNull { return (values[a].isNull ? 0 : 1) - (values[b].isNull ? 0 : 1) }
            return ScalarOrder.compare(values[a], values[b])
        }
        let order = try values.indices.sorted { left, right in
            steps.count += 64 + min(values[left].textBytes, values[right].textBytes)
            try step(1, look)
            return compare(left, right) < 0
        }
        var ranks = [UInt64](repeating: 0, count: values.count)
        var rank: UInt64 = 0
        for (index, row) in order.enumerated() {
            if index > 0, compare(row, order[index - 1]) != 0 { rank += 1 }
            ranks[row] = rank
        }
        return ranks
    }

    /// Whether row `a` comes before row `b`; ties go by row number.
    private func precedes(_ a: UInt32, _ b: UInt32) -> Bool {
        let order = compare(a, b)
        return order == 0 ? a < b : order < 0
    }

    /// Below 0 where row `a` comes before row `b` by the keys, 0 where these are alike.
    @inline(__always)
    func compare(_ a: UInt32, _ b: UInt32) -> Int {
        for key in keys {
            switch key {
            case .words(let words):
                let x = words[Int(a)]
                let y = words[Int(b)]
                if x != y { return x < y ? -1 : 1 }
            case .texts(let codes, let dictionary, let isDescending):
                let x = codes[Int(a)]
                let y = codes[Int(b)]
                if x == y || Int(max(x, y)) >= dictionary.count { continue }
                let order = compare(dictionary, Int(x), Int(y))
                if order != 0 { return isDescending ? -order : order }
            }
        }
        return 0
    }

    private func compare(_ dictionary: TextDictionary, _ x: Int, _ y: Int) -> Int {
        let a = dictionary.range(x)
        let b = dictionary.range(y)
        let bytes = dictionary.bytes
        var offset = 0
        let shared = min(a.count, b.count)
        defer { steps.count += offset }
        while offset < shared {
            let p = bytes[a.lowerBound + offset]
            let q = bytes[b.lowerBound + offset]
            if p != q { return p < q ? -1 : 1 }
            offset += 1
        }
        return a.count - b.count
    }

    private func all(_ look: () throws -> Void) rethrows -> [UInt32] {
        if keys.isEmpty { return (0..<UInt32(count)).map { $0 } }
        if keys.count == 1, case .words(let words) = keys[0] { return RadixOrder.ascending(words) }
        var order = (0..<UInt32(count)).map { $0 }
        try order.sort { left, right in
            try step(1, look)
            return precedes(left, right)
        }
        return order
    }

    /// The first rows by a heap whose top is the worst row kept.
    private func first(_ limit: Int, _ look: () throws -> Void) rethrows -> [UInt32] {
        if limit <= 0 { return [] }
        var heap: [UInt32] = []
        heap.reserveCapacity(limit)
        // Most rows are out by their first key alone.
        var words: [UInt64] = []
        if case .words(let first)? = keys.first { words = first }
        // Of rows that come the better the later, as the newest do, each would go through the whole heap.
        let last = UInt32(count) - 1
        let isBackwards = precedes(last, 0)
        for place in 0...last {
            let row = isBackwards ? last - place : place
            try step(1, look)
            if heap.count < limit {
                heap.append(row)
                if heap.count == limit {
                    for index in stride(from: limit / 2, through: 0, by: -1) { siftDown(&heap, index) }
                }
            } else if words.isEmpty || words[Int(row)] <= words[Int(heap[0])], precedes(row, heap[0]) {
                heap[0] = row
                siftDown(&heap, 0)
            }
        }
        assert(heap.count == min(limit, count), "as many rows as were asked for, or all")
        try heap.sort { left, right in
            try step(1, look)
            return precedes(left, right)
        }
        return heap
    }

    private func siftDown(_ heap: inout [UInt32], _ start: Int) {
        var index = start
        while true {
            var worst = index
            for child in [2 * index + 1, 2 * index + 2] where child < heap.count && precedes(heap[worst], heap[child]) {
                worst = child
            }
            if worst == index { return }
            heap.swapAt(worst, index)
            index = worst
        }
    }
}

extension Vector {
    /// Whole numbers in the order of the values: these themselves, or how long intervals are; nil for other columns,
    /// and where 64 bits do not hold one.
    fileprivate var asWholeNumbers: Vector? {
        switch storage {
        case .int64: return self
        case .interval(let values):
            var lengths: [Int64] = []
            lengths.reserveCapacity(values.count)
            for value in values {
                guard let length = Int64(exactly: IntervalMath.comparable(value)) else { return nil }
                lengths.append(length)
            }
            return Vector(type: .integer, count: count, storage: .int64(lengths), validity: validity)
        default: return nil
        }
    }
}
