/// Which metric is kept, and what else decides its cells.
struct IndexKey: Hashable, Sendable {
    // texts: a name of ours.
    var metric: String
    /// Whether cells tell classic and exponential buckets apart.
    var hasBuckets, hasNative: Bool
    /// Where classic buckets end, or how long questions of all channels wait, in ns.
    var bounds: [Int64] = []
    /// Channels whose questions wait otherwise.
    var channels: [[UInt8]] = []
    /// After how much silence conversations are closed.
    var silence: Int64?
}
