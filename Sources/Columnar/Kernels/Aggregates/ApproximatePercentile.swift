/// `approx_percentile`: an exponential histogram a group, within 0.54 % of `percentile_disc`. Whole numbers and
/// decimals of at most twelve places are counted as integers, the same way rollups count them, so that both give one
/// answer. Rows of rollups come as three arguments: histogram, count, sum.
struct ApproximatePercentileAccumulator: Accumulator {
    private let fractions: [Double]
    private let asArray: Bool
    private let scale: Int
    private let type: ColumnType
    private var histograms: GroupHistograms

    /// - Precondition: `fractions` lie in 0...1.
    init(_ argument: ColumnType, fractions: [Double], asArray: Bool, type: ColumnType) {
        self.fractions = fractions
        self.asArray = asArray
        self.type = type
        scale = argument.scale
        histograms = GroupHistograms(argument, mayWait: true)
    }

    var memoryBytes: Int { histograms.memoryBytes }
    /// Only the watch stops it.
    var mayRefuse: Bool { false }

    mutating func grow(to count: Int) { histograms.grow(to: count) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws(KernelError) {
        try histograms.update(arguments, assignment)
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) { histograms.absorb(other.histograms, mapping) }

    func finish(_ wanted: [UInt32]) -> Vector {
        Vector(type: type, scalars: results(wanted[...], histograms.reader))
    }

    /// So many groups are one's work.
    private static let groupsPerJob = 64
    /// Few groups with many values are shared out in so many parts.
    private static let jobsOfFewGroups = 8

    func finish(_ wanted: [UInt32], _ watch: KernelWatch, _ helpers: KernelHelpers) throws(KernelError) -> Vector {
        try watch.look()
        let (reader, isMuch) = (histograms.reader, histograms.isMuchLeft)
        let fewest = isMuch ? (wanted.count + Self.jobsOfFewGroups - 1) / Self.jobsOfFewGroups : Self.groupsPerJob
        let size = max(1, min(Self.groupsPerJob, fewest))
        let parts = helpers.map(count: (wanted.count + size - 1) / size) { part in
            results(wanted[part * size..<min((part + 1) * size, wanted.count)], reader)
        }
        return Vector(type: type, scalars: parts.flatMap { $0 })
    }

    private func results(_ wanted: ArraySlice<UInt32>, _ reader: GroupHistograms.Reader) -> [Scalar] {
        // Once, since 128 bits become a double slowly.
        let unit = histograms.kind == .integers ? Decimal128.power(scale).map { Double($0) } ?? 1 : 1
        var ranks = CellRanks()
        return wanted.map { group in
            let results = reader.quantiles(fractions, of: group, by: &ranks).map { Scalar.double($0 / unit) }
            if results.isEmpty { return .null }
            return asArray ? .array(results) : results[0]
        }
    }
}
