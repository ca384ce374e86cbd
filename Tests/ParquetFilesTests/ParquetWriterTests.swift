import Bytes
import Columnar
import Foundation
import ParquetFiles
import Testing

/// Rows as files, read again by the format's description.
@Suite struct ParquetWriterTests {
    static func vector(_ type: ColumnType, _ values: [Scalar]) -> Vector {
        var builder = ColumnBuilder(type: type)
        for (row, value) in values.enumerated() {
            switch value {
            case .boolean(let truth): builder.append(boolean: truth)
            case .double(let number): builder.append(double: number)
            case .text(let text), .json(let text): builder.append(text: text)
            case .numeric(let mantissa, _): builder.append(wide: mantissa)
            case .integer(let number), .timestamptz(let number), .timestamp(let number), .date(let number):
                builder.append(integer: number)
            default: builder.padNulls(to: row + 1)
            }
        }
        return builder.finish()
    }

    static func scalars<Value>(_ values: [Value?], _ make: (Value) -> Scalar) -> [Scalar] {
        values.map { value in value.map(make) ?? .null }
    }

    /// A file of one column.
    private static func file(_ type: ColumnType, _ pieces: [Vector]) throws -> ParquetReading {
        let chunks = pieces.map { Chunk(columns: [$0], rowCount: $0.count) }
        return try file([TableColumn(name: "c", type: type)], chunks)
    }

    private static func file(_ columns: [TableColumn], _ chunks: [Chunk]) throws -> ParquetReading {
        try ParquetReading(try bytes(columns, chunks))
    }

    private static func bytes(_ columns: [TableColumn], _ chunks: [Chunk]) throws -> [UInt8] {
        var writer = try ParquetWriter(
            columns: columns, createdBy: "plimsoll", notes: [(name: "plimsoll.position", value: "7")])
        var bytes: [UInt8] = []
        for group in ParquetRows.groups(of: chunks) { try writer.append(group) { bytes += $0 } }
        return bytes + writer.end()
    }

