import Bytes
import Columnar
import Domain
import Projections
import PromQLText

// What only a process knows: by the notes of its past, and at the last time by what the caller tells.
extension HistoryReader {
    /// Notes are read from so long (ns) before the first point: a whole one is among them wherever there was a process.
    private static let reach: Int64 = 2 * ProcessNoter.wholePause
    /// A note that was taken in later than so long (ns) after its time counts nothing, whatever is asked.
    private static let delayMax = Nanoseconds.hour

    /// Adds the wanted series of them.
    func addProcess(to builder: inout SeriesBuilder) throws {
        let (expositions, history, isPast) = try processHistory()
        guard !expositions.isEmpty else { return }
        let present = try isPast ? [:] : present(expositions)
        let made = builder.memoryBytes + history.memoryBytes
        try holdMade(made)
        if let first = history.first {
            let times = try builder.times(points.unthinned, from: first)
            let notes = history.notes(at: times)
            for noted in history.series {
                let outputs = expositions[noted.metric].outputs(noted.labels)
                if outputs.isEmpty { continue }
                try check()
                let values = history.values(of: noted, at: notes)
                for output in outputs {
                    let isTold = present[output.labels] != nil
                    var run = SampleRun()
                    for (time, value) in zip(times, values) where !(isTold && time == lastPoint) {
                        guard let sample = value.flatMap({ Self.value(of: $0, output.shape) }) else { continue }
                        run.append(time * StoreSeries.stepMilliseconds, sample)
                    }
                    if let now = present[output.labels] { run.append(lastPoint * StoreSeries.stepMilliseconds, now) }
                    try builder.add(output.labels, run)
                    try holdMade(builder.memoryBytes + history.memoryBytes)
                }
            }
        }
        let known = Set(builder.series.map(\.labels))
        // order: sorted with all the others.
        for (labels, value) in present where !known.contains(labels) {
            var run = SampleRun()
            run.append(lastPoint * StoreSeries.stepMilliseconds, value)
            try builder.add(labels, run)
        }
    }

    /// The wanted series of them that have a sample.
    func processLabelSets() throws -> Set<LabelSet> {
        let (expositions, history, isPast) = try processHistory()
        // order: none is needed in a set.
        var found = try isPast ? [] : Set(present(expositions).keys)
        try holdMade(history.memoryBytes)
        for noted in history.shown() {
            try check()
            for output in expositions[noted.metric].outputs(noted.labels) where Self.isNoted(output.shape) {
                found.insert(output.labels)
            }
        }
        return found
    }

    /// The last point of all.
    private var lastPoint: Int64 { floorDivide(source.reached, SamplePoints.nanoseconds) }

    // MARK: Notes

    /// How the wanted metrics are shown, what notes say of them up to the last point, and whether there are later
    /// notes.
    private func processHistory() throws -> (expositions: [Exposition], history: ProcessHistory, isPast: Bool) {
        let expositions = Exposition.definitions(for: matchers).filter(ProcessNote.isNoted)
            .map { Exposition($0, source, matchers) }.filter(\.isAsked)
        if expositions.isEmpty { return ([], ProcessHistory([], of: [], at: points), false) }
        let metrics = expositions.map(\.definition)
        let end = points.upper * SamplePoints.nanoseconds
        let earliest = points.lower * SamplePoints.nanoseconds - Self.reach
        var (notes, bytes, isPast): ([ProcessNote], Int, Bool) = ([], 0, false)
        // Listed once for all rules that ask for such metrics.
        guard let listed = try listed("system_events", ["received_time", "type", "data"]),
            let place = listed.table.place("received_time")
        else { return (expositions, ProcessHistory([], of: metrics, at: points), false) }
        let table = listed.table
        for morsel in listed.morsels {
            try check()
            if case .timestamptz(let latest)? = morsel.summary(place)?.maximum, latest < earliest { continue }
            let isNote = try table.column("type", of: morsel).rows(
                ofTexts: [Array(SystemNoteKind.metricsSampled.rawValue.utf8)], orNull: false)
            guard isNote.contains(true) else { continue }
            let received = NumberColumn(try morsel.column(place))
            let data = try table.column("data", of: morsel)
            for row in isNote.indices where isNote[row] {
                guard let taken = received.time(row), taken >= earliest else { continue }
                if taken > source.reached.saturatingAdd(Self.delayMax) { isPast = true }
                guard taken <= end.saturatingAdd(Self.delayMax), case .json(let text) = data.scalar(at: row),
                    let note = ProcessNote(data: text, where: { one in metrics.contains { $0.name == one.name } }),
                    note.time >= taken.saturatingSubtract(Self.delayMax)
                else { continue }
                if note.time > source.reached { isPast = true }
                guard note.time <= end else { continue }
                notes.append(note)
                bytes += 64 + note.families.reduce(0) { $0 + 64 + $1.series.count * 160 }
                if notes.count % 256 == 0 {
                    try check()
                    try holdRead(bytes)
                }
            }
        }
        // Of one time the later one, as it stands in the log.
        let order = notes.indices.sorted { (notes[$0].time, $0) < (notes[$1].time, $1) }
        return (expositions, ProcessHistory(order.map { notes[$0] }, of: metrics, at: points), isPast)
    }

    // MARK: The present

    /// What the caller knows of the present, where the last point of all is wanted.
    private func present(_ expositions: [Exposition]) throws -> [LabelSet: SampleValue] {
        guard lastPoint >= points.lower, lastPoint <= points.upper else { return [:] }
        var found: [LabelSet: SampleValue] = [:]
        for family in source.present {
            try check()
            guard let exposition = expositions.first(where: { $0.definition.name == family.definition.name }) else {
                continue
            }
            for series in family.series {
                for output in exposition.outputs(series.labels.map { ByteText($0.utf8) }) {
                    if let value = Self.value(of: series.value, output.shape) { found[output.labels] = value }
                }
            }
        }
        return found
    }

    /// Whether a shape is kept: nobody keeps the finer buckets of what only a process knows.
    private static func isNoted(_ shape: SeriesOutput.Shape) -> Bool {
        if case .native = shape { false } else { true }
    }

    private static func value(of value: MetricValue, _ shape: SeriesOutput.Shape) -> SampleValue? {
        switch (value, shape) {
        case (_, .native): return nil
        case (.number(let number), _): return .float(Double(number))
        case (.picoUSD(let money), _): return .float(Double(money) / 1e12)
        case (.histogram(_, let sum), .sum): return .float(Double(sum) / 1e9)
        case (.histogram(let counts, _), .bucket(let bucket)):
            return .float(Double(counts.prefix(bucket + 1).reduce(0, &+)))
        case (.histogram(let counts, _), _): return .float(Double(counts.reduce(0, &+)))
        }
    }
}
