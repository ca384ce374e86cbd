import Columnar
import Plans

/// Functions over windows by the words of their definitions: each row looks at all others.
extension Reference {
    /// A partition in order: numbers of rows, and the values of their keys.
    private struct Ordered {
        var members: [Int]
        var keys: [Row]
        var order: [SortKey]
    }

    func windows(
        _ rows: [Row], _ partition: [Expression], _ order: [SortKey], _ calls: [WindowCall]
    ) throws -> [Row] {
        let parts = try rows.map { row in try partition.map { try value($0, row) } }
        let keys = try rows.map { row in try order.map { try value($0.expression, row) } }
        return try rows.indices.map { row in
            var members = rows.indices.filter { parts[$0] == parts[row] }
            members.sort { a, b in
                let found = compare(keys[a], keys[b], order)
                return found == 0 ? a < b : found < 0
            }
            let ordered = Ordered(members: members, keys: members.map { keys[$0] }, order: order)
            guard let place = members.firstIndex(of: row) else { preconditionFailure("a row is in its partition") }
            return try rows[row] + calls.map { try result($0, rows, ordered, place) }
        }
    }

    private func compare(_ a: Row, _ b: Row, _ order: [SortKey]) -> Int {
        for (index, key) in order.enumerated() {
            let found = compare(a[index], b[index], key)
            if found != 0 { return found }
        }
        return 0
    }

    private func result(_ call: WindowCall, _ rows: [Row], _ part: Ordered, _ place: Int) throws -> Scalar {
        let own = part.keys[place]
        let count = part.members.count
        let before = part.keys.filter { compare($0, own, part.order) < 0 }
        let upTo = part.keys.filter { compare($0, own, part.order) <= 0 }.count
        let row = rows[part.members[place]]
        switch call.function {
        case .rowNumber: return .integer(Int64(place + 1))
        case .rank: return .integer(Int64(before.count + 1))
        case .denseRank:
            let starts = before.indices.filter { $0 == 0 || compare(before[$0 - 1], before[$0], part.order) != 0 }
            return .integer(Int64(starts.count + 1))
        case .percentRank: return .double(count == 1 ? 0 : Double(before.count) / Double(count - 1))
        case .cumulativeDistribution: return .double(Double(upTo) / Double(count))
        case .tile:
            guard case .integer(let tiles) = try value(call.arguments[0], row) else { return .null }
            let (size, larger) = (count / Int(tiles), count % Int(tiles))
            if size == 0 { return .integer(Int64(place + 1)) }
            let ofLarger = larger * (size + 1)
            let tile = place < ofLarger ? place / (size + 1) : larger + (place - ofLarger) / size
            return .integer(Int64(tile + 1))
        case .lag, .lead:
            guard case .integer(let distance) = try value(call.arguments[1], row) else { return .null }
            let other = place + (call.function == .lead ? Int(distance) : -Int(distance))
            if part.members.indices.contains(other) {
                return try value(call.arguments[0], rows[part.members[other]])
            }
            return call.arguments.count > 2 ? try value(call.arguments[2], row) : .null
        case .firstValue, .lastValue, .nthValue, .aggregate:
            let frame = part.members.indices.filter { isInFrame($0, call.frame, part, place) }
            return try result(call, frame.map { rows[part.members[$0]] }, row)
        }
    }

    private func result(_ call: WindowCall, _ frame: [Row], _ row: Row) throws -> Scalar {
        switch call.function {
        case .firstValue: return try frame.first.map { try value(call.arguments[0], $0) } ?? .null
        case .lastValue: return try frame.last.map { try value(call.arguments[0], $0) } ?? .null
        case .nthValue:
            guard case .integer(let number) = try value(call.arguments[1], row), number <= frame.count else {
                return .null
            }
            return try value(call.arguments[0], frame[Int(number) - 1])
        case .aggregate(let function):
            let plain = AggregateCall(
                function: function, arguments: call.arguments, filter: call.filter, type: call.type)
            return try result(plain, frame)
        default: preconditionFailure("no function of a frame")
        }
    }

    private func isInFrame(_ other: Int, _ frame: WindowFrame, _ part: Ordered, _ place: Int) -> Bool {
        switch frame.start {
        case .unboundedPreceding: break
        case .unboundedFollowing: return false
        case .currentRow: if distance(other, place, frame.unit, part) < 0 { return false }
        case .preceding(let offset), .following(let offset):
            let isPreceding = if case .preceding = frame.start { true } else { false }
            if reach(other, place, offset, isPreceding, frame.unit, part) < 0 { return false }
        }
        switch frame.end {
        case .unboundedFollowing: return true
        case .unboundedPreceding: return false
        case .currentRow: return distance(other, place, frame.unit, part) <= 0
        case .preceding(let offset), .following(let offset):
            let isPreceding = if case .preceding = frame.end { true } else { false }
            return reach(other, place, offset, isPreceding, frame.unit, part) <= 0
        }
    }

    /// How far another row lies behind one, in rows or in groups; for ranges only where.
    private func distance(_ other: Int, _ place: Int, _ unit: WindowFrame.Unit, _ part: Ordered) -> Int {
        switch unit {
        case .rows: return other - place
        case .range: return compare(part.keys[other], part.keys[place], part.order)
        case .groups:
            let (low, high) = (min(other, place), max(other, place))
            let borders = (low..<high).filter { compare(part.keys[$0], part.keys[$0 + 1], part.order) != 0 }.count
            return other < place ? -borders : borders
        }
    }

    /// Below zero where another row lies before an end of the frame, above where it lies behind it.
    private func reach(
        _ other: Int, _ place: Int, _ offset: Scalar, _ isPreceding: Bool, _ unit: WindowFrame.Unit, _ part: Ordered
    ) -> Int {
        guard unit == .range else {
            guard case .integer(let number) = offset else { preconditionFailure("rows are whole numbers") }
            return distance(other, place, unit, part) - (isPreceding ? -Int(number) : Int(number))
        }
        let (own, theirs, key) = (part.keys[place][0], part.keys[other][0], part.order[0])
        // Rows without a key are as far as each other from all others.
        if own.isNull || theirs.isNull { return compare(theirs, own, key) }
        let gap = number(theirs) - number(own)
        let behind = key.isDescending ? -gap : gap
        let wanted = isPreceding ? -number(offset) : number(offset)
        return behind < wanted ? -1 : (behind == wanted ? 0 : 1)
    }

    private func number(_ value: Scalar) -> Int128 {
        switch value {
        case .timestamptz(let time): Int128(time)
        case .interval(let span): Int128(span.nanoseconds)
        default: mantissa(value)
        }
    }
}
