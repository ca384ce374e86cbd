package import Domain

extension MetricCounters {
    /// The counters from when on a set is in force: questions that come then are judged by its limits, and histograms
    /// have a bucket that ends at each of its durations.
    ///
    /// What was observed before keeps its place between the bounds that were there; a bucket that is cut gives all it
    /// holds to its upper part, so no bound that stays changes its count, and one that is new counts from now on.
    /// - Complexity: O(counters).
    package func following(_ objectives: ObjectiveSet, registry: SchemaRegistry) -> MetricCounters {
        var counters = self
        if objectives.bucketBounds != program.bounds {
            do {
                counters = try MetricCounters(
                    parsing: serialised, registry: registry, objectives: objectives, bounds: program.bounds)
            } catch {
                preconditionFailure("counters read what they write: \(error)")
            }
        }
        counters.answerLimits = objectives.answerLimits
        // Not part of the state.
        counters.silenceSetting = silenceSetting
        return counters
    }
}

/// How words of a histogram move when its bounds change: a count goes to the bucket of its upper bound.
struct BucketMove {
    private let from, to: [Int64]

    init(from: [Int64], to: [Int64]) { (self.from, self.to) = (from, to) }

    /// Words before: buckets, the last without a bound, then 128 bits.
    var oldWidth: Int { from.count + 3 }

    /// The new place of an old word.
    func word(_ word: Int) -> Int {
        if word >= from.count { return to.count + word - from.count }
        return to.firstIndex { $0 >= from[word] } ?? to.count
    }
}
