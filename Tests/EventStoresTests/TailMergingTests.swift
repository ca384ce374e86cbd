import EventStores
import Testing

/// How often unsealed events are copied into larger blocks, and how many blocks are left to read: counted in events and
/// blocks, not in time.
@Suite struct TailMergingTests {
    private struct Grown {
        var sizes: [TailMerging.Size] = []
        var copiedEvents = 0
        var blocksMax = 0
        var mergedMax = 0
        /// Of one merge.
        var copiedMax = 0

        mutating func append(_ size: TailMerging.Size) {
            merge(TailMerging.due(sizes, before: size))
            sizes.append(size)
            merge(TailMerging.due(sizes))
            blocksMax = max(blocksMax, sizes.count)
        }

        private mutating func merge(_ count: Int) {
            guard count > 0 else { return }
            let newest = sizes.suffix(count)
            let merged = newest.reduce((events: 0, bytes: 0)) { ($0.events + $1.events, $0.bytes + $1.bytes) }
            copiedEvents += merged.events
            copiedMax = max(copiedMax, merged.events)
            mergedMax = max(mergedMax, merged.bytes)
            sizes.removeLast(count)
            sizes.append(merged)
        }
    }

    private func grown(_ batches: some Sequence<Int>, bytesEach: Int = 250) -> Grown {
        var grown = Grown()
        for events in batches { grown.append((events, events * bytesEach)) }
        return grown
    }

    @Test func eventsOfBatchesOfAHundredAreCopiedOnce() {
        let grown = grown(repeatElement(100, count: 655))
        #expect(grown.copiedEvents <= 65_500)
        #expect(grown.copiedEvents >= 60_000)
        // A seal takes up no more than these, and a question reads no more.
        #expect(grown.blocksMax <= 64)
        // Whoever sends meanwhile waits for no more than this.
        #expect(grown.copiedMax < 2 * 4_096)
    }

    @Test(arguments: [1, 2, 7, 63, 64, 65, 1_000, 4_095, 4_096, 10_000])
    func blocksAreFewWhateverTheBatches(events: Int) {
        let batches = max(1, 100_000 / events)
        let grown = grown(repeatElement(events, count: batches))
        #expect(grown.sizes.reduce(0) { $0 + $1.events } == batches * events)
        #expect(grown.blocksMax <= 128 + batches * events / 4_096)
        #expect(grown.copiedEvents <= 2 * batches * events)
    }

    @Test func largeBatchesAreNotCopiedAndSmallOnesBetweenThemAreOneBlock() {
        let cycle = [3, 4, 5, 50_000]
        let grown = grown((0..<400).map { cycle[$0 % 4] })
        #expect(grown.sizes.count == 200)
        #expect(grown.copiedEvents == 100 * 12)
    }

    @Test func longRowsAreNotCopiedTogetherBeyondTheBytes() {
        let grown = grown(repeatElement(1, count: 500), bytesEach: 300_000)
        #expect(grown.mergedMax < 2 << 20)
        #expect(grown.copiedEvents <= 500)
    }

    /// Behind each block that is no longer tiny others begin to gather: they are not left lying for that.
    @Test func tinyBlocksBetweenOthersBecomeOneToo() {
        let cycle = [Int](repeating: 1, count: 63) + [64]
        let grown = grown((0..<64 * 500).map { cycle[$0 % 64] })
        #expect(grown.blocksMax <= 128 + 500 * 127 / 4_096)
        #expect(grown.copiedEvents <= 500 * 127 + 64 * 500 * 4_096 / 127)
    }

    @Test func oneBlockStaysAsItIs() {
        let none: [TailMerging.Size] = []
        #expect(TailMerging.due(none) == 0)
        #expect(TailMerging.due([(events: 5, bytes: 50)]) == 0)
        #expect(TailMerging.due([(events: 5, bytes: 50)], before: (events: 9_000, bytes: 900)) == 0)
    }
}
