import Columnar

/// Columns in the making, and rows that are picked of them.
enum ColumnTrials {
    static let all = [interned, built, flagged, ranged, ofText, picked, kept]

    private static let interned = KernelTrial(
        "dictionary", "gives texts their codes, two thousand distinct ones", rows: MadeColumn.rows
    ) {
        guard
            case .text(let codes, let dictionary) = MadeColumn.texts(2_000, stream: 20, { "u-\($0 * 7_919)" }).storage
        else { preconditionFailure("texts are stored as codes") }
        // First seen first.
        var numbers = [UInt32?](repeating: nil, count: dictionary.count)
        var count: UInt32 = 0
        var wanted = Digest()
        for code in codes {
            if numbers[Int(code)] == nil {
                numbers[Int(code)] = count
                count += 1
            }
            wanted.add(UInt64(numbers[Int(code)] ?? 0))
        }
        return Preparation<[UInt32]>(
            compute: {
                var builder = TextDictionaryBuilder()
                return codes.map { builder.code(of: dictionary.range(Int($0)), in: dictionary.bytes) }
            },
            digest: { Digest($0) }, wanted: wanted)
    }

    private static let built = KernelTrial(
        "build-columns", "appends an integer and a text of each row, three in eight of the integers absent",
        rows: MadeColumn.rows
    ) {
        let numbers = MadeColumn.withGaps(MadeColumn.uniform(0...1 << 40, stream: 21))
        let texts = MadeColumn.texts(300, stream: 22) { "pod-\($0)" }
        guard case .int64(let values) = numbers.storage, let validity = numbers.validity,
            case .text(let codes, let dictionary) = texts.storage
        else { preconditionFailure("integers with gaps, and texts as codes") }
        var wanted = Digest(numbers)
        wanted.add(Digest(texts).value)
        return Preparation<[Vector]>(
            compute: {
                var integers = ColumnBuilder(type: .integer)
                var words = ColumnBuilder(type: .text)
                for row in values.indices {
                    if validity[row] { integers.append(integer: values[row], row: row) }
                    words.append(utf8: dictionary.range(Int(codes[row])), of: dictionary.bytes, row: row)
                }
                integers.padNulls(to: values.count)
                return [integers.finish(), words.finish()]
            },
            digest: { columns in
                var digest = Digest(columns[0])
                digest.add(Digest(columns[1]).value)
                return digest
            }, wanted: wanted)
    }

    private static let flagged = KernelTrial(
        "true-rows", "numbers the rows that a condition left, a third of them", rows: MadeColumn.rows
    ) {
        let flags = MadeColumn.uniform(0...2, stream: 23).map { $0 == 0 }
        return Preparation<[UInt32]>(
            compute: { flags.span.trueRows() ?? [] }, digest: { Digest($0) },
            wanted: Digest(flags.indices.filter { flags[$0] }.map { UInt32($0) }))
    }

    private static let ranged = KernelTrial(
        "filter-range", "finds the rows within a range of times, a seventh of them", rows: MadeColumn.rows
    ) {
        let times = MadeColumn.times(stream: 24)
        let range = times[times.count * 3 / 7]...times[times.count * 4 / 7]
        let vector = MadeColumn.integers(times, .timestamptz)
        return Preparation<[UInt32]>(
            compute: { vector.rows(within: range) }, digest: { Digest($0) },
            wanted: Digest(times.indices.filter { range.contains(times[$0]) }.map { UInt32($0) }))
    }

    private static let ofText = KernelTrial(
        "filter-codes", "finds the rows of one text of six", rows: MadeColumn.rows
    ) {
        let vector = MadeColumn.texts(6, stream: 25) { "channel-\($0)" }
        return Preparation<[Bool]>(
            compute: { vector.rows(ofText: Array("channel-3".utf8)) ?? [] }, digest: { Digest($0) },
            wanted: Digest((0..<vector.count).map { vector.scalar(at: $0) == .text("channel-3") }))
    }

    private static let picked = KernelTrial(
        "gather", "picks a third of the rows of integers with gaps", rows: MadeColumn.rows / 3
    ) {
        let vector = MadeColumn.withGaps(MadeColumn.uniform(0...1 << 40, stream: 26))
        let rows = (0..<UInt32(MadeColumn.rows / 3)).map { $0 * 3 + 1 }
        return Preparation<Vector>(
            compute: { vector.gather(rows) }, digest: { Digest($0) },
            wanted: Digest(Vector(type: .integer, scalars: rows.map { vector.scalar(at: Int($0)) })))
    }

    private static let kept = KernelTrial(
        "keep-rows", "keeps all rows of integers with gaps but one in a thousand", rows: MadeColumn.rows
    ) {
        let vector = MadeColumn.withGaps(MadeColumn.uniform(0...1 << 40, stream: 27))
        let rows = (0..<UInt32(MadeColumn.rows)).filter { $0 % 1_000 != 500 }
        return Preparation<Vector>(
            compute: { vector.gather(KeptRows(ascending: rows)) }, digest: { Digest($0) },
            wanted: Digest(Vector(type: .integer, scalars: rows.map { vector.scalar(at: Int($0)) })))
    }
}
