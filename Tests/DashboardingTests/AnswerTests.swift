import Bytes
import Dashboarding
import JSONTexts
import PromQLText
import Testing

/// What becomes of answers: names of series, tables, bands.
@Suite struct AnswerTests {
    private static func labels(_ pairs: [(String, String)]) -> LabelSet {
        LabelSet(pairs.map { (name: ByteText($0.0.utf8), value: ByteText($0.1.utf8)) })
    }

    @Test(arguments: [
        ("{{model}}", "gpt"), ("{{ model }} / {{route}}", "gpt / cloud"), ("p50", "p50"), ("a {{none}} b", "a  b"),
        ("", #"{model="gpt", route="cloud"}"#), ("__auto", #"{model="gpt", route="cloud"}"#), ("{{model", "{{model"),
        ("{{<b>}}{{model}}", "gpt"),
    ])
    func seriesAreNamed(format: String, name: String) throws {
        let text = #""type":"stat","targets":[{"expr":"up","legendFormat":"\#(format)"}]"#
        let legend = try #require(try Dashboard(panel: text).panels.first?.targets.first?.legend)
        let labels = Self.labels([("model", "gpt"), ("route", "cloud")])
        #expect(String(decoding: legend.name(labels, expression: Array("up".utf8)), as: UTF8.self) == name)
        if format.isEmpty { #expect(legend.name(LabelSet([]), expression: Array("up".utf8)) == Array("up".utf8)) }
    }

    private static func table(_ transformations: String) throws -> JSONValue {
        let text = #""type":"table","targets":[{"expr":"a"},{"expr":"b"}],"transformations":[\#(transformations)]"#
        let panel = try #require(try Dashboard(panel: text).panels.first)
        let answers = [
            PanelTable.Answer(
                refID: "A",
                values: [(labels([("model", "x")]), 1), (labels([("model", "y")]), 2), (labels([]), .infinity)]),
            PanelTable.Answer(refID: "B", values: [(labels([("model", "y")]), 20), (labels([("model", "z")]), 30)]),
        ]
        var json = JSONWriter()
        PanelTable(answers, at: 5, panel.transformations).write(to: &json) {}
        return try JSONReader.parse(json.bytes)
    }

    private static func rows(_ table: JSONValue) -> [[JSONValue]] { (table["rows"]?.array ?? []).compactMap(\.array) }
    private static func names(_ table: JSONValue) -> [String] {
        (table["columns"]?.array ?? []).compactMap { $0["name"]?.string }
    }

    @Test func rowsWithEqualLabelsBecomeOne() throws {
        let table = try Self.table(#"{"id":"merge","options":{}}"#)
        #expect(Self.names(table) == ["Time", "model", "Value #A", "Value #B"])
        #expect(
            Self.rows(table) == [
                [.number("5"), .string("x"), .number("1"), .null],
                [.number("5"), .string("y"), .number("2"), .number("20")],
                [.number("5"), .string(""), .string("Infinity"), .null],
                [.number("5"), .string("z"), .null, .number("30")],
            ])
        #expect(Self.rows(try Self.table("")).count == 5)
    }

    @Test func columnsAreLeftOutOrderedAndRenamed() throws {
        let table = try Self.table(
            #"""
            {"id":"merge","options":{}},{"id":"organize","options":{"excludeByName":{"Time":true,"model":false},
            "indexByName":{"Value #B":0,"model":1},"renameByName":{"Value #A":"calls","Value #B":""}}}
            """#)
        #expect(Self.names(table) == ["Value #B", "model", "calls"])
        #expect(Self.rows(table)[1] == [.number("20"), .string("y"), .number("2")])
    }

    @Test func longTablesSayWhatIsLeftOut() throws {
        let values = (0..<6_000).map { (labels: Self.labels([("n", "\($0)")]), value: Double($0)) }
        var (json, looks) = (JSONWriter(), 0)
        PanelTable([PanelTable.Answer(refID: "A", values: values)], at: 0, []).write(to: &json) { looks += 1 }
        let table = try JSONReader.parse(json.bytes)
        #expect(Self.rows(table).count == 5_000 && table["leftOut"]?.integer == 1_000)
        #expect(Self.names(table) == ["Time", "n", "Value"] && looks >= 19)
    }

    /// Of rows that are left out there is no column either, and of several answers each is counted once.
    @Test func rowsThatAreLeftOutLeaveNothing() throws {
        let values = (0..<6_000).map { number in
            (labels: Self.labels([(number < 5_000 ? "n" : "late", "\(number)")]), value: Double(number))
        }
        let text = #""type":"table","targets":[{"expr":"a"}],"transformations":[{"id":"merge","options":{}}]"#
        let panel = try #require(try Dashboard(panel: text).panels.first)
        let answers = ["A", "B", "C"].map { PanelTable.Answer(refID: $0, values: values) }
        var json = JSONWriter()
        PanelTable(answers, at: 0, panel.transformations).write(to: &json) {}
        let table = try JSONReader.parse(json.bytes)
        #expect(Self.rows(table).count == 5_000 && table["leftOut"]?.integer == 1_000)
        #expect(Self.names(table) == ["Time", "n", "Value #A", "Value #B", "Value #C"])
        #expect(Self.rows(table).last?.suffix(3) == [.number("4999"), .number("4999"), .number("4999")])
    }

    @Test func samplesAboveZeroAreBands() {
        var run = SampleRun()
        for (time, value) in [(0, 1.0), (60, 2), (120, 0), (180, 1), (300, 1), (360, .nan), (420, 3)] {
            run.append(Int64(time), .float(value))
        }
        let labels = Self.labels([("type", "deploy")])
        let (bands, leftOut) = AnnotationBand.bands([Series(labels: labels, samples: run)], step: 60)
        #expect(bands.map(\.from) == [0, 180, 300, 420] && bands.map(\.to) == [60, 180, 300, 420])
        #expect(leftOut == 0 && bands.allSatisfy { $0.labels == labels })
        var many = SampleRun()
        for time in 0..<500 { many.append(Int64(time) * 10, .float(1)) }
        let cut = AnnotationBand.bands([Series(labels: labels, samples: many)], step: 5)
        #expect(cut.shown.count == 200 && cut.leftOutCount == 300 && cut.shown.last?.to == 4_990)
    }
}
