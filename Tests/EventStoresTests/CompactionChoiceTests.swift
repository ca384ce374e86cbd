import EventStores
import Platform
import Segments
import Testing

/// Which segments become one, counted over a history of seals: events are written three times at most, by the seal for
/// the first time, and segments stay few, whatever seals hold.
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
        /// Records beside hardly an event, requests, hours and imports, each as often as the others.
        case any
        /// So many each, as somebody may have set it.
        case hundred, thousand, tenThousand, hundredThousand

        func events(_ generator: inout SeededGenerator) -> Int {
            switch self {
            case .busy: 65_400 + generator.next(below: 300)
            case .early: generator.oneIn(3) ? 8_192 + generator.next(below: 57_000) : 65_536
            case .small: 5_000 + generator.next(below: 2_000)
            case .uneven: 8_192 + generator.next(below: 57_344)
            case .mixed: [9_000, 20_000, 65_536, 200_000, 600_000][generator.next(below: 5)]
            case .any: [1, 100, 1_000, 10_000, 65_536, 226_000][generator.next(below: 6)]
            case .hundred: 100
            case .thousand: 1_000
            case .tenThousand: 10_000
            case .hundredThousand: 100_000
            }
        }
    }

    private static let fullEvents = 3 << 20

    @Test(arguments: Seals.allCases) func eventsAreWrittenAFewTimesAndSegmentsAreFew(seals: Seals) {
        let limits = CompactionLimits()
        var generator = SeededGenerator(seed: 7)
        var segments: [ManifestSegment] = []
        var (sealed, rewritten, mostSmall, mostAtOnce) = (0, 0, 0, 0)
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
            // At any time, not only at the end.
            #expect(rewritten <= 2 * sealed, "\(Double(rewritten) / Double(sealed)) times after \(id) seals")
            mostSmall = max(mostSmall, segments.count { ($0.positions?.count ?? 0) < Self.fullEvents / 4 })
        }
        #expect(mostSmall <= 70, "beside those that are a quarter of a full one at least")
        #expect(mostAtOnce <= 64)
    }

    /// A day of small seals comes to segments about as large as those of an import, so that it takes about as little.
    @Test(arguments: [1_000, 2_000, 10_000, 100_000]) func aDayOfSmallSealsBecomesLargeSegments(sealEvents: Int) {
        let limits = CompactionLimits()
        var segments: [ManifestSegment] = []
        for id in 1...(900_000 / sealEvents) {
            let last = Int64(id * sealEvents)
            segments.append(segment(id, (last - Int64(sealEvents) + 1)...last))
            while let due = limits.due(segments), let first = segments[due].first?.positions,
                let last = segments[due].last?.positions
            {
                segments.replaceSubrange(due, with: [segment(id, first.lowerBound...last.upperBound)])
            }
        }
        let small = segments.compactMap(\.positions?.count).filter { $0 < 32_000 }
        #expect(segments.count <= 40 && small.reduce(0, +) <= 900_000 / 5)
    }

    private func segment(_ id: Int, _ positions: ClosedRange<Int64>) -> ManifestSegment {
        ManifestSegment(
            SegmentDescription(
                segmentID: UInt64(id), fileName: "\(id)", lengthBytes: positions.count * 60, sha256: [], tables: [],
                timeRange: nil),
            positions: positions)
    }
}
