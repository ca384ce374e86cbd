import Access
import Clients
import Domain
import HTTPFronts
import JSONTexts
import OperatorLogs
import Platform
import Testing

/// What the log of a server says of its life and of those it turned away.
@Suite struct LogTests {
    private let disk = SimulatedFileSystem(seed: 9)
    private var file: TokenFile { TokenFile(dataDirectory: "/data", fileSystem: disk) }

    private func token(_ scope: AccessScope) throws -> AccessToken {
        try file.update { book in
            try book.create(name: "", scopes: [scope], expires: nil, now: 1, randomness: SystemRandomness())
        }
    }

    @Test func itsLifeIsTold() async throws {
        let lines = LogLines()
        try await withServer(log: lines.log) { _, server in
            let address = try #require(server.address)
            #expect(lines.texts() == ["notice listening address=\(address)"])
        }
        #expect(lines.texts().dropFirst().first == "notice stopping: requests under way are finished first")
        #expect(lines.texts().last?.hasPrefix("notice stopped uptime_seconds=") == true, "\(lines.texts())")
    }

    @Test func everyKindOfRefusalIsToldAndNothingOfWhatWasSent() async throws {
        let reader = try token(.read)
        let lines = LogLines()
        let canary = "c4n4ry"
        var limits = ServerLimits()
        limits.queryTextBytesMax = 1000
        try await withServer(limits: limits, tokens: file, log: lines.log) { client, server in
            let shown = ("Authorization", "Bearer \(reader.text)")
            let secret = ("X-\(canary)", canary)
            for (method, path, headers, body) in [
                ("GET", "/v1/other/\(canary)?\(canary)=\(canary)", [shown, secret], ""),
                ("POST", "/v1/trace", [shown, secret], canary), ("DELETE", "/v1/status", [shown], ""),
                ("POST", "/v1/sql", [("Content-Type", "text/\(canary)"), shown], canary),
                ("POST", "/v1/sql", [("Content-Type", "application/sql"), shown], "select \(canary)"),
                (
                    "POST", "/v1/sql", [("Content-Type", "application/sql"), shown],
                    String(repeating: canary, count: 1000)
                ),
                ("GET", "/v1/status", [("Authorization", "Bearer \(canary)")], ""),
                ("GET", "/v1/status", [], ""), ("POST", "/v1/events", [shown], canary),
            ] as [(String, String, [(String, String)], String)] {
                _ = try await client.send(method, path, headers: headers, body: Array(body.utf8))
            }
            let broken = try await RawConnection.connect(
                to: try #require(server.address), sending: "\(canary) HTTP\r\n\r\n")
            #expect(try await broken.wait { broken.isClosed })
            for wanted in [
                "refused reason=not_found request=\"GET /v1/…/…\" client=127.0.0.1 status=404",
                "refused reason=not_found request=\"POST /v1/trace\"",
                "refused reason=method request=\"DELETE /v1/status\"",
                "refused reason=media_type request=\"POST /v1/sql\"",
                "refused reason=bad_request request=\"POST /v1/sql\" client=127.0.0.1 status=400",
                "refused reason=too_large request=\"POST /v1/sql\"",
                "refused reason=unknown_token request=\"GET /v1/status\" client=127.0.0.1 token=- scope=read",
                "refused reason=no_token request=\"GET /v1/status\"",
                "refused reason=missing_scope request=\"POST /v1/events\" client=127.0.0.1 token=\(reader.id)",
                "refused reason=bad_request client=127.0.0.1 status=400",
            ] {
                #expect(try await lines.line(with: "warning " + wanted, upTo: 5) != nil, "\(wanted): \(lines.texts())")
            }
        }
        let secrets = [canary, String(reader.text.suffix(64))]
        for line in lines.texts() { #expect(!secrets.contains { line.contains($0) }, "\(line)") }
        for line in lines.texts(.json) {
            let names = try #require(try JSONReader.parse(Array(line.utf8)).members).map(\.name)
            #expect(names.starts(with: ["time", "level", "message"]), "\(line)")
            let known = Set(LogField.Name.allCases.map(\.rawValue))
            #expect(names.dropFirst(3).allSatisfy { known.contains($0) }, "\(line)")
        }
    }

    @Test func nobodyFillsTheLog() async throws {
        let lines = LogLines()
        try await withServer(log: lines.log) { client, _ in
            for _ in 0..<50 { _ = try await client.send("GET", "/v1/other") }
        }
        let told = lines.texts().filter { $0.contains("reason=not_found") }
        #expect(told.count == PacedLog.linesMax + 1, "\(told)")
        // The end says what was not said yet.
        #expect(
            told.last == "warning more of these in the minute after the first reason=not_found count=45", "\(told)")
    }

    /// Who is behind a proxy that is named; anybody else may write what he likes.
    @Test(arguments: [
        (["127.0.0.1"], "203.0.113.9", "203.0.113.9"), (["127.0.0.0/8"], "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (["127.0.0.1", "10.0.0.0/8"], "1.2.3.4, 203.0.113.9, 10.7.7.7", "203.0.113.9"),
        ([], "203.0.113.9", "127.0.0.1"), (["10.0.0.0/8"], "203.0.113.9", "127.0.0.1"),
        (["127.0.0.1"], "no address", "127.0.0.1"),
    ])
    func theClientIsWhoIsNamed(proxies: [String], told: String, wanted: String) async throws {
        _ = try token(.read)
        let lines = LogLines()
        var believed = TrustedProxies()
        believed.ranges = try proxies.map { try #require(IPAddressRange($0)) }
        try await withServer(tokens: file, proxies: believed, log: lines.log) { client, _ in
            let fields = [("X-Forwarded-For", told), ("Forwarded", "for=198.51.100.99")]
            _ = try await client.send("GET", "/v1/other", headers: fields)
            _ = try await client.send("GET", "/v1/status", headers: fields)
        }
        let refused = lines.texts().filter { $0.contains("refused") }
        #expect(refused.count == 2 && refused.allSatisfy { $0.contains(" client=\(wanted) ") }, "\(refused)")
    }

    @Test func severalFieldsAreOneAfterTheOther() async throws {
        let lines = LogLines()
        var believed = TrustedProxies()
        believed.ranges = [try #require(IPAddressRange("127.0.0.1")), try #require(IPAddressRange("10.0.0.0/8"))]
        try await withServer(proxies: believed, log: lines.log) { client, _ in
            let fields = ["1.2.3.4", "203.0.113.9", "10.0.0.2"].map { ("X-Forwarded-For", $0) }
            _ = try await client.send("GET", "/v1/other", headers: fields)
        }
        #expect(lines.texts().contains { $0.contains(" client=203.0.113.9 ") }, "\(lines.texts())")
    }
}
