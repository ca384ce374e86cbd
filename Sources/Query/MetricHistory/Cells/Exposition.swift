import Bytes
import Domain
import JSONTexts
import PromQLText

/// One series of a metric: its labels, and what of the cells of a label set it shows.
struct SeriesOutput {
    enum Shape {
        /// All of them.
        case count
        /// Those of one code.
        case category(Int)
        /// Their sum, in a unit of which so many make a base unit.
        case sum(unitsPerBase: Double)
        /// What lies in classic buckets up to one of that number.
        case bucket(Int)
        case native
        /// Nothing is taken back of what is told at its own time.
        case zero
    }

    let labels: LabelSet
    let shape: Shape
    /// Its place among all series of the metric that are known, in the order of their labels; −1: not known.
    var rank = -1
}

/// Which series a metric has, named as `/metrics` names them: a histogram by its own name is a native one, with
/// `_bucket`, `_sum` and `_count` a classic one. Only what is asked for is made.
struct Exposition {
    let definition: MetricDefinition
    /// Upper bounds of classic buckets in ns.
    let bounds: [Int64]
    private var matchers: SeriesMatchers
    private let asksForNamesAlone: Bool
    private let target: [(name: ByteText, value: ByteText)]
    /// Beyond the label sets: what stands in the label that code gives.
    private let categories: [ByteText]
    private let hasName, hasBuckets, hasSum, hasCount, hasCorrections: Bool
    private let correctionsName: ByteText?
    private let labelNames: [ByteText]
    /// Whether no label is asked for that none of its series has.
    private let hasLabels: Bool
    /// Classic buckets that can be wanted, with where they end.
    private var buckets: [(number: Int, end: ByteText)] = []
    private static let bucketLabel: ByteText = "le"

    /// - Parameter categories: values of the last label, where code gives it, by code.
    init(_ definition: MetricDefinition, _ source: StoreSeries, _ matchers: SeriesMatchers, categories: [ByteText] = [])
    {
        self.definition = definition
        (self.matchers, target, self.categories) = (matchers, source.target, categories)
        asksForNamesAlone = matchers.matchers.allSatisfy { $0.label == LabelMatcher.metricName }
        var bounds = definition.bucketBoundsNanoseconds
        // Where buckets of answers end follows from the objectives, as it does in `/metrics`.
        if case .observe = definition.source { bounds = source.objectives.bucketBounds }
        self.bounds = bounds
        let isHistogram = definition.kind == .histogram
        let names = Self.names[definition.name] ?? Names(definition)
        hasName = matchers.passesName(names.plain)
        hasBuckets = isHistogram && matchers.passesName(names.buckets)
        hasSum = isHistogram && matchers.passesName(names.sum)
        hasCount = isHistogram && matchers.passesName(names.count)
        correctionsName = names.corrections
        hasCorrections = correctionsName.map(matchers.passesName) ?? false
        labelNames = names.labels
        let known = names.labels + source.target.map { $0.name } + [LabelMatcher.metricName, Self.bucketLabel]
        hasLabels = matchers.matchers.allSatisfy { known.contains($0.label) || $0.passes(ByteText([])) }
        if hasBuckets { buckets = Self.buckets(bounds, matchers) }
    }

    private static func buckets(_ bounds: [Int64], _ matchers: SeriesMatchers) -> [(number: Int, end: ByteText)] {
        let ends = bounds.map(end) + ["+Inf"]
        return ends.enumerated().filter { matchers.passes($1, of: bucketLabel) }.map { (number: $0, end: $1) }
    }

    /// Where a bucket ends, in seconds, with a point, as OpenMetrics has it and Prometheus 3 keeps what it scrapes.
    private static func end(nanoseconds: Int64) -> ByteText {
        let text = DecimalText.render(Int128(nanoseconds), scale: 9)
        return ByteText((text.utf8.contains(UInt8(ascii: ".")) ? text : text + ".0").utf8)
    }

    /// The same with every series of the names that are asked for.
    var ofEverything: Exposition {
        var exposition = self
        exposition.matchers = .everything
        if hasBuckets { exposition.buckets = Self.buckets(bounds, .everything) }
        return exposition
    }

    /// How series of a metric are called: each request looks at those of all metrics.
    private struct Names {
        let plain, buckets, sum, count: ByteText
        /// As `/metrics` has it: a zero beside every counter, and beside histograms nothing.
        let corrections: ByteText?
        let labels: [ByteText]

        init(_ definition: MetricDefinition) {
            func name(_ suffix: String) -> ByteText { ByteText((definition.name + suffix).utf8) }
            (plain, buckets, sum, count) = (name(""), name("_bucket"), name("_sum"), name("_count"))
            labels = definition.labels.map { ByteText($0.name.utf8) }
            corrections =
                definition.kind != .counter
                ? nil
                : MetricCatalogue.all.first { $0.source == .corrections(of: definition.name) }.map {
                    ByteText($0.name.utf8)
                }
        }
    }

    // texts: names of ours.
    private static let names: [String: Names] = Dictionary(
        uniqueKeysWithValues: MetricCatalogue.all.map { ($0.name, Names($0)) })

