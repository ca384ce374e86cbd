import Columnar

/// One value that rows are grouped by.
enum GroupCell: Hashable, Sendable {
    /// The rows don't say.
    case none
    /// Bytes, since texts that only look alike are different groups.
    case text([UInt8])
    /// ns since 1970 UTC: where the hour, day, week or month begins.
    case time(Int64)
    /// Any that is not told by itself.
    case other

    init(_ value: Scalar) {
        switch value {
        case .text(let text): self = .text(Array(text.utf8))
        case .timestamptz(let time): self = .time(time)
        default: self = .none
        }
    }

    /// In the order of bytes and of time; those that don't say stand behind them, and what is not told last.
    fileprivate func precedes(_ other: GroupCell) -> Bool {
        switch (self, other) {
        case (.time(let left), .time(let right)): left < right
        case (.text(let left), .text(let right)): left.lexicographicallyPrecedes(right)
        case (.other, _): false
        case (_, .other): true
        case (.none, _): false
        case (_, .none): true
        case (.time, .text): true
        case (.text, .time): false
        }
    }
}

/// What the rows of a group have in common, a cell for each dimension.
struct GroupKey: Hashable, Sendable {
    var cells: [GroupCell]

    /// The one group of rows that are not grouped.
    static let all = GroupKey(cells: [])

    fileprivate func precedes(_ other: GroupKey) -> Bool {
        for (left, right) in zip(cells, other.cells) where left != right { return left.precedes(right) }
        return false
    }
}

/// Values by group.
struct Grouped<Value> {
    private var values: [GroupKey: Value] = [:]

    /// The value of a group, made when it is first asked for.
    subscript(key: GroupKey, default fallback: @autoclosure () -> Value) -> Value {
        get { values[key] ?? fallback() }
        _modify { yield &values[key, default: fallback()] }
    }

    /// In the order of the dimensions.
    var sorted: [(key: GroupKey, value: Value)] {
        // Values are large, and there may be many: places alone are moved while they are sorted.
        values.indices.sorted { values.keys[$0].precedes(values.keys[$1]) }.map {
            (key: values.keys[$0], value: values.values[$0])
        }
    }

    /// After so many groups whoever works on them looks whether they are still wanted.
    static var groupsPerLook: Int { 512 }

    /// What is made of each group, in the order of the dimensions, with the keys in that order: others made up the
    /// groups, and there may be very many of them.
    /// - Parameter check: throws when they are no longer wanted.
    func made<Made>(
        check: () throws -> Void, _ make: (GroupKey, Value) throws -> Made
    ) rethrows -> (keys: [GroupKey], made: [Made]) {
        try check()
        let sorted = sorted
        let made = try sorted.enumerated().map { place, group in
            if place % Self.groupsPerLook == 0 { try check() }
            return try make(group.key, group.value)
        }
        return (sorted.map(\.key), made)
    }
}
