import Projections

/// The buckets of an observation as one number: the classic one above, the exponential one below, 0 for the zero
/// bucket.
enum ObservedCode {
    static let nativeBits = 9
    /// Bucket −239 has code 1; durations of 64 bits lie in −239…265.
    private static let firstIndex = -240

    static func native(_ nanoseconds: Int64) -> Int {
        ExponentialBuckets.index(nanoseconds: nanoseconds).map { $0 - firstIndex } ?? 0
    }

    static func classic(of code: Int) -> Int { code >> nativeBits }

    /// The index of the exponential bucket; nil for the zero bucket.
    static func index(of code: Int) -> Int? {
        let native = code & (1 << nativeBits - 1)
        return native == 0 ? nil : native + firstIndex
    }
}