    private static let byName: [ByteText: [MetricDefinition]] = {
        var found: [ByteText: [MetricDefinition]] = [:]
        for definition in MetricCatalogue.all {
            let names = Names(definition)
            let own = [names.plain, names.buckets, names.sum, names.count] + [names.corrections].compactMap { $0 }
            for name in own { found[name, default: []].append(definition) }
        }
        return found
    }()

    /// The metrics of which a series can be wanted, and maybe more, in the order of the catalogue.
    static func definitions(for matchers: SeriesMatchers) -> [MetricDefinition] {
        matchers.onlyName.map { byName[$0] ?? [] } ?? MetricCatalogue.all
    }

    /// Whether a series of it can be wanted.
    var isAsked: Bool { hasLabels && (hasName || hasBuckets || hasSum || hasCount || hasCorrections) }
    /// Whether what was counted shows: corrections are zeros.
    var needsCells: Bool { hasName || hasBuckets || hasSum || hasCount }
    /// Whether cells have to tell classic buckets apart.
    var needsBuckets: Bool { hasBuckets }
    /// How many series of a label set a cell may change.
    var seriesOfCell: Int { needsBuckets ? bounds.count + 1 : 1 }
    /// Whether cells have to tell exponential buckets apart.
    var needsNative: Bool { hasName && definition.kind == .histogram }

    /// How many labels a label set has values for.
    var width: Int { definition.labels.count - (categories.isEmpty ? 0 : 1) }

    /// What decides which series a label set has, whichever of them are wanted.
    struct OutputsKey: Hashable, Sendable {
        fileprivate var hasName, hasBuckets, hasSum, hasCount, hasCorrections: Bool
        fileprivate var bounds: [Int64]
        fileprivate var target: [SeriesLabel]
    }

    /// See ``OutputsKey``.
    var outputsKey: OutputsKey {
        OutputsKey(
            hasName: hasName, hasBuckets: hasBuckets, hasSum: hasSum, hasCount: hasCount,
            hasCorrections: hasCorrections, bounds: hasBuckets ? bounds : [],
            target: target.map { SeriesLabel(name: $0.name, value: $0.value) })
    }

    /// Those series of a label set that are wanted.
    /// - Parameter all: what ``outputs(_:)`` of ``ofEverything`` says of it.
    func wanted(_ all: [SeriesOutput]) -> [SeriesOutput] {
        // Of names that are not asked for there are none.
        asksForNamesAlone ? all : all.filter { matchers.passes($0.labels) }
    }

    /// Whether a series that ``outputs(_:)`` of ``ofEverything`` gives is wanted.
    func wants(_ output: SeriesOutput) -> Bool { asksForNamesAlone || matchers.passes(output.labels) }

    /// The wanted series of a label set.
    /// - Parameter values: of the definition's labels, in their order; empty for none.
    func outputs(_ values: [ByteText]) -> [SeriesOutput] {
        assert(values.count == width, "a value for each label")
        // Most are refused for one label; making the whole set takes longer than looking.
        guard zip(labelNames, values).allSatisfy({ $1.isEmpty || matchers.passes($1, of: $0) }) else { return [] }
        guard !categories.isEmpty else { return outputs(pairs(values), count) }
        return categories.enumerated().flatMap { code, category in
            outputs(pairs(values + [category]), .category(code))
        }
    }

    private var count: SeriesOutput.Shape {
        switch definition.source {
        case .sum: .sum(unitsPerBase: 1)
        case .bookedCost: .sum(unitsPerBase: 1e12)
        default: .count
        }
    }

    private func pairs(_ values: [ByteText]) -> [(name: ByteText, value: ByteText)] {
        target
            + zip(labelNames, values).filter { !$1.isEmpty }.map { ($0, $1) }
    }

    private func outputs(
        _ pairs: [(name: ByteText, value: ByteText)], _ shape: SeriesOutput.Shape
    ) -> [SeriesOutput] {
        var found: [SeriesOutput] = []
        func add(_ suffix: String, _ shape: SeriesOutput.Shape, end: ByteText? = nil) {
            let name = ByteText((definition.name + suffix).utf8)
            var all = pairs + [(LabelMatcher.metricName, name)]
            if let end { all.append((Self.bucketLabel, end)) }
            let labels = LabelSet(all)
            if matchers.passes(labels) { found.append(SeriesOutput(labels: labels, shape: shape)) }
        }
        if hasName { add("", definition.kind == .histogram ? .native : shape) }
        if hasBuckets {
            for bucket in buckets { add("_bucket", .bucket(bucket.number), end: bucket.end) }
        }
        if hasSum { add("_sum", .sum(unitsPerBase: 1e9)) }
        if hasCount { add("_count", .count) }
        if hasCorrections, let correctionsName {
            let labels = LabelSet(pairs + [(LabelMatcher.metricName, correctionsName)])
            if matchers.passes(labels) { found.append(SeriesOutput(labels: labels, shape: .zero)) }
        }
        return found
    }

    /// The code of a duration among the cells: its classic bucket above, its exponential one below.
    func code(nanoseconds: Int64) -> Int {
        var code = 0
        if needsBuckets { code = bounds.partitioningIndex { nanoseconds <= $0 } << ObservedCode.nativeBits }
        if needsNative { code |= ObservedCode.native(nanoseconds) }
        return code
    }
}
