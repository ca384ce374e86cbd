import Bytes
import Clients
import EmbeddedPages
import Foundation
import HTTPFronts
import JSONTexts
import Reports
import Testing

/// Pages of reports, budgets and alerts, and reports as they show and mail them.
@Suite struct FigurePageTests {
    private static let kinds = ReportKind.allCases.map(\.rawValue)

    private func withFigures(_ body: @Sendable @escaping (ServerClient) async throws -> Void) async throws {
        try await withServer(try simulatedStore(seed: 58)) { client, _ in
            #expect(try await client.post(RouteRequest.event).status == 200)
            try await body(client)
        }
    }

    // MARK: Documents

    /// What a script has to know stands in the document, and nothing else does.
    @Test func aReportsPageKnowsWhatItsReportIsBrokenDownBy() async throws {
        try await withFigures { client in
            for kind in ReportKind.allCases {
                let answer = try await client.send("GET", "/reports/\(kind.rawValue)")
                #expect(answer.status == 200, "\(kind)")
                PageTests.expectGuarded(answer, kind.rawValue)
                let names = kind.dimensions.map(\.rawValue).joined(separator: " ")
                let data = "data-kind=\"\(kind.rawValue)\" data-dimensions=\"\(names)\""
                #expect(answer.text.contains(data), "\(answer.text)")
                for other in Self.kinds {
                    #expect(answer.text.contains("href=\"/reports/\(other)\""), "\(kind) \(other)")
                }
                #expect(answer.text.contains("href=\"/v1/reports/\(kind.rawValue)?format=html\""), "\(kind)")
                #expect(answer.text.components(separatedBy: "aria-current=\"true\"").count == 2, "\(kind)")
            }
            for name in ["none", "SLA", "status", "%3Cscript%3E"] {
                let answer = try await client.send("GET", "/reports/\(name)", headers: [("Accept", "text/html")])
                #expect(answer.status == 404 && !answer.text.contains("<script>"), "\(name)")
                PageTests.expectGuarded(answer, name)
            }
        }
    }

    /// Any text may name an alert; none becomes markup.
    @Test func anAlertsPageShowsItsNameAsText() async throws {
        try await withFigures { client in
            let plain = try await client.send("GET", "/alerts/PlimsollDown").text
            #expect(plain.contains("<h1>PlimsollDown</h1>") && plain.contains("data-name=\"PlimsollDown\""))
            let hostile = try await client.send("GET", "/alerts/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").text
            let escaped = "&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
            #expect(hostile.contains("<h1>\(escaped)</h1>") && hostile.contains("data-name=\"\(escaped)\""))
            #expect(!hostile.contains("<script>") && !hostile.contains("\"><script"))
            #expect(try await client.send("GET", "/alerts/%FF").status == 404)
            // What browsers take for a folder.
            let folder = try await client.send("GET", "/alerts/_?named=..").text
            #expect(folder.contains("<h1>..</h1>") && folder.contains("data-name=\"..\""), "\(folder)")
            #expect(try await client.send("GET", "/alerts/_").text.contains("data-name=\"_\""))
        }
    }

    @Test func whoHasNoTokenSeesNoFigures() async throws {
        try await withServer(isTokenRequired: true) { client, _ in
            for path in Self.kinds.map({ "/reports/" + $0 }) + ["/slos", "/alerts", "/alerts/PlimsollDown"] {
                let answer = try await client.send("GET", path, headers: [("Accept", "text/html")])
                #expect(answer.status == 401 && answer.text.contains("<h1>Log in</h1>"), "\(path)")
            }
        }
    }

    // MARK: Reports as they are mailed and shown

    /// It is no page of the server: it runs nothing and asks nobody for anything, whoever opens it.
    @Test func aMailedReportStandsAlone() async throws {
        try await withFigures { client in
            for path in Self.kinds.map({ "/v1/reports/" + $0 }) + ["/v1/slos", "/v1/reports/status"] {
                let answer = try await client.send("GET", path + "?format=html")
                #expect(answer.status == 200 && answer.headers["Content-Type"] == "text/html; charset=utf-8", "\(path)")
                let policy = try #require(answer.headers["Content-Security-Policy"])
                #expect(policy == ReportHTML.policy + "; frame-ancestors 'none'", "\(path)")
                #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("script-src"), "\(path)")
                #expect(answer.headers["X-Content-Type-Options"] == "nosniff", "\(path)")
                #expect(answer.headers["Cache-Control"] == "no-store", "\(path)")
            }
        }
    }

