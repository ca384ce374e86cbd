/// An end of frames that is found by comparing the keys of rows with values of each row.
struct KeyedEdge {
    private enum Form {
        case integers(keys: [Int64], bounds: [Int64])
        case words(keys: [UInt64], bounds: [UInt64])
        case wide(keys: [Int128], bounds: [Int128])
        case scalars(keys: [OrderedScalar], bounds: [OrderedScalar])
    }

    private struct OrderedScalar: Comparable {
        var value: Scalar

        static func < (left: Self, right: Self) -> Bool { ScalarOrder.compare(left.value, right.value) < 0 }
    }

    private let form: Form
    private let keys: Vector
    private let isDescending: Bool

    /// - Parameter bounds: by row, of the type of the keys; null where these are.
    init(_ keys: Vector, _ bounds: Vector, isDescending: Bool) {
        assert(keys.count == bounds.count, "a bound for each key")
        let (keys, bounds) = (keys.expanded(), bounds.expanded())
        self.keys = keys
        self.isDescending = isDescending
        switch (keys.storage, bounds.storage) {
        case (.int64(let keys), .int64(let bounds)): form = .integers(keys: keys, bounds: bounds)
        case (.double(let keys), .double(let bounds)):
            form = .words(keys: keys.map { OrderedBits.of($0) }, bounds: bounds.map { OrderedBits.of($0) })
        case (.int128, .int64), (.int64, .int128), (.int128, .int128):
            form = .wide(keys: Self.wide(keys), bounds: Self.wide(bounds))
        default: form = .scalars(keys: Self.scalars(keys), bounds: Self.scalars(bounds))
        }
    }

    private static func wide(_ vector: Vector) -> [Int128] {
        switch vector.storage {
        case .int64(let values): values.map { Int128($0) }
        case .int128(let values): values
        default: []
        }
    }

    private static func scalars(_ vector: Vector) -> [OrderedScalar] {
        (0..<vector.count).map { OrderedScalar(value: vector.scalar(at: $0)) }
    }

    /// - Complexity: O(rows).
    func fill(_ edge: inout [UInt32], _ rows: WindowRows, isEnd: Bool) {
        for partition in rows.numbers {
            let places = rows.places(partition)
            // Rows without a key stand at one end.
            var keyed = places
            while let first = keyed.first, keys.isNull(Int(rows.rows[first])) { keyed = keyed.dropFirst() }
            while let last = keyed.last, keys.isNull(Int(rows.rows[last])) { keyed = keyed.dropLast() }
            var target = edge.mutableSpan
            for others in [places.lowerBound..<keyed.lowerBound, keyed.upperBound..<places.upperBound] {
                let limit = UInt32(truncatingIfNeeded: isEnd ? others.upperBound : others.lowerBound)
                for place in others { target[place] = limit }
            }
            switch form {
            case .integers(let keys, let bounds): slide(keys.span, bounds.span, keyed, rows.rows.span, isEnd, &target)
            case .words(let keys, let bounds): slide(keys.span, bounds.span, keyed, rows.rows.span, isEnd, &target)
            case .wide(let keys, let bounds): slide(keys.span, bounds.span, keyed, rows.rows.span, isEnd, &target)
            case .scalars(let keys, let bounds): slide(keys.span, bounds.span, keyed, rows.rows.span, isEnd, &target)
            }
        }
    }

    /// Bounds go forward with the keys, so each row is passed once.
    private func slide<Value: Comparable>(
        _ keys: Span<Value>, _ bounds: Span<Value>, _ places: Range<Int>, _ rows: Span<UInt32>, _ isEnd: Bool,
        _ target: inout MutableSpan<UInt32>
    ) {
        var next = places.lowerBound
        for place in places {
            let bound = bounds[Int(rows[place])]
            while next < places.upperBound {
                let key = keys[Int(rows[next])]
                let isBefore = isDescending ? key > bound : key < bound
                if !isBefore, !isEnd || key != bound { break }
                next += 1
            }
            target[place] = UInt32(truncatingIfNeeded: next)
        }
    }
}
