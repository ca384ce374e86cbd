import Columnar
import Segments

/// One live segment with the read-model rows in it that a later version replaced.
final class SealedSegment: Sendable {
    let id: UInt64
    let reader: SegmentReader
    let replaced: ReplacedRows
    /// Positions of the events it holds; nil where it holds none.
    let positions: ClosedRange<Int64>?
    let timeRange: ClosedRange<Int64>
    /// Of the identities of its events, in memory: 12 bits an event.
    private let identities: BlockFilter?

    init(
        id: UInt64, reader: SegmentReader, replaced: ReplacedRows, positions: ClosedRange<Int64>?, timeRange: ClosedRange<Int64>,
        identities: BlockFilter?
    ) {
        self.id = id
        self.reader = reader
        self.replaced = replaced
        self.positions = positions
        self.timeRange = timeRange
        self.identities = identities
    }

    func covers(time: Int64) -> Bool { timeRange.contains(time) }

    /// False proves that no event of the segment has an identity of this hash.
    func mightContain(identity hash: UInt64) -> Bool { identities?.mightContain(hash) ?? true }

    /// The same segment with other replaced rows.
    func replacing(replaced: ReplacedRows) -> SealedSegment {
        SealedSegment(
            id: id, reader: reader, replaced: replaced, positions: positions, timeRange: timeRange, identities: identities)
    }
}

/// All live segments, oldest first. Never changes: a seal makes a new one.
struct SealedState: Sendable {
    var segments: [SealedSegment] = []
    /// The last position that segments hold; 0 when there are none.
    var position: Int64 = 0
}
