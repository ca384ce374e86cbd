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
    }

    @Test func controlCharactersStayInsideJSONStrings() {
        let columns = [TableColumn(name: "\u{8}", type: .text)]
        let chunk = Chunk(columns: [Vector(type: .text, scalars: [.text("a\u{1}\u{C}\u{1F600}\"\\\t")])], rowCount: 1)
        let result = ResultSet(
            columns: columns, chunks: [chunk], position: 7, watermark: 0, statistics: QueryStatistics())
        #expect(result.rendered(.ndjson) == #"{"\b":"a\u0001\f😀\"\\\t"}"# + "\n")
    }
}
