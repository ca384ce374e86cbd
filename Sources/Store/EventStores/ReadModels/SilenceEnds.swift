import Columnar
import Synchronization

/// When silence closed the last conversation of a piece of `conversations`, and when it closes the next one, as far as
/// somebody has looked: between the two time changes nothing there, and nobody has to look again.
final class SilenceEnds: Sendable {
    /// Until when nothing closes.
    private struct Pause {
        /// Of which rows: a piece has others where more of its rows are replaced.
        let rows: MorselIdentity
        let silence: Int64
        /// See ``SilenceEnds/last(by:of:rows:silence:look:)``.
        let last: Int64
        /// ns since 1970 UTC; from then on it holds.
        let begin: Int64
        /// When the next one is closed; nil: none is left.
        let end: Int64?
    }

    /// Pieces of before are not told to go.
    private static let piecesMax = 4_096
    private let pauses = Mutex<[MorselIdentity: Pause]>([:])

    /// When silence closed the last conversation by a time (ns since 1970 UTC): the least number where it has closed
    /// none, the greatest where it leaves none to be closed. The same at two times where nothing was closed between.
    /// - Parameters:
    ///   - piece: as it is written.
    ///   - rows: those of it that count.
    ///   - look: the ends of the silences of all conversations that silence closes at some time.
    /// - Complexity: O(1) where it is known, otherwise what `look` takes.
    func last(
        by time: Int64, of piece: MorselIdentity, rows: MorselIdentity, silence: Int64, look: () throws -> [Int64]
    ) rethrows -> Int64 {
        let known = pauses.withLock { $0[piece] }
        if let known, known.rows == rows, known.silence == silence, known.begin <= time,
            known.end.map({ time < $0 }) ?? true
        {
            return known.last
        }
        var (begin, end) = (Int64.min, Int64?.none)
        for one in try look() {
            if one <= time { begin = max(begin, one) } else { end = min(end ?? one, one) }
        }
        let pause = Pause(rows: rows, silence: silence, last: end == nil ? .max : begin, begin: begin, end: end)
        pauses.withLock { pauses in
            if pauses.count >= Self.piecesMax, pauses[piece] == nil { pauses = [:] }
            pauses[piece] = pause
        }
        return pause.last
    }
}
