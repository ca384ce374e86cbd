/// How slowly all files are read once more: a pass in three days, but no faster than a disk has beside its work, and no
/// slower than is worth a thought.
package enum ScrubPace {
    /// Seconds of a pass over a store whose size lies between the bounds.
    private static let passSeconds = 3 * 86_400
    /// Bytes a second, at the least: a store of 60 GB and less is read in less time.
    private static let rateMin = 256 << 10
    /// Bytes a second, at the most.
    private static let rateMax = 8 << 20
    /// Nanoseconds between two pieces: shortest, longest, and between two passes.
    private static let (pauseMin, pauseMax, passPause): (Int64, Int64, Int64) = (
        100_000_000, 600_000_000_000, 3_600_000_000_000
    )

    /// Nanoseconds until the next piece.
    /// - Parameters:
    ///   - bytes: that the last one read.
    ///   - isEnd: it was the last one of a pass.
    ///   - passBytes: what a pass reads, roughly.
    package static func pause(after bytes: Int, isEnd: Bool, passBytes: Int) -> Int64 {
        if isEnd { return passPause }
        let rate = min(max(passBytes / passSeconds, rateMin), rateMax)
        let (wanted, overflow) = Int64(bytes).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? pauseMax : min(max(wanted / Int64(rate), pauseMin), pauseMax)
    }
}
