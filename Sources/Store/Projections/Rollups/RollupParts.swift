package import Columnar
import Domain

/// A rollup's rows of one segment, part by part as the segment's events are gone through.
///
/// Parts of one event type stand end to end: few of their keys are alike. Those of a rollup of every type have most
/// keys in common, since one conversation has events of many types, and are added up.
package struct RollupParts: Sendable {
    private let layout: RollupLayout
    private var parts: [RollupPart] = []
    private var sum: RollupSum?

    /// Of no events yet.
    package init(_ layout: RollupLayout) {
        self.layout = layout
        sum = layout.definition.isOfEveryType ? RollupSum(layout) : nil
    }

    /// Takes the rows of further events.
    /// - Complexity: O(rows of the part).
    package mutating func add(_ part: RollupPart) {
        if sum == nil { parts.append(part) } else { sum?.add(part) }
    }

    /// As segments hold them, see ``RollupPart/joined(_:columns:rowsMax:areAlone:)``.
    package func joined(rowsMax: Int) -> [Chunk] {
        RollupPart.joined(all, columns: layout.columns, rowsMax: rowsMax)
    }

    /// As a segment holds them that has none of the events.
    /// - Returns: nil where some sum is too large for any row to hold.
    package func joinedAlone(rowsMax: Int) -> [Chunk]? {
        let all = all
        guard all.allSatisfy(\.isExact) else { return nil }
        return RollupPart.joined(all, columns: layout.columns, rowsMax: rowsMax, areAlone: true)
    }

    private var all: [RollupPart] { sum.map { [$0.part] } ?? parts }
}

/// Rows of a rollup that counts events and nothing else, added up: one row a key.
struct RollupSum: Sendable {
    private let layout: RollupLayout
    private var groups: GroupTable
    private var events: any Accumulator = AggregateStates.mergedCount()
    private var eventCount = 0
    private var isExact = true

    init(_ layout: RollupLayout) {
        precondition(layout.contents.last == .events, "a rollup of keys and a number")
        self.layout = layout
        groups = GroupTable(types: layout.columns.dropLast().map(\.type))
    }

    mutating func add(_ part: RollupPart) {
        assert(part.rows.columns.count == layout.columns.count, "parts of one rollup")
        eventCount += part.eventCount
        isExact = isExact && part.isExact
        guard part.rows.rowCount > 0, let counts = part.rows.columns.last else { return }
        let assignment = GroupAssignment(groups.assign(Array(part.rows.columns.dropLast()), ordinal: 0))
        events.grow(to: groups.count)
        do throws(KernelError) {
            try events.update([counts], assignment)
        } catch {
            isExact = false
        }
    }

    /// The rows, buckets ascending, of one bucket in the order in which they came: neighbours have times in common.
    /// - Complexity: O(rows · log rows).
    var part: RollupPart {
        let asTheyCame = (0..<UInt32(groups.count)).map { $0 }
        let buckets = groups.keys(of: asTheyCame)[0]
        let times = asTheyCame.map { row -> Int64 in
            if case .timestamptz(let time) = buckets.scalar(at: Int(row)) { time } else { .min }
        }
        let order = asTheyCame.sorted { (times[Int($0)], $0) < (times[Int($1)], $1) }
        do throws(KernelError) {
            let rows = Chunk(columns: groups.keys(of: order) + [try events.finish(order)], rowCount: order.count)
            return RollupPart(rows: rows, eventCount: eventCount, isExact: isExact)
        } catch {
            return RollupPart(rows: layout.noRows, eventCount: eventCount, isExact: false)
        }
    }
}
