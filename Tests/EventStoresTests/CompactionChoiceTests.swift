import EventStores
import Platform
import Segments
import Testing

/// Which segments become one, counted over a history of seals: events are written again a few times, and segments stay
/// few, whatever seals hold.
@Suite struct CompactionChoiceTests {
    enum Seals: CaseIterable {
        /// As many as a seal waits for, and the records among them or what came with the last request more or less.
        case busy
        /// Some earlier, since many conversations wait.
        case early
        case small
        /// Of all sizes.
        case uneven
        /// Imports between them.
        case mixed

        func events(_ generator: inout SeededGenerator) -> Int {
            switch self {
            case .busy: 65_400 + generator.next(below: 300)
            case .early: generator.oneIn(3) ? 8_192 + generator.next(below: 57_000) : 65_536
            case .small: 5_000 + generator.next(below: 2_000)
            case .uneven: 8_192 + generator.next(below: 57_344)
            case .mixed: [9_000, 20_000, 65_536, 200_000, 600_000][generator.next(below: 5)]
            }
        }
    }

    private static let fullEvents = 3 << 20

    @Test(arguments: Seals.allCases) func eventsAreWrittenAFewTimesAndSegmentsAreFew(seals: Seals) {
        let limits = CompactionLimits()
        var generator = SeededGenerator(seed: 7)
        var segments: [ManifestSegment] = []
        var (sealed, rewritten, most, mostAtOnce) = (0, 0, 0, 0)
        func segment(_ id: Int, _ positions: ClosedRange<Int64>) -> ManifestSegment {
            ManifestSegment(
                SegmentDescription(
                    segmentID: UInt64(id), fileName: "\(id)", lengthBytes: positions.count * 60, sha256: [], tables: [],
                    timeRange: nil),
                positions: positions)
        }
        for id in 1...2_000 {
            let count = seals.events(&generator)
            segments.append(segment(id, Int64(sealed + 1)...Int64(sealed + count)))
            sealed += count
            while let due = limits.due(segments) {
                guard let first = segments[due].first?.positions, let last = segments[due].last?.positions else {
                    Issue.record("segments without events")
                    return
                }
                let whole = first.lowerBound...last.upperBound
                #expect(due.count > 1 && whole.count <= Self.fullEvents)
                rewritten += whole.count
                mostAtOnce = max(mostAtOnce, due.count)
                segments.replaceSubrange(due, with: [segment(id, whole)])
            }
            most = max(most, segments.count - sealed / Self.fullEvents)
        }
        #expect(rewritten <= 3 * sealed, "\(Double(rewritten) / Double(sealed)) times")
        #expect(most <= 100, "beside full ones")
        #expect(mostAtOnce <= 64)
    }
}
