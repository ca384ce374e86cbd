internal import Bytes

/// A way to put times (ns) into buckets that follow each other, such as the days of a zone.
package struct TimeBuckets: Sendable {
    /// What tells it from every other way in this process: those of equal keys put each time into the same bucket, for
    /// good.
    package struct Key: Hashable, Sendable {
        private let unit: ExactText
        private let zone: ExactText
        private let offsetSeconds: Int64

        /// Takes each part as given.
        /// - Parameters:
        ///   - unit: of which a bucket is one.
        ///   - zone: whose clock counts, where its offset changes; empty for others.
        ///   - offsetSeconds: east of UTC, of a zone whose offset stays.
        package init(unit: String, zone: String = "", offsetSeconds: Int64 = 0) {
            (self.unit, self.zone, self.offsetSeconds) = (ExactText(unit), ExactText(zone), offsetSeconds)
        }
    }

    /// See ``Key``.
    package let key: Key
    /// Where a time's bucket begins, and the bound below which every later time shares it; nil, or an error: there is
    /// no answer.
    package let bucket: @Sendable (Int64) throws -> (start: Int64, end: Int64)?

    /// Takes both as given.
    package init(key: Key, bucket: @escaping @Sendable (Int64) throws -> (start: Int64, end: Int64)?) {
        (self.key, self.bucket) = (key, bucket)
    }
}
