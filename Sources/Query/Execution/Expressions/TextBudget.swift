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

    /// What one function does and makes over a chunk. Work (bytes looked at, steps taken) and values lead to a look at
    /// whether the query may go on, text is booked, both by the block: between two looks lies no more than a block of
    /// work and one value, and a value's work is linear in its arguments. Used by one thread.
    final class Count {
        private static let blockBytes = 1 << 20
        /// What a value counts for, however short it is: 256 of them lead to a look.
        private static let workPerValue = 1 << 12
        /// Below it nobody asks for the room that a single value needs beside.
        private static let smallBytes = 64 << 10

        private let meter: TextBudget
        private var unbookedBytes = 0
        private var work = 0

        init(_ meter: TextBudget) { self.meter = meter }

        /// Counts work.
        /// - Throws: `.cancelled` or `.deadlineExceeded` when the query has to end.
        func spend(_ steps: Int) throws {
            work += steps
            guard work >= Self.blockBytes else { return }
            work = 0
            try meter.context.check()
        }

        /// Counts a value that was made.
        /// - Throws: `.memoryExceeded` when the budget does not hold the text made so far; as ``spend(_:)``.
        func add(_ value: Scalar) throws {
            // Until the chunk's values are one vector, each text lies there twice.
            unbookedBytes += 2 * value.textBytes
            if unbookedBytes >= Self.blockBytes { try book() }
            try spend(Self.workPerValue)
        }

        /// Makes a value of others, whose text lies there twice meanwhile.
        /// - Parameter bytes: text of the others.
        func made(of bytes: Int, _ step: () throws -> Scalar) throws -> Scalar {
            try spend(bytes)
            let value = try room(2 * bytes, step)
            try add(value)
            return value
        }

        /// Takes a step that needs so much memory while it lasts.
        /// - Throws: `.memoryExceeded` before the step where the budget has not got it; what the step throws.
        func room<Result>(_ bytes: Int, _ step: () throws -> Result) throws -> Result {
            guard bytes >= Self.smallBytes else { return try step() }
            try meter.context.budget.reserve(bytes)
            defer { meter.context.budget.release(bytes) }
            return try step()
        }

        /// Books what is left.
        func book() throws {
            if unbookedBytes == 0 { return }
            let bytes = unbookedBytes
            unbookedBytes = 0
            try meter.context.budget.reserve(bytes)
            _ = meter.bookedBytes.add(bytes, ordering: .relaxed)
            try meter.context.check()
        }
    }
}

extension [Scalar] {
    /// UTF-8 bytes of their texts.
    var textBytes: Int { reduce(0) { $0 + $1.textBytes } }
}

extension Chunk {
    /// Its bytes with those of the texts its rows show, and the chunk to keep: dictionaries of which the rows use less
    /// than half are cut down to what they use.
    /// - Parameter keys: as of ``Pipeline/collect(_:keys:)``.
    func kept(keys: Set<Int> = []) -> (chunk: Chunk, bytes: Int) {
        var kept = self
        var bytes = memoryBytes
        for index in columns.indices {
            switch columns[index].storage {
            case .text(let codes, let dictionary):
                if keys.contains(index), dictionary.isKept { continue }
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
            default: bytes += columns[index].textBytes
            }
        }
        return (kept, bytes)
    }

    /// Bytes that the chunk holds for itself: its rows, and each of its texts once.
    var heldBytes: Int { memoryBytes + columns.reduce(0) { $0 + $1.textBytes } }

    /// The same without texts that whoever reads pages holds for all questions.
    var ownBytes: Int { memoryBytes + columns.reduce(0) { $0 + ($1.hasKeptTexts ? 0 : $1.textBytes) } }

    /// The rows in stretches whose texts, row by row, make up a bounded number of bytes: what goes through them row by
    /// row does a bounded work between two looks at whether the query may go on. One stretch for most chunks.
    static func stretches(of columns: [Vector], rowCount: Int) -> [Range<Int>] {
        let most = 16 << 20
        let heavy = columns.filter { $0.hasTexts(longerThan: most / max(1, rowCount)) }
        if heavy.isEmpty { return [0..<rowCount] }
        var stretches: [Range<Int>] = []
        var (start, bytes) = (0, 0)
        for row in 0..<rowCount {
            let more = heavy.reduce(0) { $0 + $1.textBytes(at: row) }
            if bytes + more > most, row > start {
                stretches.append(start..<row)
                (start, bytes) = (row, 0)
            }
            bytes += more
        }
        stretches.append(start..<rowCount)
        return stretches
    }
}

extension Vector {
    /// Bytes of its texts, of a dictionary each text once.
    var textBytes: Int {
        switch storage {
        case .constant(let value): value.textBytes
        case .scalars(let values): values.reduce(0) { $0 + $1.textBytes }
        case .text(_, let dictionary): dictionary.bytes.count
        default: 0
        }
    }

    fileprivate var hasKeptTexts: Bool {
        if case .text(_, let dictionary) = storage { dictionary.isKept } else { false }
    }

    /// Whether some row's text may be longer.
    fileprivate func hasTexts(longerThan limit: Int) -> Bool {
        switch storage {
        case .text(_, let dictionary):
            // Most dictionaries are shorter as a whole.
            if dictionary.bytes.count <= limit {
                false
            } else if let longest = dictionary.longestBytes {
                longest > limit
            } else {
                (0..<dictionary.count).contains { dictionary.range($0).count > limit }
            }
        case .constant(let value): value.textBytes > limit
        case .scalars(let values): values.contains { $0.textBytes > limit }
        default: false
        }
    }

    fileprivate func textBytes(at row: Int) -> Int {
        switch storage {
        case .text(let codes, let dictionary):
            Int(codes[row]) < dictionary.count ? dictionary.range(Int(codes[row])).count : 0
        case .constant(let value): value.textBytes
        case .scalars(let values): values[row].textBytes
        default: 0
        }
    }
}
