import Columnar
import Plans
import Synchronization

/// Books the text that expressions make of one chunk on the query's budget, and asks now and then whether the query may
/// go on. What was booked is given back with the meter: by then the chunk was handed on, and whoever keeps it books
/// what it keeps.
final class TextBudget: Sendable {
    private let context: QueryContext
    private let bookedBytes = Atomic<Int>(0)

    init(_ context: QueryContext) { self.context = context }

    deinit { context.budget.release(bookedBytes.load(ordering: .relaxed)) }

    /// Counts of one function's values, booked by the block.
    struct Count {
        private static let blockBytes = 1 << 20
        private static let valuesPerCheck = 256

        private let meter: TextBudget
        private var values = 0
        private var unbookedBytes = 0

        init(_ meter: TextBudget) { self.meter = meter }

        /// - Throws: `.memoryExceeded` when the budget does not hold the text made so far, `.cancelled` or
        ///   `.deadlineExceeded` when the query has to end.
        mutating func add(_ value: Scalar) throws {
            values += 1
            unbookedBytes += value.textBytes
            if unbookedBytes >= Self.blockBytes { try book() }
            if values % Self.valuesPerCheck == 0 { try meter.context.check() }
        }

        /// Books what is left.
        mutating func book() throws {
            if unbookedBytes == 0 { return }
            _ = meter.bookedBytes.add(unbookedBytes, ordering: .relaxed)
            let bytes = unbookedBytes
            unbookedBytes = 0
            try meter.context.budget.reserve(bytes)
            try meter.context.check()
        }
    }
}

extension Scalar {
    /// UTF-8 bytes of its texts.
    var textBytes: Int {
        switch self {
        case .text(let text), .json(let text): text.utf8.count
        case .array(let values): values.reduce(0) { $0 + $1.textBytes }
        default: 0
        }
    }
}

extension Chunk {
    /// Its bytes with those of the texts its rows show, and the chunk to keep: dictionaries of which the rows use less
    /// than half are cut down to what they use.
    func kept() -> (chunk: Chunk, bytes: Int) {
        var kept = self
        var bytes = memoryBytes
        for index in columns.indices {
            switch columns[index].storage {
            case .constant(let value): bytes += value.textBytes
            case .scalars(let values): bytes += values.reduce(0) { $0 + $1.textBytes }
            case .text(let codes, let dictionary):
                var used = 0
                for code in codes where used < dictionary.bytes.count { used += dictionary.range(Int(code)).count }
                if used < dictionary.bytes.count / 2 {
                    var builder = TextDictionaryBuilder()
                    let validity = columns[index].validity
                    let cut = codes.enumerated().map { row, code in
                        validity?[row] ?? true ? builder.code(of: dictionary.range(Int(code)), in: dictionary.bytes) : 0
                    }
                    kept.columns[index] = columns[index].replacing(.text(codes: cut, dictionary: builder.finish()))
                }
                bytes += min(used, dictionary.bytes.count)
            default: break
            }
        }
        return (kept, bytes)
    }
}
