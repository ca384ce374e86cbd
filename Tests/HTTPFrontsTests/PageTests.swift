import Alerting
import Bytes
import Clients
import Domain
import EmbeddedPages
import Foundation
import HTTPFronts
import Testing

/// Pages: files that were built in, sent once, and unable to run anything else.
@Suite struct PageTests {
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    private static var texts: [(name: String, text: String)] {
        EmbeddedPages.files.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) }
    }

    /// The document, and every file by its address.
    private static let addresses = ["/"] + EmbeddedPages.files.map { "/pages/" + $0.name }

    @Test func everyFileOfTheFolderIsBuiltIn() throws {
        var root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while root.path != "/", !FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path) {
            root.deleteLastPathComponent()
        }
        let folder = root.appending(path: "Sources/Server/Pages")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == EmbeddedPages.files.map(\.name).sorted())
        for file in EmbeddedPages.files {
            #expect(try Array(Data(contentsOf: folder.appending(path: file.name))) == file.bytes, "\(file.name)")
        }
    }

    @Test func filesAreSentWithTheirTypeAndWhatGuardsThem() async throws {
        let types = ["html": "text/html", "css": "text/css", "js": "text/javascript"]
        try await withServer { client, _ in
            for address in Self.addresses {
                let answer = try await client.send("GET", address)
                let ending = address == "/" ? "html" : String(address.split(separator: ".").last ?? "")
                #expect(answer.status == 200 && !answer.body.isEmpty, "\(address)")
                #expect(answer.headers["Content-Type"]?.essence == types[ending], "\(address)")
                Self.expectGuarded(answer, address)
            }
            #expect(
                try await client.send("GET", "/").body == EmbeddedPages.files.first { $0.name == "index.html" }?.bytes)
            let missing = try await client.send("GET", "/pages/none.js")
            #expect(missing.status == 404 && missing.text.contains("none.js"))
        }
    }

    private static func expectGuarded(_ answer: ServerAnswer, _ address: String) {
        #expect(answer.headers["Content-Security-Policy"] == policy, "\(address)")
        #expect(answer.headers["X-Content-Type-Options"] == "nosniff", "\(address)")
        #expect(answer.headers["Referrer-Policy"] == "no-referrer", "\(address)")
        #expect(answer.headers["Cache-Control"] == "no-cache", "\(address)")
    }

    @Test func whatABrowserHasIsNotSentAgain() async throws {
        try await withServer { client, _ in
            var tags: [String: String] = [:]
            for address in Self.addresses {
                let tag = try #require(try await client.send("GET", address).headers["ETag"])
                #expect(tag.count > 10 && tag.hasPrefix("\"") && tag.hasSuffix("\""))
                tags[address] = tag
                for known in [tag, "W/" + tag, "\"other\", \(tag)", "\"other\",W/\(tag) ,\"more\"", "*"] {
                    let answer = try await client.send("GET", address, headers: [("If-None-Match", known)])
                    #expect(answer.status == 304 && answer.body.isEmpty, "\(address) \(known)")
                    #expect(answer.headers["ETag"] == tag)
                    Self.expectGuarded(answer, address)
                }
                for other in ["\"other\"", "", String(tag.dropFirst()), tag.replacing("\"", with: "")] {
                    let answer = try await client.send("GET", address, headers: [("If-None-Match", other)])
                    #expect(answer.status == 200 && !answer.body.isEmpty, "\(address) \(other)")
                }
            }
            // One tag a content: the document has two addresses.
            #expect(tags["/"] == tags["/pages/index.html"])
            #expect(Set(tags.values).count == EmbeddedPages.files.count)
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
                #expect(answer.text.contains("<title>\(name)</title>") && answer.text.contains("<h1>\(name)</h1>"))
                #expect(answer.text.contains("<pre><code>"), "\(name)")
                Self.expectGuarded(answer, name)
                let tag = try #require(answer.headers["ETag"])
                #expect(tags.insert(tag).inserted, "\(name)")
                let again = try await client.send("GET", "/runbooks/\(name)", headers: [("If-None-Match", tag)])
                #expect(again.status == 304 && again.body.isEmpty, "\(name)")
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

    @Test func nothingInADocumentRunsOrStyles() throws {
        for (name, text) in Self.texts where name.hasSuffix(".html") {
            for script in text.matches(of: /<script([^>]*)>([\s\S]*?)<\/script>/) {
                #expect(script.1.contains("src=\"/pages/") && script.2.isEmpty, "\(name): \(script.0)")
            }
            #expect(text.matches(of: /<script/).count == text.matches(of: /<script[^>]*><\/script>/).count, "\(name)")
            for forbidden in [/<style/, /\sstyle\s*=/, /\son[a-z]+\s*=/, /javascript:/, /<iframe/, /<base/] {
                #expect(text.firstMatch(of: forbidden) == nil, "\(name)")
            }
        }
        #expect(Self.texts.contains { $0.name == "index.html" })
    }

    @Test func valuesBecomeTextAndNeverMarkup() {
        for (name, text) in Self.texts where name.hasSuffix(".js") {
            for way in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
                "setAttribute(\"on",
            ] {
                #expect(!text.contains(way), "\(name): \(way)")
            }
        }
    }

    @Test func everyAddressOfThePagesIsARouteOrAFileOfTheirs() {
        var found: [String] = []
        for (name, text) in Self.texts {
            #expect(!text.contains("http://") && !text.contains("https://"), "\(name)")
            for match in text.matches(of: /(?:href|src)="([^"]*)"|fetch\("([^"]*)"|from "([^"]*)"/) {
                let address = String(match.1 ?? match.2 ?? match.3 ?? "")
                guard !address.hasPrefix("data:") else { continue }
                found.append(address.hasPrefix("./") ? "/pages/" + address.dropFirst(2) : address)
            }
        }
        #expect(found.contains("/pages/status.js") && found.contains("/pages/words.js") && found.contains("/v1/status"))
        for address in found {
            if address.hasPrefix("/pages/") {
                #expect(EmbeddedPages.files.contains { "/pages/" + $0.name == address }, "\(address)")
            } else {
                #expect(RouteTable.routes.contains { $0.method == .get && $0.path == address }, "\(address)")
            }
        }
    }
}