    private static func little(_ value: Int64, _ count: Int = 8) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> Int64(8 * $0)) }
    }

    private static func big(_ value: Int128) -> [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: value >> Int128(8 * (15 - $0))) }
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func theEndOfASmallFileIsAsItWas() throws {
        let columns = [
            TableColumn(name: "status", type: .text), TableColumn(name: "time", type: .timestamptz),
            TableColumn(name: "cost_usd", type: .numeric(scale: 12)), TableColumn(name: "attributes", type: .json),
            TableColumn(name: "stream", type: .boolean), TableColumn(name: "turn", type: .integer),
            TableColumn(name: "rate", type: .double), TableColumn(name: "day", type: .date),
            TableColumn(name: "wall", type: .timestamp), TableColumn(name: "note", type: .text),
        ]
        let values: [[Scalar]] = [
            [.text("ok"), .text("ok"), .null, .text("error"), .text("ok")],
            Self.scalars([1, 2, 3, 5, 9]) { .timestamptz(1_790_000_000_000_000_000 + $0) },
            Self.scalars([1, nil, -2, 1_000_000_000_000_000_000_000, 5]) { .numeric($0, scale: 12) },
            [.null, .null, .null, .null, .json(#"{"a":1}"#)],
            [.boolean(true), .null, .boolean(false), .boolean(true), .null],
            [.integer(-1), .null, .null, .integer(7), .integer(7)],
            [.double(0.5), .double(-0.5), .null, .null, .double(2)],
            [.date(-1), .date(20_000), .null, .date(0), .date(1)],
            [.timestamp(-5), .null, .null, .null, .timestamp(5)],
            [.null, .null, .null, .null, .null],
        ]
        let vectors = zip(columns, values).map { Self.vector($0.type, $1) }
        let file = try Self.file(columns, [Chunk(columns: vectors, rowCount: 5)])
        let text = file.footer.lines().joined(separator: "\n") + "\n"
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Goldens/ParquetFiles/footer.txt")
        if ProcessInfo.processInfo.environment["REWRITE_GOLDENS"] == "1" {
            try text.write(to: golden, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: golden, encoding: .utf8) == text, "REWRITE_GOLDENS=1 writes it anew")
    }

    @Test func numbersAreReadAsTheyWere() throws {
        let times: [Int64?] = [5, nil, .min, .max, 0]
        let file = try Self.file(.timestamptz, [Self.vector(.timestamptz, Self.scalars(times) { .timestamptz($0) })])
        #expect(try file.values(0) == times.map { $0.map { Self.little($0) } })
        #expect(try file.statistics(0).least == Self.little(.min))
        #expect(try file.statistics(0).greatest == Self.little(.max))
        #expect(try file.statistics(0).nulls == 1)

        let days = try Self.file(.date, [Self.vector(.date, [.date(-3), .null, .date(2)])])
        #expect(try days.values(0) == [Self.little(-3, 4), nil, Self.little(2, 4)])
        #expect(try days.statistics(0).least == Self.little(-3, 4))

        let truths: [Bool?] = [true, false, nil, true, true, true, false, true, true, true, true]
        let flags = try Self.file(.boolean, [Self.vector(.boolean, Self.scalars(truths) { .boolean($0) })])
        #expect(try flags.values(0) == truths.map { $0.map { [$0 ? 1 : 0] } })
        #expect(try flags.statistics(0).least == [0])
    }

    @Test func decimalsHaveSixteenBytesAndNoMoreThanTheirDigits() throws {
        // One that takes more than 64 bits, and one that does not.
        let power = try #require(Decimal128.power(38))
        let mantissas: [Int128?] = [1, -1, nil, power - 1, 1 - power]
        let type = ColumnType.numeric(scale: 12)
        func file(_ mantissas: [Int128?]) throws -> ParquetReading {
            try Self.file(type, [Self.vector(type, Self.scalars(mantissas) { .numeric($0, scale: 12) })])
        }
        #expect(try file(mantissas).values(0) == mantissas.map { $0.map(Self.big) })
        #expect(try file(mantissas).statistics(0).least == Self.big(1 - power))
        #expect(try file([3, nil]).values(0) == [Self.big(3), nil])
        #expect(throws: ParquetRefusal.self) { try file([power]) }
        #expect(throws: ParquetRefusal.self) { try file([1, .min]) }
    }

    @Test func ascendingNumbersTakeLittleAndOthersNoMoreThanTheyDo() throws {
        let ascending = (0..<1000).map { Int64(1_000_000 + $0 * 3) }
        let file = try Self.file(.integer, [Self.vector(.integer, ascending.map { .integer($0) })])
        #expect(try file.encodings(0) == [3, 5])
        #expect(try file.values(0) == ascending.map { Self.little($0) })
        let wild = (0..<50).map { (place: Int64) -> Int64 in place % 2 == 0 ? .min + place : place * place * 7 }
        let other = try Self.file(.integer, [Self.vector(.integer, wild.map { .integer($0) })])
        #expect(try other.encodings(0) == [0, 3])
        #expect(try other.values(0) == wild.map { Self.little($0) })
    }

    @Test func textsOfFewValuesHaveADictionary() throws {
        let texts: [String?] = ["b", "ä", nil, "b", "", "b", "", "ä"]
        let pieces = [texts, [nil, nil], texts].map { Self.vector(.text, Self.scalars($0) { .text($0) }) }
        let file = try Self.file(.text, pieces)
        #expect(try file.encodings(0) == [0, 3, 8])
        #expect(try file.values(0) == (texts + [nil, nil] + texts).map { $0.map(Self.text) })
        #expect(try file.statistics(0) == ToldRange([], Self.text("ä"), nulls: 4))
        // One text is a dictionary of one.
        let one = try Self.file(.text, [Self.vector(.text, [.text("x"), .text("x"), .text("x")])])
        #expect(try one.values(0) == [Self.text("x"), Self.text("x"), Self.text("x")])
        let many = try Self.file(.json, [Self.vector(.json, [.json("1"), .null, .json("2"), .json("2")])])
        #expect(try many.encodings(0) == [0, 3])
        #expect(try many.values(0) == [Self.text("1"), nil, Self.text("2"), Self.text("2")])
    }

    @Test func manyTextsAreLetGoAsTheyCome() throws {
        // More than a dictionary may have, after a piece of few and before one of nulls.
        let long = (0..<300).map { "\($0)" + String(repeating: "x", count: 8000) }
        let texts: [[String?]] = [["a", "a", nil, "a"], long, [nil], long]
        let pieces = texts.map { Self.vector(.text, Self.scalars($0) { .text($0) }) }
        let file = try Self.file(.text, pieces)
        #expect(try file.encodings(0) == [0, 3])
        #expect(try file.values(0) == texts.flatMap { $0 }.map { $0.map(Self.text) })
        // They are too long to be told of.
        #expect(try file.statistics(0) == ToldRange(nil, nil, nulls: 2))
    }

    @Test func whatIsNullThroughoutHasNoValues() throws {
        let types: [ColumnType] = [.boolean, .integer, .double, .numeric(scale: 2), .text, .json, .date, .null]
        for type in types {
            let file = try Self.file(type, [.nulls(type, count: 3), .nulls(type, count: 2)])
            #expect(try file.values(0) == [nil, nil, nil, nil, nil])
            #expect(try file.statistics(0) == ToldRange(nil, nil, nulls: 5))
        }
    }

    @Test func rareShapesAreWrittenAsTheOthers() throws {
        let type = ColumnType.numeric(scale: 3)
        let shapes = [
            Vector.constant(.numeric(15, scale: 1), type: type, count: 2),
            Vector(type: type, count: 3, storage: .scalars([.integer(2), .null, .numeric(-7, scale: 3)])),
            Vector(type: .numeric(scale: 1), count: 1, storage: .int64([4])),
        ]
        let file = try Self.file(type, shapes)
        let mantissas: [Int128?] = [1500, 1500, 2000, nil, -7, 400]
        #expect(try file.values(0) == mantissas.map { $0.map(Self.big) })
        let lines = Vector(type: .text, count: 2, storage: .scalars([.text("a"), .text("a")]))
        #expect(try Self.file(.text, [lines]).values(0) == [Self.text("a"), Self.text("a")])
        // More digits than the column has are not rounded.
        let finer = Vector.constant(.numeric(15, scale: 4), type: type, count: 1)
        #expect(throws: ParquetRefusal.self) { try Self.file(type, [finer]) }
    }

    @Test func ofDoublesThatAreNoNumbersNoRangeIsTold() throws {
        let zeros = try Self.file(.double, [Self.vector(.double, [.double(0), .double(-0.0)])])
        #expect(try zeros.statistics(0).least == Self.little(Int64(bitPattern: (-0.0).bitPattern)))
        #expect(try zeros.statistics(0).greatest == Self.little(0))
        let other = Self.vector(.double, [.double(1), .double(.nan)])
        let file = try Self.file(.double, [other, Self.vector(.double, [.double(2)])])
        #expect(try file.statistics(0) == ToldRange(nil, nil, nulls: 0))
        let bits = [1, Double.nan, 2].map { Self.little(Int64(bitPattern: $0.bitPattern)) }
        #expect(try file.values(0) == bits)
    }

    @Test func rowGroupsHaveWholePiecesUpToTheirMost() throws {
        func groups(_ counts: [Int]) throws -> [Int] {
            try Self.file(.integer, counts.map { .nulls(.integer, count: $0) }).groupRows
        }
        #expect(try groups([]) == [])
        #expect(try groups([65_536, 65_536, 1]) == [131_072, 1])
        #expect(try groups([65_536, 65_537, 5]) == [65_536, 65_542])
        #expect(try groups([10, 300_000, 10]) == [10, 131_072, 131_072, 37_866])
        let empty = try Self.file(.integer, [])
        #expect(empty.footer[3]?.number == 0)
    }

    @Test func equalRowsAreEqualBytes() throws {
        let columns = [TableColumn(name: "a", type: .text), TableColumn(name: "b", type: .integer)]
        let texts = Self.vector(.text, (0..<500).map { .text("t\($0 % 7)") })
        let numbers = Self.vector(.integer, (0..<500).map { .integer(Int64($0 * $0)) })
        let chunks = [Chunk(columns: [texts, numbers], rowCount: 500)]
        #expect(try Self.bytes(columns, chunks) == Self.bytes(columns, chunks))
    }

    @Test func whatHasNoFormIsRefused() {
        func refusal(_ columns: [(String, ColumnType)]) -> String? {
            do {
                _ = try ParquetWriter(
                    columns: columns.map { TableColumn(name: $0.0, type: $0.1) }, createdBy: "plimsoll")
                return nil
            } catch {
                return error.description
            }
        }
        #expect(refusal([("a", .text), ("b", .integer)]) == nil)
        #expect(refusal([]) == "there are no columns to write")
        #expect(refusal([("a", .text), ("a", .integer)]) == "two columns are named a")
        #expect(refusal([("a", .interval)])?.hasPrefix("column a holds arrays or intervals") == true)
        #expect(refusal([("p", .array(.double))])?.hasPrefix("column p holds arrays or intervals") == true)
    }
}
