import Columnar
import Workload

/// Pages: each encoding written and read, without compression over it, whose work is a library's.
enum EncodingTrials {
    static let all = shapes.flatMap { [written($0), read($0)] } + [readRows]

    private struct Shape: Sendable {
        let name: String
        let what: String
        let encoding: PageEncoding
        let make: @Sendable () -> Vector
    }

    private static let shapes = [
        Shape(name: "packed", what: "integers of ten bits", encoding: .integers) {
            MadeColumn.integers(MadeColumn.uniform(0...1_000, stream: 1))
        },
        Shape(name: "patched", what: "integers of six bits with exceptions", encoding: .integers) {
            MadeColumn.integers(MadeColumn.tailed(stream: 2))
        },
        Shape(name: "deltas", what: "ascending times", encoding: .integers) {
            MadeColumn.integers(MadeColumn.times(stream: 3), .timestamptz)
        },
        Shape(name: "leaps", what: "ascending times, one in sixty-four long after the last", encoding: .integers) {
            MadeColumn.integers(MadeColumn.times(stream: 13, leap: 3_600_000), .timestamptz)
        },
        Shape(name: "runs", what: "integers in stretches of a hundred rows", encoding: .integers) {
            MadeColumn.integers(MadeColumn.stretches(of: 100, below: 1_000_003))
        },
        Shape(name: "gaps", what: "integers of ten bits, three in eight of them null", encoding: .integers) {
            MadeColumn.withGaps(MadeColumn.uniform(0...1_000, stream: 4))
        },
        Shape(name: "wide", what: "decimals of 128 bits", encoding: .wideIntegers) {
            var chance = SeededGenerator(seed: 1, stream: 5)
            let values = (0..<MadeColumn.rows).map { _ in Int128(chance.integer(0, 1 << 40)) << 40 }
            return Vector(type: .numeric(scale: 12), count: values.count, storage: .int128(values))
        },
        Shape(name: "doubles", what: "doubles that are no short decimals", encoding: .doubles) {
            let values = MadeColumn.uniform(0...1 << 40, stream: 6).map { Double($0 * 7 + 3) / 7 }
            return Vector(type: .double, count: values.count, storage: .double(values))
        },
        Shape(name: "decimals", what: "doubles that are short decimals", encoding: .decimals) {
            let values = MadeColumn.uniform(0...1_000, stream: 7).map { Double($0) / 100 }
            return Vector(type: .double, count: values.count, storage: .double(values))
        },
        Shape(name: "booleans", what: "truth values", encoding: .booleans) {
            let values = MadeColumn.uniform(0...2, stream: 8).map { $0 == 0 }
            return Vector(type: .boolean, count: values.count, storage: .boolean(values))
        },
        Shape(name: "few-texts", what: "six texts", encoding: .texts) {
            MadeColumn.texts(6, stream: 9) { "channel-\($0)" }
        },
        Shape(name: "texts", what: "two thousand texts", encoding: .texts) {
            MadeColumn.texts(2_000, stream: 10) { "user number \($0)" }
        },
        Shape(name: "identifiers", what: "a UUID in each row", encoding: .texts) {
            MadeColumn.identifiers(stream: 11)
        },
    ]

    private static func encoded(_ vector: Vector, as encoding: PageEncoding) -> EncodedPage {
        let page = PageEncoder.encode(vector, options: PageOptions(compression: .none))
        precondition(page.header.encoding == encoding, "a page of the wanted encoding")
        return page
    }

    private static func decoded(_ page: EncodedPage) throws -> Vector {
        try PageDecoder.decode(page.header, payload: page.payload[...], type: page.type)
    }

    private static func written(_ shape: Shape) -> KernelTrial {
        KernelTrial("encode-\(shape.name)", "writes a page of \(shape.what)", rows: MadeColumn.rows) {
            let vector = shape.make()
            return Preparation<EncodedPage>(
                compute: { encoded(vector, as: shape.encoding) },
                digest: { page in (try? decoded(page)).map { Digest($0) } ?? Digest() },
                wanted: Digest(vector))
        }
    }

    private static func read(_ shape: Shape) -> KernelTrial {
        KernelTrial("decode-\(shape.name)", "reads a page of \(shape.what)", rows: MadeColumn.rows) {
            let vector = shape.make()
            let page = encoded(vector, as: shape.encoding)
            return Preparation<Vector>(
                compute: { try decoded(page) }, digest: { Digest($0) }, wanted: Digest(vector))
        }
    }

    private static let readRows = KernelTrial(
        "decode-some-rows", "reads one row in a hundred of a page of integers of ten bits", rows: MadeColumn.rows / 100
    ) {
        let vector = MadeColumn.integers(MadeColumn.uniform(0...1_000, stream: 12))
        let page = encoded(vector, as: .integers)
        let rows = (0..<UInt32(MadeColumn.rows / 100)).map { $0 * 100 + 7 }
        return Preparation<Vector>(
            compute: { try PageDecoder.decode(page.header, payload: page.payload[...], type: page.type, rows: rows) },
            digest: { Digest($0) },
            wanted: Digest(rows.map { row in
                guard case .integer(let value) = vector.scalar(at: Int(row)) else { return 0 }
                return value
            }))
    }
}
