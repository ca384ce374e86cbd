import Columnar
import Execution
import Plans
import Testing

@Suite struct RenderingTests {
    private let result: ResultSet = {
        let columns = [
            TableColumn(name: "model", type: .text), TableColumn(name: "calls", type: .integer),
            TableColumn(name: "cost", type: .numeric(scale: 12)),
            TableColumn(name: "at", type: .timestamptz), TableColumn(name: "took", type: .interval),
            TableColumn(name: "p", type: .array(.double)),
            TableColumn(name: "ok", type: .boolean),
        ]
        let rows: [[Scalar]] = [
            [
                .text("a \"b\", c"), .integer(9_007_199_254_740_993), .numeric(1_500_000_000_000, scale: 12),
                .timestamptz(1_785_574_800_500_000_000),
                .interval(Interval(months: 1, nanoseconds: 1_500_000_000)), .array([.double(0.5), .null]),
                .boolean(true),
            ],
            [.text(""), .integer(-1), .null, .null, .null, .null, .boolean(false)],
        ]
        let chunk = Chunk(
            columns: columns.indices.map { index in Vector(type: columns[index].type, scalars: rows.map { $0[index] })
            }, rowCount: 2)
        return ResultSet(
            columns: columns, chunks: [chunk], position: 7, watermark: 1_785_574_800_000_000_000,
            statistics: QueryStatistics())
    }()

    @Test func digitsOfADoubleAreLookedForOnce() {
        var random = SeededGenerator(seed: 3)
        var texts = DoubleTexts()
        let few = (0..<40).map { _ in Double.random(in: 0..<9e9, using: &random) }
            + [0, -0.0, .nan, .infinity, 1e-9, 0.5]
        for _ in 0..<50 {
            for value in few { #expect(texts.text(value) == ScalarText.double(value)) }
        }
        // Two that share a place take turns there.
        #expect((few.count...few.count * 50 / 4).contains(texts.made))
        for _ in 0..<3_000 {
            let value = Double(bitPattern: random.next() >> UInt64.random(in: 0..<60, using: &random))
            #expect(texts.text(value) == ScalarText.double(value))
        }
        #expect(texts.text(-0.0) == "-0" && texts.text(0) == "0")
    }

    @Test func csv() {
        let lines: [String] = [
            "model,calls,cost,at,took,p,ok\r\n",
            "\"a \"\"b\"\", c\",9007199254740993,1.500000000000,2026-08-01T09:00:00.5Z,1 mon 00:00:01.5,\"{0.5,NULL}\",true\r\n",
            "\"\",-1,,,,,false\r\n",
        ]
        #expect(result.rendered(.csv) == lines.joined())
    }

    @Test func json() {
        let lines: [String] = [
            #"{"columns":[{"name":"model","type":"text"},{"name":"calls","type":"bigint"},{"name":"cost","type":"numeric"},"#,
            #"{"name":"at","type":"timestamp with time zone"},{"name":"took","type":"interval"},"#,
            #"{"name":"p","type":"double precision[]"},{"name":"ok","type":"boolean"}],"rows":["#,
            #"["a \"b\", c","9007199254740993","1.500000000000","2026-08-01T09:00:00.5Z","1 mon 00:00:01.5",[0.5,null],true],"#,
            #"["",-1,null,null,null,null,false]],"position":7,"watermark":"2026-08-01T09:00:00Z","statistics":{"elapsed_ns":0,"#,
            #""groups_total":0,"groups_skipped":0,"pages_read":0,"bytes_read":0,"rows_scanned":0,"memory_peak_bytes":0}}\#n"#,
        ]
        #expect(result.rendered(.json) == lines.joined())
    }

    /// A column that one chunk lacks may stand in the next.
    @Test func columnsMayBeAbsentFromAChunk() {
        let columns = [TableColumn(name: "a", type: .integer), TableColumn(name: "b", type: .text)]
        let two = Chunk(
            columns: [
                Vector(type: .integer, scalars: [.integer(1), .integer(2)]), .constant(.null, type: .text, count: 2),
            ], rowCount: 2)
        let one = Chunk(
            columns: [.constant(.null, type: .integer, count: 1), .constant(.text("x"), type: .text, count: 1)],
            rowCount: 1)
        let result = ResultSet(
            columns: columns, chunks: [two, one, two], position: 1, watermark: 0, statistics: QueryStatistics())
        #expect(result.rendered(.csv) == "a,b\r\n1,\r\n2,\r\n,x\r\n1,\r\n2,\r\n")
        let rows = #""rows":[[1,null],[2,null],[null,"x"],[1,null],[2,null]],"#
        #expect(result.rendered(.json).contains(rows))
    }

    /// Most columns of a wide row are absent: their nulls are written in runs, wherever these begin and end.
    @Test func absentColumnsAreNullsInEveryFormat() throws {
        for present in [[], [0], [199], [0, 1, 90, 199], Array(0..<200)] {
            let columns = (0..<200).map { TableColumn(name: "c\($0)", type: .integer) }
            let chunk = Chunk(
                columns: (0..<200).map { column in
                    present.contains(column)
                        ? Vector(type: .integer, scalars: [.integer(7), .null])
                        : .constant(.null, type: .integer, count: 2)
                }, rowCount: 2)
            let result = ResultSet(
                columns: columns, chunks: [chunk], position: 1, watermark: 0, statistics: QueryStatistics())
            func line(_ value: String, _ absent: String, separator: String) -> String {
                (0..<200).map { present.contains($0) ? value : absent }.joined(separator: separator)
            }
            let nulls = line("null", "null", separator: ",")
            #expect(
                result.rendered(.json).contains(
                    "\"rows\":[[\(line("7", "null", separator: ","))],[\(nulls)]],"))
            #expect(result.rendered(.csv).contains("\r\n\(line("7", "", separator: ","))\r\n"))
            let members = (0..<200).map { "\"c\($0)\":\(present.contains($0) ? "7" : "null")" }
            #expect(result.rendered(.ndjson).hasPrefix("{\(members.joined(separator: ","))}\n"))
            #expect(result.rendered(.table).split(separator: "\n").count == 5)
        }
    }

