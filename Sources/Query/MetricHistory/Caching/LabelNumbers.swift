import Bytes
import PromQLText
import Synchronization

/// Numbers of a metric's label sets, for as long as something is kept of it.
final class LabelNumbers: Sendable {
    private struct State {
        var numbers: [[ByteText]: Int] = [:]
        var values: [[ByteText]] = []
        var outputs: [Exposition.OutputsKey: [[SeriesOutput]?]] = [:]
        var bytes = 0
    }

    private let state = Mutex(State())

    /// nil where there are too many.
    func number(of values: [ByteText]) -> Int? {
        state.withLock { state in
            if let known = state.numbers[values] { return known }
            guard state.values.count < CellRun.setsMax else { return nil }
            state.values.append(values)
            state.numbers[values] = state.values.count - 1
            state.bytes += values.reduce(128) { $0 + $1.bytes.count + 64 }
            return state.values.count - 1
        }
    }

    /// By number.
    var values: [[ByteText]] { state.withLock { $0.values } }

    /// All series of the label sets, as far as they were made: what a set has is made of nothing else.
    /// - Returns: by number, maybe of fewer sets than there are.
    func outputs(_ key: Exposition.OutputsKey) -> [[SeriesOutput]?] { state.withLock { $0.outputs[key] ?? [] } }

    /// Keeps more of them, of some exposures only.
    /// - Returns: how many bytes more that takes.
    func keep(_ outputs: [[SeriesOutput]?], as key: Exposition.OutputsKey) -> Int {
        func bytes(_ outputs: [[SeriesOutput]?]) -> Int {
            outputs.reduce(0) { $0 + ($1 ?? []).reduce(32) { $0 + 96 + $1.labels.listedBytes } }
        }
        return state.withLock { state in
            let isFull = state.outputs[key] == nil && state.outputs.count >= Self.exposuresMax
            // order: added up.
            let before = isFull ? state.outputs.values.reduce(0) { $0 + bytes($1) } : bytes(state.outputs[key] ?? [])
            if isFull { state.outputs = [:] }
            state.outputs[key] = outputs
            let more = bytes(outputs) - before
            state.bytes += more
            return more
        }
    }

    /// Says of each series its place in the order of labels.
    /// - Returns: how many series there are.
    /// - Complexity: O(n) in series that have a place, O(n log n) in the others.
    static func rank(_ outputs: inout [[SeriesOutput]?]) -> Int {
        var all: [(set: Int, place: Int)] = []
        for (set, own) in outputs.enumerated() { all += (own ?? []).indices.map { (set, $0) } }
        func rank(_ one: (set: Int, place: Int)) -> Int {
            let rank = outputs[one.set]?[one.place].rank ?? -1
            return rank < 0 ? .max : rank
        }
        func labels(_ one: (set: Int, place: Int)) -> LabelSet { outputs[one.set]?[one.place].labels ?? LabelSet([]) }
        // Sorting what is nearly in order looks at most of it once.
        all.sort { rank($0) < rank($1) }
        all.sort { labels($0) < labels($1) }
        for (rank, one) in all.enumerated() { outputs[one.set]?[one.place].rank = rank }
        return all.count
    }

    private static let exposuresMax = 8
    var memoryBytes: Int { state.withLock { $0.bytes } }
}
