import Domain
import Reports
import Testing

/// What is printed of a report: a section alone, all as files.
@Suite struct SectionTests {
    @Test func aCSVHoldsTheSectionThatWasAskedFor() throws {
        var sample = try SampleStore.filled()
        let report = try sample.runner().report(.cost, ReportRequest(by: [.month, .model]))
        let lines = report.rendered(.csv).split(separator: "\r\n")
        #expect(lines.count == 4 && lines[0].hasPrefix("month,model,calls,cost_usd,"))
        #expect(lines[1].hasPrefix("2026-08,big,4,0.01203,1,"))
        // Nobody knows what it costs: no cell that a spreadsheet takes for nothing.
        #expect(lines[3].hasPrefix("2026-08,nobody,1,unknown,unknown,0,unknown,0,1,"))
        #expect(try report.rendered(.csv, section: "tokens").hasPrefix("token_class,tokens\r\ninput,6000\r\n"))
        let json = try report.rendered(.json, section: "tokens")
        #expect(json.contains("\"tokens\": [") && !json.contains("\"total\": ["))
        #expect(report.rendered(.json).contains("\"sections\": [\n    \"total\","))
        #expect(try report.rendered(.table, section: "all") == report.rendered(.table))
        #expect(throws: ReportError.self) { try report.rendered(.csv, section: "all") }
        do {
            _ = try report.rendered(.table, section: "by_modell")
            Issue.record("a section that is not there was shown")
        } catch {
            #expect(error.hint.contains("by_month_model") && error.hint.contains("total"))
        }
    }

    /// Names come from whoever sends events; a spreadsheet must not take one for a formula.
    @Test func textsAreNoFormulas() throws {
        var sample = try SampleStore()
        for (place, channel) in ["=1+1", "+a", "-a", "@a", "\ta", "\ra", "'a", "a=1"].enumerated() {
            sample.add("message.sent", at: Double(place), ["channel": .text(channel), "status": .text("ok")])
        }
        let report = try sample.runner().report(.sla, ReportRequest(by: [.channel]))
        let csv = report.rendered(.csv)
        for cell in ["\n'=1+1,", "\n'+a,", "\n'-a,", "\n'@a,", "\n'\ta,", "\n\"'\ra\",", "\n''a,", "\na=1,"] {
            #expect(Array(csv.utf8).firstRange(of: Array(cell.utf8)) != nil, "\(cell)")
        }
        // Programs get the text itself.
        #expect(report.rendered(.json).contains("\"=1+1\""))
    }

    /// Neither a table nor what stands below it is broken by a terminal; what goes on below has its keys again.
    @Test(arguments: ReportKind.allCases) func linesFitATerminal(_ kind: ReportKind) throws {
        var sample = try SampleStore.filled()
        let request = ReportRequest(by: kind == .cost ? [.month, .team, .model] : [.channel])
        let report = try sample.runner().report(kind, request)
        let text = report.rendered(.table)
        let lines = text.split(separator: "\n")
        for line in lines { #expect(line.count <= 100, "\(line)") }
        // The last columns are there, however many parts a table has.
        switch kind {
        case .sla: #expect(lines.contains { $0.hasPrefix("  objective ") && $0.hasSuffix("  version") })
        case .outcomes: #expect(lines.contains { $0.hasPrefix("  channel ") && $0.hasSuffix("  response") })
        case .cost:
            let heads = lines.filter { $0.hasPrefix("  month    team  model ") }
            #expect(heads.count == 3 && heads.last?.hasSuffix("  reasoning") == true)
        }
    }

    @Test func headingsAreInTheZoneAskedFor() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        let request = ReportRequest(
            from: SampleStore.start, to: SampleStore.start + 3_600_000_000_000, timeZone: "Europe/Berlin")
        var report = try runner.report(.cost, request)
        let text = report.rendered(.table)
        #expect(text.hasPrefix("Cost  2026-08-01T11:00:00+02:00 to 2026-08-01T12:00:00+02:00 (end not included)\n"))
        // Who explains the figures otherwise has no heading without lines.
        report.definitions = []
        let bare = report.rendered(.table)
        #expect(text.hasPrefix(bare + "Definitions:\n  ") && bare.contains("\nExactness: "))
    }

    /// Now has nanoseconds that nobody reads, and a day's last one is no end that anybody means.
    @Test func headingsHaveTimesThatPeopleRead() throws {
        var sample = try SampleStore.filled()
        let runner = try sample.runner()
        let (start, hour) = (SampleStore.start, Int64(3_600_000_000_000))
        for (from, to, wanted) in [
            (start, start + hour - 1, "2026-08-01T09:00:00Z to 2026-08-01T10:00:00Z"),
            (start + 1, start + 123_456_789, "2026-08-01T09:00:00Z to 2026-08-01T09:00:00.123Z"),
            (start + 1, start + 3, "2026-08-01T09:00:00.000000001Z to 2026-08-01T09:00:00.000000003Z"),
            (-1, 1_500_000, "1970-01-01T00:00:00Z to 1970-01-01T00:00:00.002Z"),
        ] {
            let report = try runner.report(.cost, ReportRequest(from: from, to: to))
            #expect(report.rendered(.table).hasPrefix("Cost  \(wanted) (end not included)\n"))
            // Programs have them exactly.
            #expect(report.basis.from == from && report.basis.to == to)
        }
        var report = try runner.report(.cost, ReportRequest())
        (report.basis.from, report.basis.to) = (.min, .max)
        let all = "1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z"
        #expect(report.rendered(.table).hasPrefix("Cost  \(all) "))
    }

    @Test func filesComeBackAsTheyWereSent() throws {
        var sample = try SampleStore.filled()
        // A boundary within the data, and a line that looks like one.
        sample.addTurn("c9", 1, at: 400, channel: "plimsoll-section-0\r\n--plimsoll-section-1\r\n")
        let files = ReportFiles(try sample.runner().report(.sla, ReportRequest(by: [.channel])))
        #expect(files.files.map(\.name).contains("sla-by_channel.csv"))
        let (body, boundary) = files.multipart
        #expect(boundary == "plimsoll-section-2")
        #expect(ReportFiles(multipart: body) == files)
        #expect(ReportFiles(multipart: String(body.dropLast(6))) == nil)
        #expect(ReportFiles(multipart: "no sections") == nil)
        for name in ["../../objectives.csv", "/etc/objectives.csv", "objectives", "a b.csv", "\0.csv"] {
            #expect(ReportFiles(multipart: body.replacing("sla-objectives.csv", with: name)) == nil, "\(name)")
        }
        #expect(try files.only("objectives", of: "sla").files.map(\.name) == ["sla-objectives.csv"])
        #expect(try files.only("all", of: "sla") == files)
        #expect(throws: ReportError.self) { try files.only("by_topic", of: "sla") }
    }
}