    @Test func newlineDelimited() {
        let lines: [String] = [
            #"{"model":"a \"b\", c","calls":"9007199254740993","cost":"1.500000000000","at":"2026-08-01T09:00:00.5Z","#,
            #""took":"1 mon 00:00:01.5","p":[0.5,null],"ok":true}\#n"#,
            #"{"model":"","calls":-1,"cost":null,"at":null,"took":null,"p":null,"ok":false}\#n"#,
        ]
        #expect(result.rendered(.ndjson) == lines.joined())
    }

    @Test func table() {
        let small = ResultSet(
            columns: [TableColumn(name: "model", type: .text), TableColumn(name: "n", type: .integer)],
            chunks: [
                Chunk(
                    columns: [
                        Vector(type: .text, scalars: [.text("gpt-4o"), .text("x\ny")]),
                        Vector(type: .integer, scalars: [.integer(5), .integer(120)]),
                    ],
                    rowCount: 2)
            ], position: 0, watermark: 0, statistics: QueryStatistics())
        #expect(
            small.rendered(.table) == """
                 model  |  n
                --------+-----
                 gpt-4o |   5
                 x\\ny   | 120
                (2 rows)

                """)
    }

    @Test func timesFollowTheZone() {
        var abroad = result
        abroad.timeZone = "Asia/Kolkata"
        #expect(abroad.rendered(.csv).contains("2026-08-01T14:30:00.5+05:30"))
        #expect(abroad.rendered(.json).contains("\"2026-08-01T14:30:00.5+05:30\""))
    }

    /// Few values of an array are written at once, many in parts.
    @Test(arguments: [0, 1, 15, 16, 17, 40]) func arraysOfAnyLength(count: Int) {
        let numbers = (0..<count).map { $0 % 5 == 4 ? Scalar.null : .double(Double($0) + 0.25) }
        let last = Scalar.array([.array([.integer(1)]), .text("x"), .boolean(true)])
        let result = ResultSet(
            columns: [TableColumn(name: "p", type: .array(.double)), TableColumn(name: "n", type: .integer)],
            chunks: [
                Chunk(
                    columns: [
                        Vector(type: .array(.double), scalars: [.array(numbers), last]),
                        Vector(type: .integer, scalars: [.integer(7), .integer(8)]),
                    ], rowCount: 2)
            ], position: 0, watermark: 0, statistics: QueryStatistics())
        let shown = numbers.indices.map { $0 % 5 == 4 ? "null" : "\($0).25" }.joined(separator: ",")
        let wanted = "{\"p\":[\(shown)],\"n\":7}\n{\"p\":[[1],\"x\",true],\"n\":8}\n"
        #expect(result.rendered(.ndjson) == wanted)
    }

    /// Long values, arrays in arrays, line ends: the pieces together are the whole, whatever their length.
    @Test(arguments: ResultFormat.allCases)
    func piecesAreTheWhole(_ format: ResultFormat) throws {
        let long = String(repeating: "é\"\\,\n\u{1}x", count: 40_000)
        let columns = [
            TableColumn(name: "t", type: .text), TableColumn(name: "a", type: .array(.text)),
            TableColumn(name: "j", type: .json), TableColumn(name: "n", type: .integer),
            TableColumn(name: "e", type: .text),
        ]
        let rows: [[Scalar]] = [
            [
                .text(long), .array([.text("x"), .array([.text(long), .null, .array([])]), .text("y")]),
                .json("[1,\n\"\(String(repeating: "z", count: 200_000))\"]"), .integer(1), .text("  "),
            ],
            [.null, .array(Array(repeating: .text("abc"), count: 50_000)), .null, .null, .text(long)],
            [.text(""), .array([]), .json("{}"), .integer(-1), .null],
        ]
        let chunks = rows.map { row in
            Chunk(columns: columns.indices.map { Vector(type: columns[$0].type, scalars: [row[$0]]) }, rowCount: 1)
        }
        let result = ResultSet(
            columns: columns, chunks: chunks, position: 7, watermark: 0, statistics: QueryStatistics())
        let whole = Array(result.rendered(format).utf8)
        #expect(String(validating: whole, as: UTF8.self) != nil)
        for pieceBytes in [1, 1_000, 64 << 10] {
            let text = ResultText(result, format, pieceBytes: pieceBytes)
            var (pieces, longest) = ([UInt8](), 0)
            while let piece = try text.next() {
                pieces += piece
                longest = max(longest, piece.count)
            }
            #expect(pieces == whole, "\(format) in pieces of \(pieceBytes)")
            // An array is one text in a table and in CSV, and is written in parts like one; JSON escapes six for one.
            #expect(longest <= pieceBytes + 8 * (64 << 10), "\(format): \(longest)")
            #expect(try text.next() == nil)
        }
        if format == .ndjson { #expect(whole.count { $0 == 0x0A } == 3) }
    }

    /// 2,000 rows of one constant of a megabyte are two gigabytes of text and one megabyte of memory.
    @Test(arguments: [ResultFormat.csv, .json, .ndjson])
    func aConstantInManyRowsIsWrittenAsItIsTaken(_ format: ResultFormat) throws {
        let column = Vector.constant(.text(String(repeating: "x", count: 1_000_000)), type: .text, count: 2_000)
        let result = ResultSet(
            columns: [TableColumn(name: "r", type: .text)], chunks: [Chunk(columns: [column], rowCount: 2_000)],
            position: 0, watermark: 0, statistics: QueryStatistics())
        #expect(result.heldBytes < 1_100_000)
        let text = ResultText(result, format)
        var bytes = 0
        for _ in 0..<40 {
            let piece = try #require(try text.next())
            #expect(!piece.isEmpty && piece.count <= 200_000, "\(piece.count)")
            bytes += piece.count
        }
        #expect(bytes > 2_000_000)
    }

    /// The first piece of a table measures every row, and looks whether it still has to.
    @Test func measuringATableLooks() throws {
        struct Stopped: Error {}
        let column = Vector.constant(.text(String(repeating: "x", count: 100_000)), type: .text, count: 100)
        let result = ResultSet(
            columns: [TableColumn(name: "r", type: .text)], chunks: [Chunk(columns: [column], rowCount: 100)],
            position: 0, watermark: 0, statistics: QueryStatistics())
        var looks = 0
        #expect(throws: Stopped.self) {
            _ = try ResultText(result, .table).next(look: {
                looks += 1
                if looks == 3 { throw Stopped() }
            })
        }
        #expect(looks == 3)
    }

    @Test func controlCharactersStayInsideJSONStrings() {
        let columns = [TableColumn(name: "\u{8}", type: .text)]
        let chunk = Chunk(columns: [Vector(type: .text, scalars: [.text("a\u{1}\u{C}\u{1F600}\"\\\t")])], rowCount: 1)
        let result = ResultSet(
            columns: columns, chunks: [chunk], position: 7, watermark: 0, statistics: QueryStatistics())
        #expect(result.rendered(.ndjson) == #"{"\b":"a\u0001\f😀\"\\\t"}"# + "\n")
    }
}
