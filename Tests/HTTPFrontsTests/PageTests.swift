import Alerting
import Bytes
import Clients
import Compression
import Domain
import EmbeddedPages
import Foundation
import HTTPFronts
import Testing

/// Pages: documents of the server and files that were built in, sent once, and unable to run anything else.
@Suite struct PageTests {
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    private static let documents = [
        "/", "/status", "/conversations", "/conversations/c-1", "/session", "/runbooks", "/runbooks/PlimsollDown",
        "/d/plimsoll-cost", "/explore", "/prices", "/schemas", "/schemas/llm_call", "/schemas/turns",
        "/d/plimsoll-cost", "/reports/sla", "/reports/cost", "/reports/outcomes", "/slos", "/alerts",
        "/alerts/PlimsollDown",
    ]
    /// Nobody keeps them.
    private static let passing = ["/session", "/conversations/c-1"]
    private static let library = "chart.min.js"

    /// Of files that are ours.
    private static var texts: [(name: String, text: String)] {
        EmbeddedPages.files.filter { $0.name != library }.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) }
    }

    /// The one folder of all files, as the table names it.
    static let folder: String = {
        let hash = RouteTable.route(.pageAsset).parameters.first { $0.name == "hash" }
        guard case .choice(let choices)? = hash?.type else { return "" }
        return "/assets/" + (choices.first ?? "") + "/"
    }()

    /// What each script takes of others, by its name.
    private static var imports: [String: [String]] {
        Dictionary(
            uniqueKeysWithValues: texts.map { name, text in
                (name, text.matches(of: /(?:\} from |[i]mport\()"\.\/([^"]*)"/).map { String($0.1) })
            })
    }

    static func expectGuarded(_ answer: ServerAnswer, _ address: String) {
        #expect(answer.headers["Content-Security-Policy"] == policy, "\(address)")
        for (name, value) in [
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ] { #expect(answer.headers[name] == value, "\(address) \(name)") }
    }

    // MARK: Files

    @Test func everyFileOfTheFolderIsBuiltIn() throws {
        let folder = RepositoryFolder.root.appending(path: "Sources/Server/Pages")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect((names + [Self.library]).sorted() == EmbeddedPages.files.map(\.name))
        for file in EmbeddedPages.files where file.name != Self.library {
            #expect(try Array(Data(contentsOf: folder.appending(path: file.name))) == file.bytes, "\(file.name)")
        }
        // The library comes from the system's package and is in no commit.
        let charts = try #require(EmbeddedPages.files.first { $0.name == Self.library })
        #expect(String(decoding: charts.bytes.prefix(200), as: UTF8.self).contains("Chart.js v3."))
        // Whoever passes the package on passes the library on, and has to say whose it is.
        let said = try Data(contentsOf: RepositoryFolder.root.appending(path: "Deploy/debian/copyright"))
        #expect(String(decoding: said, as: UTF8.self).contains("Chart.js contributors"))
    }

    /// Bytes of all files together, packed as they are sent: what a browser loads at most, however many pages it opens.
    private static let packedBytesMax = 400_000
    /// Of the scripts that are ours, and of a document with its styles: what one page loads at most, packed.
    private static let (scriptBytesMax, styledBytesMax) = (60_000, 20_000)

    @Test func filesAreSentForGoodAndPackedToWhoTakesThem() async throws {
        let types = ["svg": "image/svg+xml", "css": "text/css", "js": "text/javascript"]
        #expect(Self.folder.count == "/assets//".count + 16)
        try await withServer(isTokenRequired: true) { client, _ in
            var tags: Set<String> = []
            var packedBytes = 0
            for file in EmbeddedPages.files {
                let address = Self.folder + file.name
                let whole = try await client.send("GET", address)
                #expect(whole.status == 200 && whole.body == file.bytes, "\(address)")
                #expect(whole.headers["Content-Encoding"] == nil)
                let packed = try await client.send("GET", address, headers: [("Accept-Encoding", "br, GZip;q=0.5")])
                #expect(packed.status == 200 && packed.headers["Content-Encoding"] == "gzip", "\(address)")
                var decoder = StreamDecoder(.gzip, outputBytesMax: 1 << 20)
                var bytes: [UInt8] = []
                try decoder.decode(packed.body.span, into: &bytes)
                try decoder.finish()
                #expect(bytes == file.bytes, "\(address)")
                packedBytes += packed.body.count
                for answer in [whole, packed] {
                    #expect(
                        answer.headers["Content-Type"]?.essence
                            == types[String(address.split(separator: ".").last ?? "")])
                    #expect(answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", "\(address)")
                    #expect(answer.headers["Vary"] == "Accept-Encoding", "\(address)")
                    Self.expectGuarded(answer, address)
                    let tag = try #require(answer.headers["ETag"])
                    #expect(tags.insert(tag).inserted, "\(address)")
                }
                for refused in ["", "br", "gzip;q=0", "gzip; q=0.000, *", "identity"] {
                    let answer = try await client.send("GET", address, headers: [("Accept-Encoding", refused)])
                    #expect(answer.body == file.bytes, "\(address) \(refused)")
                }
            }
            #expect(packedBytes < Self.packedBytesMax, "all files together: \(packedBytes) bytes")
        }
    }

    @Test func whatIsNoFileIsNotFound() async throws {
        try await withServer { client, _ in
            for address in [
                Self.folder + "none.js", Self.folder + "style.css/x", "/assets/0123456789abcdef/style.css",
                "/assets/style.css", "/pages/style.css", Self.folder + "..%2F..%2Fetc%2Fpasswd",
            ] {
                let answer = try await client.send("GET", address, headers: [("Accept", "text/html")])
                #expect(answer.status == 404, "\(address)")
            }
            let near = try await client.send("GET", Self.folder + "stile.css")
            #expect(near.status == 404 && near.text.contains("style.css"), "\(near.text)")
        }
    }

    /// The names of the files that a document loads.
    private static func files(of text: String) -> [String] {
        text.components(separatedBy: "=\"/assets/").dropFirst().compactMap { rest in
            rest.prefix { $0 != "\"" }.split(separator: "/").dropFirst().last.map(String.init)
        }
    }

    /// Files, and what they take of others.
    private static func reached(from files: [String], _ taken: [String: [String]]) -> Set<String> {
        var (reached, waiting) = (Set<String>(), files)
        while let name = waiting.popLast() {
            if reached.insert(name).inserted { waiting += taken[name] ?? [] }
        }
        return reached
    }

    /// Beside the library of charts, which is loaded where one is drawn.
    @Test func aPageIsLight() async throws {
        let taken = Self.imports
        try await withServer { client, _ in
            let packing = [("Accept-Encoding", "gzip")]
            var sizes: [String: Int] = [:]
            for (name, _) in Self.texts {
                sizes[name] = try await client.send("GET", Self.folder + name, headers: packing).body.count
            }
            for document in Self.documents {
                let text = try await client.send("GET", document).text
                let reached = Self.reached(from: Self.files(of: text), taken)
                let scripts = reached.filter { $0.hasSuffix(".js") }.reduce(0) { $0 + (sizes[$1] ?? 0) }
                let styles = reached.filter { !$0.hasSuffix(".js") }.reduce(0) { $0 + (sizes[$1] ?? 0) }
                let page = Gzip.compress(Array(text.utf8), level: 9).count
                #expect(scripts <= Self.scriptBytesMax, "\(document): \(scripts) bytes of scripts")
                #expect(styles + page <= Self.styledBytesMax, "\(document): \(styles) + \(page) bytes")
            }
        }
    }

    @Test func whatABrowserHasIsNotSentAgain() async throws {
        try await withServer { client, _ in
            for address in ["/", "/status", "/runbooks", "/runbooks/PlimsollDown", Self.folder + "shell.js"] {
                let first = try await client.send("GET", address)
                let tag = try #require(first.headers["ETag"])
                #expect(tag.count > 10 && tag.hasPrefix("\"") && tag.hasSuffix("\""))
                for known in [tag, "W/" + tag, "\"other\", \(tag)", "\"other\",W/\(tag) ,\"more\"", "*"] {
                    let answer = try await client.send("GET", address, headers: [("If-None-Match", known)])
                    #expect(answer.status == 304 && answer.body.isEmpty, "\(address) \(known)")
                    #expect(answer.headers["ETag"] == tag)
                    #expect(answer.headers["Cache-Control"] == first.headers["Cache-Control"])
                    Self.expectGuarded(answer, address)
                }
                for other in ["\"other\"", "", String(tag.dropFirst()), tag.replacing("\"", with: "")] {
                    let answer = try await client.send("GET", address, headers: [("If-None-Match", other)])
                    #expect(answer.status == 200 && !answer.body.isEmpty, "\(address) \(other)")
                }
            }
        }
    }

    // MARK: Documents

    @Test func documentsStandInTheShell() async throws {
        try await withServer { client, _ in
            for address in Self.documents {
                let answer = try await client.send("GET", address)
                #expect(
                    answer.status == 200 && answer.headers["Content-Type"] == "text/html; charset=utf-8", "\(address)")
                #expect(
                    answer.headers["Cache-Control"]
                        == (Self.passing.contains(address) ? "no-store" : "private, no-cache"), "\(address)")
                Self.expectGuarded(answer, address)
                let text = answer.text
                #expect(text.hasPrefix("<!doctype html>\n<html lang=\"en\">\n"), "\(address)")
                for (piece, count) in [
                    ("<h1>", 1), ("<main ", 1), ("<nav ", 1), ("<header ", 1), ("<title>", 1),
                    ("aria-current=\"page\"", 1),
                    ("/session/end", 0),
                ] where !(address == "/session" && piece.hasPrefix("aria")) {
                    #expect(text.components(separatedBy: piece).count - 1 == count, "\(address) \(piece)")
                }
                #expect(text.contains(" · Plimsoll</title>") && text.contains("name=\"viewport\""), "\(address)")
                let ids = text.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
                #expect(Set(ids).count == ids.count, "\(address): \(ids)")
                try Self.expectInert(text, address)
            }
        }
    }

    /// Nothing in a document runs or styles, and nothing leads away from the server.
    private static func expectInert(_ text: String, _ address: String) throws {
        let scripts = text.matches(of: /<script([^>]*)>([\s\S]*?)<\/script>/)
        #expect(scripts.count == text.matches(of: /<script/).count && scripts.count >= 2, "\(address)")
        for script in scripts {
            #expect(script.1.contains("src=\"\(folder)") && script.2.isEmpty, "\(address): \(script.0)")
        }
        for forbidden in [
            /<style/, /\sstyle\s*=/, /\son[a-z]+\s*=/, /javascript:/, /<iframe/, /<base/,
            /(?:href|src|action)="[a-z]+:/,
        ] {
            #expect(text.firstMatch(of: forbidden) == nil, "\(address)")
        }
    }

    @Test func everyAddressOfTheDocumentsIsARouteOrAFile() async throws {
        try await withServer(try simulatedStore(seed: 56)) { client, _ in
            // One that there is: its page leads to it.
            #expect(try await client.post(RouteRequest.event).status == 200)
            var found: Set<String> = []
            for document in Self.documents {
                for match in try await client.send("GET", document).text.matches(of: /(?:href|src|action)="([^"]*)"/) {
                    // What stands behind # is sent to no server.
                    let address = match.1.prefix { $0 != "#" }
                    if !address.isEmpty { found.insert(String(address)) }
                }
            }
            #expect(
                found.contains("/status") && found.contains("/runbooks") && found.contains(Self.folder + "theme.js"))
            for address in found.sorted() {
                if address == "/session" || address == "/session/end" { continue }
                #expect(try await client.send("GET", address).status == 200, "\(address)")
            }
        }
    }

    /// A page that is not there yet is not linked.
    @Test func theMenuLeadsToWhatThereIs() async throws {
        try await withServer { client, _ in
            let text = try await client.send("GET", "/status").text
            let menu = try #require(text.firstMatch(of: /<nav [\s\S]*<\/nav>/)).0
            let entries = menu.matches(of: /<a href="([^"]*)"( aria-current="page")?>([^<]*)<\/a>/)
            #expect(
                entries.map { String($0.3) }.first == "Overview" && entries.contains { $0.3 == "Status" && $0.2 != nil }
            )
            for entry in entries { #expect(try await client.send("GET", String(entry.1)).status == 200, "\(entry.3)") }
            #expect(
                entries.map { String($0.3) } == [
                    "Overview", "Operational", "Business", "Cost", "Quality", "Conversations", "Reports", "Alerts",
                    "SLOs", "Explore", "Prices", "Schemas", "Status", "Runbooks",
                ])
        }
    }

    @Test func parametersThatAPageDoesNotKnowArePassedOver() async throws {
        try await withServer { client, _ in
            let plain = try await client.send("GET", "/").body
            for query in ["from=now-6h&to=now&var-model=a&var-model=b&x=%3Cscript%3E", "from=%00&to=%FF", "&&=&="] {
                let answer = try await client.send("GET", "/?" + query)
                #expect(answer.status == 200 && answer.body == plain, "\(query)")
            }
        }
    }

    /// Whoever is woken has no token in the browser.
    @Test func everyAlertLeadsToItsRunbook() async throws {
        try await withServer(isTokenRequired: true) { client, _ in
            #expect(try await client.send("GET", "/").status == 401)
            var tags: Set<String> = []
            for name in RunbookPages(.builtIn).names {
                let answer = try await client.send("GET", "/runbooks/\(name)")
                #expect(answer.status == 200 && answer.headers["Content-Type"]?.essence == "text/html", "\(name)")
                #expect(answer.text.contains("<title>\(name) · Plimsoll</title>"), "\(name)")
                #expect(
                    answer.text.components(separatedBy: "<h1>").count == 2 && answer.text.contains("<h1>\(name)</h1>"))
                #expect(answer.text.contains("<pre><code>"), "\(name)")
                Self.expectGuarded(answer, name)
                let tag = try #require(answer.headers["ETag"])
                #expect(tags.insert(tag).inserted, "\(name)")
            }
            let list = try await client.send("GET", "/runbooks")
            #expect(list.status == 200 && list.text.contains("href=\"/runbooks/PlimsollDown\""))
            for name in ["README", "None", "%3Cscript%3E", "PlimsollDown.md", "index.html"] {
                let answer = try await client.send("GET", "/runbooks/\(name)")
                let mediaType = answer.headers["Content-Type"]?.essence
                #expect(answer.status == 404 && mediaType == "application/json", "\(name)")
                #expect(answer.text.contains("GET /runbooks"), "\(name)")
            }
        }
    }

    // MARK: Refusals

    @Test func aBrowserIsRefusedInWordsAndAProgramInJSON() async throws {
        let browser = [("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")]
        try await withServer { client, _ in
            for (path, status, said) in [
                ("/nothing", 404, "no such address"), ("/runbooks/None", 404, "there is no alert None"),
                ("/session/nothing", 404, "no such address"),
            ] {
                let page = try await client.send("GET", path, headers: browser)
                #expect(page.status == status && page.headers["Content-Type"]?.essence == "text/html", "\(path)")
                #expect(page.text.contains(said) && page.text.contains("<h1>Not found</h1>"), "\(page.text)")
                #expect(page.headers["Cache-Control"] == "no-store" && page.headers["ETag"] == nil, "\(path)")
                Self.expectGuarded(page, path)
                let program = try await client.send("GET", path)
                #expect(program.status == status && program.headers["Content-Type"] == "application/json", "\(path)")
            }
            for path in ["/v1/nothing", "/api/v1/nothing", "/v1/reports/none", "/metrics?x=1", Self.folder + "none"] {
                let answer = try await client.send("GET", path, headers: browser)
                #expect(answer.status >= 400 && answer.headers["Content-Type"] == "application/json", "\(path)")
            }
        }
    }

    /// What stands in an address is shown, and nothing of it becomes markup.
    @Test func textsOfStrangersAreShownAsTheyAre() async throws {
        let hostile = "%3Cscript%3Ealert(1)%3C/script%3E%22%27%26"
        try await withServer { client, _ in
            let part = hostile.replacing("/", with: "%2F")
            for path in ["/runbooks/" + part, "/conversations/" + part, "/" + hostile, "/session?to=/" + hostile] {
                let text = try await client.send("GET", path, headers: [("Accept", "text/html")]).text
                #expect(!text.contains("<script>") && !text.contains("alert(1)</"), "\(path): \(text)")
                #expect(
                    text.matches(of: /<script/).count == text.matches(of: /<script[^>]*><\/script>/).count, "\(path)")
            }
            let form = try await client.send("GET", "/session?to=/x%22onfocus%3D%22alert(1)").text
            #expect(form.contains(#"value="/x&quot;onfocus=&quot;alert(1)""#), "\(form)")
        }
    }

    // MARK: Scripts

    @Test func valuesBecomeTextAndNeverMarkup() {
        for (name, text) in Self.texts where name.hasSuffix(".js") {
            for way in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
                "setAttribute(\"on", "setAttribute(\"style", "srcdoc", "createContextualFragment",
            ] {
                #expect(!text.contains(way), "\(name): \(way)")
            }
        }
    }

    @Test func scriptsUseEachOtherAndAddressesThatThereAre() {
        for (name, text) in Self.texts {
            #expect(!text.contains("http://") || name == "icon.svg", "\(name)")
            #expect(!text.contains("https://"), "\(name)")
            for match in text.matches(of: /\} from "([^"]*)"|import\("([^"]*)"\)/) {
                let module = String(match.1 ?? match.2 ?? "")
                #expect(module.hasPrefix("./"), "\(name): \(module)")
                #expect(EmbeddedPages.files.contains { "./" + $0.name == module }, "\(name): \(module)")
            }
            for match in text.matches(of: /(?:ask|open|address)\("(\/[^"]*)"|href: "(\/[^"]*)"/) {
                let parts = String(match.1 ?? match.2 ?? "").split(separator: "/")
                let isKnown = RouteTable.routes.contains { route in
                    let pattern = route.path.split(separator: "/")
                    // What is put behind the last slash is a part of its own.
                    return pattern.count >= parts.count && pattern.count <= parts.count + 1
                        && zip(pattern, parts).allSatisfy { $0.first == "{" || $0 == $1 }
                }
                #expect(isKnown, "\(name): \(match.0)")
            }
        }
        #expect(Self.texts.contains { $0.name == "overview.js" && $0.text.contains("ask(address(\"/v1/reports/sla\"") })
    }

    /// A browser runs nothing of a page where one name is missing.
    @Test func whatScriptsTakeOfEachOtherIsThere() throws {
        let exports = Dictionary(
            uniqueKeysWithValues: Self.texts.map { name, text in
                let found = text.matches(of: /(?:^|\n)export (?:async )?(?:function\*?|class|const|let) (\w+)/)
                return (name, Set(found.map { String($0.1) }))
            })
        var count = 0
        for (name, text) in Self.texts {
            for match in text.matches(of: /impor[t] \{([^}]*)\} from "\.\/([^"]*)"/) {
                let known = try #require(exports[String(match.2)], "\(name): \(match.2)")
                for part in match.1.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
                    #expect(known.contains(String(part)), "\(name): \(part) of \(match.2)")
                    count += 1
                }
            }
        }
        #expect(count > 30)
    }

    /// A page whose scripts draw charts has their library and their style; no other one loads them.
    @Test func whoDrawsChartsHasTheirLibraryAndStyle() async throws {
        let taken = Self.imports
        try await withServer { client, _ in
            var count = 0
            for document in Self.documents {
                let text = try await client.send("GET", document).text
                let files = Set(Self.files(of: text))
                let reached = Self.reached(from: Array(files), taken)
                let isDrawing = reached.contains("chart.js")
                #expect(files.contains(Self.library) == isDrawing, "\(document)")
                #expect(files.contains("chart.css") == isDrawing, "\(document)")
                count += isDrawing ? 1 : 0
            }
            #expect(count >= 6 && count < Self.documents.count)
        }
    }

    /// One sheet has a class of all pages or of charts; other sheets may not say it otherwise.
    @Test func whatChartsAreMadeOfIsStyledOnce() {
        for name in [".chart", ".overlay", ".tip", ".legend", ".unseen"] {
            let sheets = Self.texts.filter { $0.name.hasSuffix(".css") && $0.text.contains("\n\(name) {") }.map(\.name)
            #expect(sheets == [name == ".unseen" ? "style.css" : "chart.css"], "\(name)")
        }
    }

    /// Lines and words of states can be told from what is behind them, in both themes (WCAG 2.2, 1.4.3 and 1.4.11).
    @Test func coloursStandOut() throws {
        let style = try #require(Self.texts.first { $0.name == "style.css" }).text
        func light(_ color: Int) -> Double {
            let parts = [16, 8, 0].map { shift -> Double in
                let value = Double(color >> shift & 0xFF) / 255
                return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        }
        for theme in ["\n:root {", "\n:root[data-theme=\"dark\"] {"] {
            let block = try #require(style.components(separatedBy: theme).dropFirst().first?.prefix { $0 != "}" })
            var colors: [String: Double] = [:]
            for match in block.matches(of: /--([a-z0-9-]+): #([0-9A-F]{6})/) {
                colors[String(match.1)] = light(try #require(Int(match.2, radix: 16)))
            }
            let card = try #require(colors["card"])
            for (name, least) in (1...6).map({ ("series-\($0)", 3.0) })
                + ["good", "warn", "bad", "ink", "soft", "link"].map({ ($0, 4.5) })
            {
                let color = try #require(colors[name], "\(theme) \(name)")
                let contrast = (max(color, card) + 0.05) / (min(color, card) + 0.05)
                #expect(contrast >= least, "\(theme) \(name): \(contrast)")
            }
        }
    }

    /// A number or a time reads the same on all pages.
    @Test func numbersAndTimesAreWrittenByOneModuleEach() {
        for (way, module) in [("Intl.NumberFormat", "format.js"), ("Intl.DateTimeFormat", "time.js")] {
            #expect(Self.texts.filter { $0.text.contains(way) }.map(\.name) == [module], "\(way)")
        }
        #expect(!Self.texts.contains { $0.text.contains("toLocale") })
    }

    /// What scrolls can be reached by keyboard, and has a name.
    @Test func framesOfTablesAreMadeByOneFunction() {
        #expect(Self.texts.filter { $0.text.contains("class: \"wide\"") }.map(\.name) == ["dom.js"])
    }

    @Test func nothingButThemeZoneAndColumnsIsKeptInABrowser() {
        for (name, text) in Self.texts where name.hasSuffix(".js") {
            for match in text.matches(of: /(?:localStorage\.[a-zA-Z]+|stored?)\("([^"]*)"/) {
                #expect(["theme", "zone", "columns"].contains(String(match.1)), "\(name): \(match.0)")
            }
            #expect(!text.contains("sessionStorage") && !text.contains("document.cookie"), "\(name)")
        }
    }
}
