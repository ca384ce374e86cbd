import Columnar
import Platform
import Synchronization

/// A stream of chunks in units that any thread may produce: a morsel of a table, or chunks that stand ready. Steps that
/// look at one chunk at a time (filter, project, probe) are composed into `produce`; what needs all rows ends a
/// pipeline and begins the next.
struct Pipeline: Sendable {
    typealias Sink = (Chunk) throws -> Void

    var columns: [TableColumn]
    var unitCount: Int
    /// Hands the chunks of one unit to the sink, in order; none is empty, none has more than `Chunk.rowsMax` rows.
    let produce: @Sendable (_ unit: Int, _ sink: Sink) throws -> Void
    /// Of how many rows the units are made, where that is known: few are not shared out.
    var rowsMax: Int?
    /// The chunks, where they stand ready.
    private var ready: [Chunk]?

    init(columns: [TableColumn], unitCount: Int, produce: @escaping @Sendable (Int, Sink) throws -> Void) {
        precondition(unitCount >= 0, "a number of units")
        self.columns = columns
        self.unitCount = unitCount
        ready = nil
        // Every chunk that goes from one operator to the next comes through here.
        self.produce = { unit, sink in
            try produce(unit) { chunk in
                precondition(chunk.rowCount <= Chunk.rowsMax, "an operator hands on \(chunk.rowCount) rows at a time")
                if chunk.rowCount > 0 { try sink(chunk) }
            }
        }
    }

    /// Chunks that are already there.
    init(columns: [TableColumn], chunks: [Chunk]) {
        let chunks = chunks.filter { $0.rowCount > 0 }
        self.init(columns: columns, unitCount: chunks.count) { unit, sink in try sink(chunks[unit]) }
        ready = chunks
        rowsMax = chunks.reduce(0) { $0 + $1.rowCount }
    }

    /// Units alone, one chunk without columns for each: whoever runs them reads what a unit stands for, if at all.
    /// - Parameter rows: how many they stand for together.
    static func units(_ count: Int, rows: Int) -> Pipeline {
        var units = Pipeline(columns: [], unitCount: count) { _, sink in try sink(Chunk(columns: [], rowCount: 1)) }
        units.rowsMax = rows
        return units
    }

    /// The unit that a chunk came of, by its ordinal.
    static func unit(of ordinal: UInt64) -> Int { Int(ordinal >> 32) }

    /// The same stream with every chunk transformed; nil drops it.
    func map(columns: [TableColumn], _ transform: @escaping @Sendable (Chunk) throws -> Chunk?) -> Pipeline {
        var mapped = Pipeline(columns: columns, unitCount: unitCount) { unit, sink in
            try produce(unit) { chunk in if let result = try transform(chunk) { try sink(result) } }
        }
        mapped.rowsMax = rowsMax
        return mapped
    }

    /// Runs every unit on the query's threads, each with a state of its own; on the caller's alone where there are few
    /// rows.
    /// - Parameters:
    ///   - inOrder: each thread takes one stretch of neighbouring units, so that states merged in order have seen the
    ///     rows in order.
    ///   - unitDone: told of every finished unit; answers the unit from which on none is needed, once that is known.
    ///   - consume: takes a chunk; its ordinal grows through the whole input. False: no later unit is needed.
    /// - Returns: the states in the order of their threads.
    func run<State: Sendable>(
        _ context: QueryContext, inOrder: Bool = false, make: @Sendable () throws -> State,
        unitDone: @Sendable (_ unit: Int) -> Int? = { _ in nil },
        consume: @Sendable (_ chunk: Chunk, _ ordinal: UInt64, _ state: inout State) throws -> Bool
    ) throws -> [State] {
        let isShared = rowsMax.map { $0 >= context.sharedRowsMin } ?? true
        let lanes = isShared ? max(1, min(context.workers.parallelism, unitCount)) : 1
        let next = Atomic<Int>(0)
        let end = Atomic<Int>(unitCount)
        return try context.workers.map(count: lanes) { lane in
            var state = try make()
            let stretch = (lane * unitCount / lanes)..<((lane + 1) * unitCount / lanes)
            var place = stretch.lowerBound
            do {
                while true {
                    let unit = inOrder ? place : next.add(1, ordering: .relaxed).oldValue
                    place += 1
                    if unit >= (inOrder ? stretch.upperBound : unitCount) || unit >= end.load(ordering: .relaxed) {
                        break
                    }
                    try context.check()
                    var ordinal = UInt64(unit) << 32
                    try produce(unit) { chunk in
                        if try !consume(chunk, ordinal, &state) { _ = end.min(unit + 1, ordering: .relaxed) }
                        ordinal += UInt64(chunk.rowCount)
                        assert(ordinal >> 32 == UInt64(unit), "ordinals of a unit stay below those of the next")
                        try context.check()
                    }
                    if let last = unitDone(unit) { _ = end.min(last, ordering: .relaxed) }
                }
            } catch {
                end.store(0, ordering: .relaxed)
                throw error
            }
            return state
        }
    }

    /// The chunks, or what is cut of them, where they stand ready; nil where they are yet to be made. They share the
    /// texts that the operator before booked, so their rows alone are booked, and no dictionary is cut down.
    func keepReady(_ context: QueryContext, cut: ([Chunk]) -> [Chunk] = { $0 }) throws -> [Chunk]? {
        guard let ready else { return nil }
        let kept = cut(ready)
        for chunk in kept { try context.budget.reserve(chunk.memoryBytes) }
        return kept
    }

    /// Every chunk, in the order of the input.
    /// - Parameter keys: columns of texts that are compared by their codes and let go then: theirs are not cut down
    ///   where whoever reads pages holds them for all questions.
    func collect(_ context: QueryContext, keys: Set<Int> = []) throws -> [Chunk] {
        if let ready = try keepReady(context) { return ready }
        let parts = try run(context, make: { [(UInt64, Chunk)]() }) { chunk, ordinal, found in
            let kept = chunk.kept(keys: keys)
            try context.budget.reserve(kept.bytes)
            found.append((ordinal, kept.chunk))
            return true
        }
        return parts.flatMap { $0 }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension Chunk {
    /// Bytes the rows hold, shared dictionaries left out.
    var memoryBytes: Int { columns.reduce(0) { $0 + $1.memoryBytes } }
}

extension Vector {
    /// Bytes the rows hold, a shared dictionary left out.
    var memoryBytes: Int {
        let width =
            switch storage {
            case .int64, .double: 8
            case .int128: 16
            case .boolean: 1
            case .text: 4
            case .interval: 24
            case .scalars: 40
            case .constant: 0
            }
        return count * width + 64
    }
}
