import PromQLText
import Synchronization

/// Notes which times are asked for.
final class CountingSource: SeriesSource {
    private let source: MemorySeries
    private let asked = Mutex<[ClosedRange<Int64>]>([])

    init(_ source: MemorySeries) { self.source = source }

    var requests: [ClosedRange<Int64>] { asked.withLock { $0 } }

    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        asked.withLock { $0.append(request.after...request.through) }
        return try source.series(request)
    }
}

/// Gives what windows need of samples, and nothing else.
struct SparingSource: SeriesSource {
    let source: MemorySeries

    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        let found = try source.series(request)
        guard let windows = request.windows else { return found }
        return found.compactMap { one in
            var needed: Set<Int64> = []
            for window in 0..<windows.count {
                let end = windows.firstEnd + Int64(window) * windows.step
                let times = one.samples.between(after: end - windows.length, through: end).times
                // Of ends alone all are needed: the samples do not lie evenly.
                needed.formUnion(windows.look == .last ? times.suffix(1) : times[...])
            }
            var run = SampleRun()
            for (place, time) in one.samples.times.enumerated() where needed.contains(time) {
                run.append(time, one.samples[place])
            }
            return run.times.isEmpty ? nil : Series(labels: one.labels, samples: run)
        }
    }
}

/// Of windows of which the ends are looked at, gives these alone: of series with a sample every 15 s, that of the last
/// time besides.
struct EndsSource: SeriesSource {
    let source: MemorySeries

    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        let found = try source.series(request)
        guard let windows = request.windows, windows.look == .ends else { return found }
        return found.map { one in
            // The last one may be no sample of the counter.
            let (own, last) = (one.samples.times.dropLast(), one.samples.times.suffix(1))
            var needed = Set(last)
            for window in 0..<windows.count {
                let end = windows.firstEnd + Int64(window) * windows.step
                let times = own.filter { $0 > end - windows.length && $0 <= end }
                needed.formUnion(times.prefix(1) + times.suffix(1))
            }
            var run = SampleRun()
            for (place, time) in one.samples.times.enumerated() where needed.contains(time) {
                run.append(time, one.samples[place])
            }
            return Series(labels: one.labels, samples: run, spacing: 15_000)
        }
    }
}

/// Knows where counters change that have a sample every 15 s, and gives none of their samples.
struct ChangesSource: SeriesSource {
    let source: EndsSource

    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
        throw .unavailable("samples are not needed")
    }

    func counters(_ request: SeriesRequest) throws(SeriesSourceError) -> [CounterSeries]? {
        try source.series(request).map { one in
            let (times, floats) = (one.samples.times, one.samples.floats)
            let places = floats.indices.filter { floats[$0] != ($0 == 0 ? 0 : floats[$0 - 1]) }
            return CounterSeries(
                labels: one.labels, times: times, spacing: 15_000, changes: places.map { times[$0] },
                values: places.map { floats[$0] })
        }
    }
}

/// Cannot be asked.
struct FailingSource: SeriesSource {
    let error: SeriesSourceError

    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] { throw error }
}
