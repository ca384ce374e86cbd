internal import Bytes

/// Codes of pages whose neighbouring rows mostly have one text, as of states and channels: no wide values are made of
/// them on the way.
extension IntegerStreamDecoder {
    /// The codes of a stream of runs, each of which is looked at once; nil, and nothing is read, where it is none.
    /// - Parameter limit: at most 2^32.
    /// - Returns: beside them whether all are below the limit.
    static func codes(
        ofRuns cursor: inout ByteCursor, count: Int, below limit: Int
    ) throws(DecodingError) -> (codes: [UInt32], areBelow: Bool)? {
        var ahead = cursor
        guard count > 0, try readKind(&ahead) == .runs else { return nil }
        let runCount = try ahead.readCount(max: count)
        let starts = try read(&ahead, count: runCount, depth: 1)
        let lengths = try read(&ahead, count: runCount, depth: 1)
        cursor = ahead
        var codes = [UInt32](repeating: 0, count: count)
        var target = codes.mutableSpan
        var (end, isSound) = (0, true)
        for run in starts.indices {
            guard lengths[run] >= 0, lengths[run] < Int64(count - end) else {
                isSound = false
                break
            }
            let start = end
            end += Int(lengths[run]) + 1
            target.fill(start..<end, with: UInt32(truncatingIfNeeded: starts[run]))
        }
        guard isSound, end == count else { throw cursor.failure("runs of \(count) values in all") }
        return (codes, starts.allSatisfy { $0 >= 0 && $0 < Int64(limit) })
    }
}