    /// Figures of pages are those of the report in its other forms, to the digit.
    @Test func whatPagesShowIsWhatReportsSay() async throws {
        try await withFigures { client in
            for kind in Self.kinds {
                let path = "/v1/reports/\(kind)?from=2026-08-01T00:00:00Z&to=2026-08-02T00:00:00Z&by=tenant"
                let shown = try await client.send("GET", path + "&format=cells")
                #expect(shown.headers["Content-Type"] == "application/vnd.plimsoll.cells+json")
                let cells = try JSONReader.parse(shown.body)
                let json = try JSONReader.parse(try await client.send("GET", path).body)
                let table = try await client.send("GET", path + "&format=table").text
                let sections = try #require(cells["sections"]?.array)
                #expect(sections.map { $0["name"]?.string } == json["sections"]?.array?.map(\.string), "\(kind)")
                #expect(cells["main"]?.string == "by_tenant" && cells["position"] == json["position"])
                for section in sections {
                    let name = try #require(section["name"]?.string)
                    let rows = try #require(section["rows"]?.array)
                    #expect(table.contains(try #require(section["title"]?.string)), "\(name)")
                    #expect(rows.count == json[name]?.array?.count, "\(name)")
                    for text in rows.flatMap({ $0.array ?? [] }).compactMap({ $0["text"]?.string }) {
                        #expect(table.contains(text), "\(kind) \(name): \(text)")
                    }
                }
            }
        }
    }

    /// Rows are chosen by the server, in every form, whoever asks.
    @Test func filtersAreTheServers() async throws {
        try await withFigures { client in
            for kind in Self.kinds {
                let path = "/v1/reports/\(kind)?from=2026-07-01&to=2026-09-01"
                let all = try JSONReader.parse(try await client.send("GET", path + "&by=tenant").body)
                // The one question of the store is in service levels alone.
                if let tenant = all["by_tenant"]?.array?.first?["tenant"]?.string {
                    let only = try JSONReader.parse(
                        try await client.send(
                            "GET", path + "&by=tenant&where=tenant%3D\(tenant)&where=tenant%3Dx").body)
                    #expect(only["by_tenant"] == all["by_tenant"], "\(kind)")
                    #expect(only["filters"]?["tenant"]?.array?.map(\.string) == [tenant, "x"])
                } else {
                    #expect(kind != "sla")
                }
                let none = try JSONReader.parse(
                    try await client.send("GET", path + "&by=tenant&where=tenant%3Dnobody").body)
                #expect(none["by_tenant"]?.array?.isEmpty == true, "\(kind)")
                for format in ["html", "table", "cells"] {
                    let text = try await client.send("GET", path + "&where=tenant%3Dnobody&format=\(format)").text
                    #expect(text.contains("Only where tenant is nobody."), "\(kind) \(format)")
                }
            }
            for (filter, words) in [
                ("tenant", "tenant is no filter"), ("colour%3Dx", "cannot be filtered by colour"),
                ("day%3D2026-08-01", "not filtered by day"),
            ] {
                let answer = try await client.send("GET", "/v1/reports/cost?where=\(filter)")
                #expect(answer.status == 400 && answer.text.contains(words), "\(answer.text)")
            }
        }
    }

