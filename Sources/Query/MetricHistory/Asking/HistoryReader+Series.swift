import Bytes
import Domain
import Projections
import PromQLText

// What a request is answered with.
extension HistoryReader {
    /// The wanted series with their samples, in the order of their labels.
    func series(samplesMax: Int) throws -> [Series] {
        var builder = SeriesBuilder(samplesMax: samplesMax)
        for definition in Exposition.definitions(for: matchers) {
            try check()
            guard let cells = try cells(definition) else { continue }
            try builder.add(cells) { bytes in
                try check()
                try holdMade(bytes)
            }
            try holdMade(builder.memoryBytes)
        }
        try addRunning(to: &builder)
        try addProcess(to: &builder)
        return builder.ordered { source.cache?.count(ordered: $0) }
    }

    /// The same by what changes; nil where it is not known so: of one metric that events tell of.
    func counters(samplesMax: Int) throws -> [CounterSeries]? {
        guard points.isThinned, matchers.onlyName != nil, !isOfRunning else { return nil }
        let definitions = Exposition.definitions(for: matchers)
        guard definitions.count == 1, !ProcessNote.isNoted(definitions[0]) else { return nil }
        return try counters(definitions[0], samplesMax: samplesMax)
    }

    /// The wanted series that have a sample, in their order.
    func labelSets() throws -> [LabelSet] {
        var found: [LabelSet] = []
        for definition in Exposition.definitions(for: matchers) {
            try check()
            guard let cells = try cells(definition) else { continue }
            for set in cells.shown().sets where points.wanted(from: set.start) != nil {
                found += set.outputs.map(\.labels)
            }
        }
        if let first = try firstPoint(), points.wanted(from: first) != nil { found += running.map(\.labels) }
        return try (found + processLabelSets()).sorted()
    }

    // MARK: Gauges

    /// One series of something that is there as long as the store has events.
    private struct Running {
        enum Value {
            case always(Double)
            /// How many there were lately of what the metric counts.
            case active(MetricDefinition)
        }

        let labels: LabelSet
        let value: Value
    }

    /// Those that are wanted: that it runs, which version, who is active, and that no correction is to be added.
    private var running: [Running] {
        if let name = matchers.onlyName, !Self.runningNames.contains(name) { return [] }
        let up = StoreSeries.up(of: source.target)
        var found = matchers.passes(up) ? [Running(labels: up, value: .always(1))] : []
        func add(_ name: String, _ pairs: [(name: ByteText, value: ByteText)], _ value: Running.Value) {
            let name = ByteText(name.utf8)
            guard matchers.passesName(name) else { return }
            let labels = LabelSet(source.target + pairs + [(LabelMatcher.metricName, name)])
            if matchers.passes(labels) { found.append(Running(labels: labels, value: value)) }
        }
        add(MetricCatalogue.buildInfo, [("version", ByteText(Version.text.utf8))], .always(1))
        for name in Self.activeNames {
            if let definition = MetricCatalogue.metric(named: name) { add(name, [], .active(definition)) }
        }
        // What calls cost is told here as it is booked now, corrections with it.
        add(MetricCatalogue.rebookedCost, [], .always(0))
        return found
    }

    /// Whether one of them is wanted.
    var isOfRunning: Bool { !running.isEmpty }

    private static let runningNames: [ByteText] =
        ["up"] + ([MetricCatalogue.buildInfo, MetricCatalogue.rebookedCost] + activeNames).map { ByteText($0.utf8) }

    static let activeNames = [MetricCatalogue.activeConversations, MetricCatalogue.activeUsers]

    /// The first time at or after the first event.
    private func firstPoint() throws -> Int64? {
        running.isEmpty ? nil : try source.found.first(firstEvent).map(SamplePoints.number(atOrAfter:))
    }

    private func addRunning(to builder: inout SeriesBuilder) throws {
        guard let first = try firstPoint() else { return }
        for one in running {
            try check()
            let times = try builder.times(points.unthinned, from: first)
            var run = SampleRun()
            switch one.value {
            case .always(let value):
                for time in times { run.append(time * StoreSeries.stepMilliseconds, .float(value)) }
            case .active(let definition):
                for (time, count) in zip(times, try activity(of: definition, at: times)) {
                    run.append(time * StoreSeries.stepMilliseconds, .float(Double(count)))
                }
            }
            try builder.add(one.labels, run)
        }
    }
}
