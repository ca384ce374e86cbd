// tests: how often an event is copied and how many blocks there are is counted.
/// Which of a tail's newest blocks become one: small ones, once together they are as large as a reader wants one to be.
///
/// Mostly each event is copied once, and twice where batches are of few events: the writer does that before it
/// acknowledges, and a copy of many at once keeps all waiting who send meanwhile.
package enum TailMerging {
    /// What a block holds: events, and bytes of their rows.
    package typealias Size = (events: Int, bytes: Int)

    /// A block of so many events …
    private static let largeEvents = 4_096
    /// … or of rows of so many bytes stays as it is.
    private static let largeBytes = 1 << 20
    /// Blocks of fewer events become one among themselves …
    private static let tinyEvents = 64
    /// … once there are so many.
    private static let tinyMax = 64
    /// So many small blocks become one, whatever they come to.
    private static let smallMax = 128

    /// How many of the newest blocks become one; 0 for none.
    ///
    /// What becomes one is less than twice as large as what stays as it is, so that references into it have 32 bits.
    /// - Parameters:
    ///   - sizes: of the blocks, the newest one last.
    ///   - next: of the block that is about to come behind them; nil where it has come.
    /// - Complexity: O(1): no more than ``smallMax`` are looked at.
    package static func due(_ sizes: some BidirectionalCollection<Size>, before next: Size? = nil) -> Int {
        var (small, tiny) = (0, 0)
        var sum: Size = (0, 0)
        for size in sizes.reversed() {
            if isLarge(size) { break }
            if tiny == small, size.events < tinyEvents { tiny += 1 }
            small += 1
            sum.events += size.events
            sum.bytes += size.bytes
            if isLarge(sum) || small >= smallMax { break }
        }
        guard small > 1 else { return 0 }
        // Those behind a large block are a run of their own: what stands before it would stay small.
        if isLarge(sum) || small >= smallMax || next.map(isLarge) ?? false { return small }
        return tiny >= tinyMax ? tiny : 0
    }

    private static func isLarge(_ size: Size) -> Bool { size.events >= largeEvents || size.bytes >= largeBytes }
}
