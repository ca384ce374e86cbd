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

/// Cannot be asked.
struct FailingSource: SeriesSource {
    let error: SeriesSourceError

    func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] { throw error }
}
