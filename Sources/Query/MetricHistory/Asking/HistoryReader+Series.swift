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
        let labels: LabelSet
        /// nil: always one.
        let definition: MetricDefinition?
    }

    /// Those that are wanted: that it runs, which version, and who is active.
    private var running: [Running] {
        let up = StoreSeries.up(of: source.target)
        var found = matchers.passes(up) ? [Running(labels: up, definition: nil)] : []
        func add(_ name: String, _ pairs: [(name: ByteText, value: ByteText)], _ definition: MetricDefinition?) {
            let name = ByteText(name.utf8)
            guard matchers.passesName(name) else { return }
            let labels = LabelSet(source.target + pairs + [(LabelMatcher.metricName, name)])
            if matchers.passes(labels) { found.append(Running(labels: labels, definition: definition)) }
        }
        add(MetricCatalogue.buildInfo, [("version", ByteText(Version.text.utf8))], nil)
        for name in Self.activeNames { add(name, [], MetricCatalogue.metric(named: name)) }
        return found
    }

    /// Whether one of them is wanted.
    var isOfRunning: Bool { !running.isEmpty }

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
            let values = try one.definition.map { try activity(of: $0, at: times) }
            var run = SampleRun()
            for (place, time) in times.enumerated() {
                let value = values.map { Double($0[place]) } ?? 1
                run.append(time * StoreSeries.stepMilliseconds, .float(value))
            }
            try builder.add(one.labels, run)
        }
    }
}