    /// Words of times are read by the server, in the zone that is said: all of yesterday is a day of that zone.
    @Test func wordsOfTimesAreTheServersToRead() async throws {
        try await withFigures { client in
            let path = "/v1/reports/cost?from=now-1d%2Fd&to=now-1d%2Fd&timezone="
            for (zone, end) in [("UTC", "T00:00:00Z"), ("Asia%2FKolkata", "T18:30:00Z")] {
                let report = try JSONReader.parse(try await client.send("GET", path + zone).body)
                let (from, to) = (try #require(report["from"]?.string), try #require(report["to"]?.string))
                #expect(from.hasSuffix(end) && to.hasSuffix(end) && from < to, "\(from) \(to)")
            }
        }
        let asked = try script("reports.js")
        #expect(asked.contains("{ from: askedTime(shown.from, from), to: askedTime(shown.to, to), ...common }"))
        #expect(!asked.contains("section.rows.filter((row) => wanted"), "the server filters")
        // What is in part is said in the table and looks so in charts.
        #expect(try script("figures.js").contains("\" in part\""))
        #expect(try script("bars.js").contains("row.isInPart ? \"part\""))
    }

    /// Paper has every row, and charts in its own colours and width.
    @Test func paperHasEveryRow() throws {
        let figures = try script("figures.js")
        #expect(figures.contains("addEventListener(\"beforeprint\"") && figures.contains("button.all-rows"))
        let charts = try script("overtime.js")
        #expect(charts.contains("addEventListener(\"paperchange\", paper)"))
        #expect(charts.contains("removeEventListener(\"paperchange\", paper)"))
    }

    /// Charts of explore are printed as all others, and names that are offered lie on no button.
    @Test func exploreIsPrintedAndCoversNoButton() throws {
        let text = try script("explore.js")
        #expect(text.contains("(\"paperchange\", () => { if (chart?.data) { chart.resize(); chart.update(chart.data)"))
        let style = try script("explore.css")
        #expect(style.contains(".question { position: relative;") && !style.contains(".editor { position: relative"))
    }

    /// Figures that are asked again leave the choices alone that somebody may be at.
    @Test func aRefreshLeavesChoicesAlone() throws {
        let shown = try #require(try script("reports.js").firstMatch(of: /function showControls[\s\S]*?replace/)).0
        #expect(shown.contains("if (now === controlled) return;"), "\(shown)")
    }

    /// What fires for as long as all is well is not counted among alarms, and is one where it is silent.
    @Test func theOverviewCountsNoWatchdog() throws {
        let counts = try script("alertrules.js")
        #expect(counts.contains("instancesOf(rules).filter((one) => !one.isMeant)"))
        #expect(counts.contains("isMeant(rule.labels) && rule.state !== \"firing\""))
        let text = try script("overview.js")
        #expect(text.contains("alertrules.js"))
        // Money leads to the time of which it is, which is not that of the page.
        #expect(text.contains("[\"now-1d/d\", \"now-1d\"], [\"now-7d/d\", \"now-7d\"]"))
    }

    @Test func aConversationIsNoReport() async throws {
        try await withFigures { client in
            for format in ["csv", "html", "cells"] {
                let answer = try await client.send("GET", "/v1/conversations/c-1?format=\(format)")
                #expect(answer.status == 400 && answer.text.contains("no format \(format)"), "\(answer.text)")
            }
        }
    }

    // MARK: Scripts

    /// Nobody but the server writes figures of reports: their scripts round none.
    @Test func scriptsTakeFiguresAsTheyAreWritten() throws {
        for name in ["figures.js", "reports.js", "slos.js"] {
            let file = try #require(EmbeddedPages.files.first { $0.name == name })
            let text = String(decoding: file.bytes, as: UTF8.self)
            for way in ["toFixed", "toPrecision", "toLocaleString", "NumberFormat", "Math.round(Number"] {
                #expect(!text.contains(way), "\(name): \(way)")
            }
        }
    }

    /// A spreadsheet takes no text of a stranger for a formula: shielded is what the CSV of reports shields.
    @Test func whatIsSavedIsNoFormula() throws {
        let file = try #require(EmbeddedPages.files.first { $0.name == "csv.js" })
        let text = String(decoding: file.bytes, as: UTF8.self)
        #expect(text.contains(#"/^[=+\-@\t\r\n']/.test(text) && !/^-\d+(\.\d+)?$/.test(text)"#))
        for name in ["reports.js", "slos.js"] {
            let page = try #require(EmbeddedPages.files.first { $0.name == name })
            #expect(String(decoding: page.bytes, as: UTF8.self).contains("csvText(["), "\(name)")
        }
    }

    private func script(_ name: String) throws -> String {
        let file = try #require(EmbeddedPages.files.first { $0.name == name })
        return String(decoding: file.bytes, as: UTF8.self)
    }

    /// What there is nothing of is empty in a file, and what nobody knows is a word without its mark.
    @Test func marksAndDashesAreNotSaved() throws {
        let figures = try script("figures.js")
        #expect(figures.contains(#"cell?.exact ?? (cell?.kind === "unknown" ? "unknown" : "")"#))
        #expect(!figures.contains("cell.exact ?? cell.text"))
    }

    /// A row that is looked into is one of the report: its day, its month reach no farther than what was asked.
    @Test func aRowIsLookedIntoWithinItsReport() throws {
        let into = try #require(try script("reports.js").firstMatch(of: /function into\([\s\S]*?\n\}\n/)).0
        // Of what time it is the server says, which knows how long its days are.
        let within = "Math.max(range[0], Date.parse(span.from)), Math.min(range[1], Date.parse(span.to))"
        #expect(into.contains(within), "\(into)")
    }

    /// Of days that are not all as long as each other a chart says the day, and lines that would not fit are not drawn.
    @Test func aChartOfDaysGoesByTheCalendar() throws {
        let series = try #require(try script("reports.js").firstMatch(of: /function seriesOf\([\s\S]*?\n\}\n/)).0
        for part in ["offset(time, zone) * 60000", "dateText(time, \"UTC\")", "* count > pointsMax) return null"] {
            #expect(series.contains(part), "\(part)")
        }
        #expect(try script("chart.js").contains("this.said(start + at * step)"))
        // Days of one team that was looked into are drawn as days are.
        #expect(series.contains("filters.get(section.columns[key].name)?.length !== 1"))
        // A first day that nobody has a price of does not say what kind of figures these are.
        #expect(try script("reports.js").contains("find((row) => amount(row[at]) !== undefined)?.[at].kind"))
        // What a chart leaves out is said below it.
        #expect(try script("overtime.js").contains("few.note"))
    }

    /// A range that ends with a day has points as any other, and none lies ahead.
    @Test func budgetsAreShownUpToTheEndOfARange() throws {
        let text = try script("slos.js")
        #expect(text.contains("end >= from; end -= step) found.unshift(end)"))
        #expect(text.contains("budgetsOver(from, Math.min(to, Date.parse(report.now)), watermark, signal)"))
        // The last one is near the end, however far apart they are: a record of a few days is not between two of them.
        #expect(text.contains("Math.floor(to / grid) * grid") && text.contains("Math.min(step, hour)"))
        // What nothing is known of is said, and not left blank.
        #expect(text.contains("of budgets in this range nothing is known"))
        #expect(text.contains("Nothing is on record that counts for: "))
    }

    /// Each objective leads to its alerts, to the report of its window, and what burned it to whom it was burned by.
    @Test func objectivesLeadOn() throws {
        let text = try script("slos.js")
        #expect(text.contains("labels.slo === slo || labels.objective === measureOf(slo)"))
        #expect(text.contains("windows.get(slo.exact), measureOf(slo.exact))"))
        #expect(text.contains("reportLink(\"Service levels of this range\", { from, to })"))
        // The report names the dimension as events do.
        #expect(text.contains("by === \"conversation_id\") return conversationLink(value)"))
        #expect(text.contains("havingInCommon(by, value, windows.get(slo), \"errors\")"))
    }

    /// A file says of which time it is.
    @Test func filesAreNamedByTheirTime() throws {
        let text = try script("csv.js")
        #expect(text.contains("export function fileName(words, { from, to, zone }, ending = \"csv\")"))
        for name in ["reports.js", "slos.js"] {
            let page = try script(name)
            #expect(page.contains("saveText(fileName([") && !page.contains("+ \".csv\""), "\(name)")
        }
    }

    /// What a breakdown adds up to is the server's figure.
    @Test func totalsAreNotAddedUpByPages() throws {
        let text = try script("figures.js")
        #expect(text.contains("section.total ? el(\"tfoot\"") && text.contains("cellNode(section.total[at]"))
    }

    /// A store without objectives is not asked how their budgets went.
    @Test func noBudgetsAreNoQuestions() throws {
        let text = try script("slos.js")
        let shown = try #require(text.firstMatch(of: /function showBurnDown\([\s\S]*?budgetsOver\(/)).0
        #expect(shown.contains("rows.length === 0"), "\(shown)")
    }

    /// A key that is typed asks the server for nothing, and makes a bounded number of rows.
    @Test func searchingAlertsAsksNobody() throws {
        let file = try #require(EmbeddedPages.files.first { $0.name == "alerts.js" })
        let text = String(decoding: file.bytes, as: UTF8.self)
        let typed = try #require(text.firstMatch(of: /addEventListener\("input", [\s\S]*?\n\}\);/)).0
        #expect(typed.contains("replaceState") && typed.contains("showInstances()"))
        #expect(!typed.contains("ask(") && !typed.contains("change("))
        #expect(text.contains("found.slice(0, rowsMax)"))
    }
}
