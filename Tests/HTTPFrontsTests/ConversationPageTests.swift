import Asking
import Clients
import EventStores
import HTTPFronts
import JSONTexts
import Testing

/// `/conversations/{id}`: every conversation has a page and an address, whatever it is called.
@Suite struct ConversationPageTests {
    private static let names = [
        "c-1", ".", "..", "...", "_", "%", "%2e%2e", ".%2e", "100%_of", "a/../b", "/", "//host/x", "\\", "a\\..\\b",
        "a b+c", "c?view=events&x=1#f", "line\nend\ttab", "a\u{1}\u{7F}b", "\u{202E}abc", "ü\u{301}\u{1F600}",
        "named", "'\"<>&",
        String(repeating: "n", count: 4_096), String(repeating: "ü", count: 2_048),
    ]

    /// The address as browsers take it apart: parts that are folders are gone with what stands before them.
    private static func isPlain(_ address: String) -> Bool {
        let path = address.prefix { $0 != "?" && $0 != "#" }
        return !path.contains("\\")
            && path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().allSatisfy { part in
                ![".", "..", ""].contains(part.lowercased().replacing("%2e", with: "."))
            }
    }

    @Test func everyIdHasAnAddress() async throws {
        try await withServer(try simulatedStore(seed: 301)) { client, _ in
            var events = ConversationEvents()
            for (place, name) in Self.names.enumerated() { events.addTurn(of: name, 1, at: place * 10) }
            try await client.post(events)
            for name in Self.names {
                let address = ConversationAddress.text(name, in: "/v1/conversations", "format=columns")
                #expect(Self.isPlain(address) && address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(address)")
                let told = try await client.json(address)["conversation_id"]?.string ?? ""
                #expect(told.utf8.elementsEqual(name.utf8), "\(address): \(told)")
                let place = ConversationAddress.text(name, in: "/conversations")
                #expect(Self.isPlain(place), "\(place)")
                let page = try await client.send("GET", place, headers: [("Accept", "text/html")])
                #expect(page.status == 200 && page.headers["Content-Type"]?.essence == "text/html", "\(place)")
                // Without scripts there is the same as text.
                let link = try #require(page.text.firstMatch(of: #/<a href="([^"]*)">the same as/#)?.1)
                let path = String(link.replacing("&amp;", with: "&"))
                #expect(Self.isPlain(path), "\(path)")
                let text = try await client.send("GET", path)
                #expect(text.status == 200 && text.text.hasPrefix("Conversation "), "\(path): \(text.text.prefix(200))")
            }
        }
    }

    @Test func whatIsNoIdIsSaid() async throws {
        try await withServer(try simulatedStore(seed: 302)) { client, _ in
            let browser = [("Accept", "text/html")]
            for part in ["%FF", "a%C3", "%ED%A0%80", "%C0%AE%C0%AE"] {
                let page = try await client.send("GET", "/conversations/\(part)", headers: browser)
                #expect(page.status == 404 && page.text.contains("the id is no UTF-8"), "\(part): \(page.text)")
                #expect(page.text.contains("<h1>Not found</h1>"), "\(part)")
                let told = try await client.send("GET", "/v1/conversations/\(part)")
                #expect(told.status == 400 && told.text.contains("the id is no UTF-8"), "\(part): \(told.text)")
                let named = try await client.send("GET", "/v1/conversations/_?named=\(part)")
                #expect(named.status == 400 && named.text.contains("no UTF-8"), "\(part): \(named.text)")
            }
            for path in ["/v1/conversations/%00", "/v1/conversations/_?named=%00"] {
                let null = try await client.send("GET", path)
                #expect(null.status == 404 && null.text.contains("null character"), "\(path): \(null.text)")
            }
            let both = try await client.send("GET", "/v1/conversations/c-1?named=..")
            #expect(both.status == 400 && both.text.contains("and so has the parameter named"), "\(both.text)")
        }
    }

    @Test func tracesAreLinkedToWhereTheSettingSays() async throws {
        let template = "https://traces.example.org/t/{trace_id}?org=1&view=full"
        try await withServer(try simulatedStore(seed: 303), traceLink: template) { client, _ in
            let page = try await client.send("GET", "/conversations/c-1")
            let attribute = #" data-traces="https://traces.example.org/t/{trace_id}?org=1&amp;view=full">"#
            #expect(page.text.contains(attribute), "\(page.text)")
            PageTests.expectGuarded(page, "/conversations/c-1")
        }
        try await withServer(try simulatedStore(seed: 304)) { client, _ in
            let page = try await client.send("GET", "/conversations/c-1")
            #expect(page.status == 200 && !page.text.contains("data-traces"))
        }
    }
}
