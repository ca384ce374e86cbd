import Clients
import Compression
import Domain
import HTTPFronts
import Platform
import Testing

/// What HTTP asks of a server whatever the address: methods, versions, framing, and what stands in every answer.
@Suite struct MannersTests {
    /// What comes of some bytes until the server closes, or until `isEnough` says so.
    private func exchange(
        _ text: String, isEnough: @Sendable @escaping (String) -> Bool = { _ in false }
    ) async throws -> String {
        try await withServer { _, server in
            let connection = try await RawConnection.connect(to: try #require(server.address), sending: text)
            #expect(try await connection.wait(upTo: 20) { connection.isClosed || isEnough(connection.text) })
            await connection.close()
            return connection.text
        }
    }

    private func refusals(_ client: ServerClient, _ reason: String) async throws -> Int {
        let text = try await client.send("GET", "/metrics?format=text").text
        let start = "plimsoll_http_refusals_total{reason=\"\(reason)\"} "
        let line = text.split(separator: "\n").first { $0.hasPrefix(start) }
        return line.flatMap { Int($0.dropFirst(start.count)) } ?? 0
    }

    // MARK: Methods

    @Test func headIsGetWithoutTheBody() async throws {
        try await withServer(try simulatedStore(seed: 51)) { client, _ in
            for route in RouteTable.routes where route.method == .get {
                let path = route.path.replacing("{kind}", with: "sla").replacing("{id}", with: "none")
                    .replacing("{file}", with: "style.css")
                let (whole, head) = (try await client.send("GET", path), try await client.send("HEAD", path))
                #expect(head.status == whole.status && head.body.isEmpty, "\(path): \(head.status)")
                #expect(head.headers["Content-Type"] == whole.headers["Content-Type"], "\(path)")
                // Reports tell the time that it is, which need not be of one length.
                let isOfTheMoment = path.hasPrefix("/v1/reports") || ["/v1/status", "/metrics"].contains(path)
                if let length = head.headers["Content-Length"], !isOfTheMoment {
                    #expect(length == whole.headers["Content-Length"], "\(path)")
                }
            }
            let refused = try await client.send("HEAD", "/v1/reports/sla?x=1")
            #expect(refused.status == 400 && refused.body.isEmpty)
        }
    }

    /// Another request on the connection would show a body, or the chunk that ends one.
    @Test(arguments: ["/v1/status", "/v1/nothing", "/v1/events"])
    func nothingFollowsTheHeadOfAnAnswerToHead(path: String) async throws {
        let host = "Host: 127.0.0.1\r\n"
        let requests = "HEAD \(path) HTTP/1.1\r\n\(host)\r\nGET /healthz HTTP/1.1\r\n\(host)Connection: close\r\n\r\n"
        try await withServer(try simulatedStore(seed: 52)) { _, server in
            let connection = try await RawConnection.connect(to: try #require(server.address), sending: requests)
            #expect(try await connection.wait { connection.isClosed })
            let parts = connection.text.split(separator: "\r\n\r\n", omittingEmptySubsequences: false)
            #expect(parts.count == 3 && parts.last == "ok\n", "\(connection.text)")
            #expect(parts.dropLast().allSatisfy { $0.hasPrefix("HTTP/1.1 ") }, "\(connection.text)")
        }
    }

    @Test func otherMethodsAreToldWhichThereAre() async throws {
        try await withServer { client, _ in
            for (method, path, allowed) in [
                ("DELETE", "/v1/sql", "POST, OPTIONS"), ("PUT", "/v1/events", "GET, HEAD, POST, OPTIONS"),
                ("POST", "/healthz", "GET, HEAD, OPTIONS"), ("HEAD", "/v1/sql", "POST, OPTIONS"),
                ("PATCH", "/v1/reports/sla/", "GET, HEAD, OPTIONS"), ("GET", "/v1/traces", "POST, OPTIONS"),
            ] {
                let answer = try await client.send(method, path)
                #expect(answer.status == 405 && answer.headers["Allow"] == allowed, "\(method) \(path)")
                #expect(method == "HEAD" || answer.text.contains("it takes \(allowed)"), "\(answer.text)")
                let asked = try await client.send("OPTIONS", path)
                #expect(asked.status == 204 && asked.headers["Allow"] == allowed && asked.body.isEmpty, "\(path)")
            }
            #expect(try await client.send("OPTIONS", "/v1/nothing").status == 404)
            #expect(try await client.send("PUT", "/v1/reports").status == 404)
            #expect(try await refusals(client, "method") == 6)
        }
        let star = try await exchange("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(star.hasPrefix("HTTP/1.1 204 ") && star.contains("GET, HEAD, POST, OPTIONS"), "\(star)")
    }

    /// The codes of google.rpc, which senders of spans judge by.
    @Test(arguments: [
        ("GET", "/v1/traces", 405, 12), ("POST", "/v1/traces/", 415, 3), ("GET", "/v1/traces/", 405, 12),
    ])
    func spansAreRefusedInTheWordsOfTheirWire(method: String, path: String, status: Int, code: Int) async throws {
        try await withServer { client, _ in
            let answer = try await client.send(method, path)
            #expect(answer.status == status)
            #expect(answer.text.hasPrefix("{\"code\":\(code),\"message\":"), "\(answer.text)")
        }
    }

    // MARK: Bodies

    private static let question =
        "POST /v1/sql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sql\r\nContent-Length: 15\r\n"

    @Test func aBodyThatIsKeptBackIsAskedFor() async throws {
        try await withServer { _, server in
            let connection = try await RawConnection.connect(
                to: try #require(server.address), sending: Self.question + "Expect: 100-continue\r\n\r\n")
            #expect(try await connection.wait { connection.text.contains("\r\n\r\n") })
            #expect(connection.text == "HTTP/1.1 100 Continue\r\n\r\n")
            connection.write("select 1 as one")
            #expect(try await connection.wait { connection.text.contains("[[1]]") })
            #expect(connection.text.contains("Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
            await connection.close()
        }
    }

    /// Each request of a connection has a word of its own, at its turn.
    @Test func aBodyBehindAnotherRequestIsAskedFor() async throws {
        let awaited = Self.question + "Expect: 100-continue\r\n\r\n"
        for first in [awaited + "select 1 as one", Self.question + "\r\nselect 1 as one", awaited] {
            try await withServer { _, server in
                let address = try #require(server.address)
                let isSentAtOnce = first != awaited
                let connection = try await RawConnection.connect(
                    to: address, sending: isSentAtOnce ? first + awaited : first)
                if !isSentAtOnce {
                    #expect(try await connection.wait { connection.text.hasSuffix("Continue\r\n\r\n") })
                    connection.write("select 1 as one" + awaited)
                }
                let isAsked = try await connection.wait(upTo: 20) {
                    connection.text.hasSuffix("HTTP/1.1 100 Continue\r\n\r\n") && connection.text.contains("[[1]]")
                }
                #expect(isAsked, "\(connection.text)")
                connection.write("select 2 as two")
                #expect(try await connection.wait(upTo: 20) { connection.text.contains("[[2]]") })
                let words = connection.text.components(of: "HTTP/1.1 100 Continue")
                #expect(words == (isSentAtOnce ? 1 : 2), "\(connection.text)")
                await connection.close()
            }
        }
    }

    /// Nobody can know whether what comes next is that body or another request.
    @Test(arguments: ["Host: evil.example", "Expect: rain", "Content-Type: image/png", "X-Method: PUT"])
    func aConnectionWhoseBodyIsNotWantedEnds(field: String) async throws {
        let length = "Content-Length: 15\r\nExpect: 100-continue\r\n"
        let head =
            switch field.prefix(5) {
            case "Host:": "POST /v1/sql HTTP/1.1\r\n\(field)\r\nContent-Type: application/sql\r\n\(length)\r\n"
            case "X-Met": "PUT /v1/sql HTTP/1.1\r\nHost: a\r\n\(length)\r\n"
            default: "POST /v1/sql HTTP/1.1\r\nHost: a\r\n\(field)\r\n\(length)\r\n"
            }
        try await withServer { _, server in
            let connection = try await RawConnection.connect(to: try #require(server.address), sending: head)
            #expect(try await connection.wait(upTo: 20) { connection.text.contains("\r\n\r\n{") })
            #expect(connection.text.hasPrefix("HTTP/1.1 4"), "\(connection.text)")
            #expect(connection.text.contains("\r\nConnection: close\r\n"), "\(connection.text)")
            // A request in place of the body is not answered as one, nor is one behind it.
            connection.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await connection.wait(upTo: 60) { connection.isClosed })
            #expect(connection.text.components(of: "HTTP/1.1 ") == 1, "\(connection.text)")
        }
    }

    @Test func whatNeedsNoWordGetsNone() async throws {
        let close = "Connection: close\r\n"
        for request in [
            "POST /v1/sql HTTP/1.0\r\nContent-Type: application/sql\r\nContent-Length: 15\r\n"
                + "Expect: 100-continue\r\n\r\nselect 1 as one",
            Self.question + "Expect: 100-Continue\r\n\(close)\r\nselect 1 as one",
            Self.question + "Expect: 100-continue, 100-continue\r\nExpect:\r\n\(close)\r\nselect 1 as one",
            "GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\(close)\r\n",
        ] {
            let text = try await exchange(request)
            #expect(text.hasPrefix("HTTP/1.") && text.dropFirst(8).hasPrefix(" 200 "), "\(request): \(text)")
            #expect(text.components(of: "HTTP/1.") == 1, "\(text)")
        }
    }

    @Test func aBodyThatIsNotWantedIsNotAskedFor() async throws {
        let large = Self.question.replacing("Content-Length: 15", with: "Content-Length: 900000000")
        let text = try await exchange(large + "Expect: 100-continue\r\n\r\n") { $0.contains("\r\n\r\n") }
        #expect(text.hasPrefix("HTTP/1.1 413 "), "\(text)")
        let unknown = try await exchange(Self.question + "Expect: rain\r\n\r\n") { $0.contains("\r\n\r\n") }
        #expect(unknown.hasPrefix("HTTP/1.1 417 "), "\(unknown)")
    }

    @Test func aBodyThatBreaksOffIsItsSendersFault() async throws {
        let events =
            "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\nContent-Length: 90\r\n"
        for head in [Self.question, events] {
            try await withServer { client, server in
                let connection = try await RawConnection.connect(
                    to: try #require(server.address), sending: head + "\r\n\n\n")
                try await Task.sleep(for: .milliseconds(100))
                await connection.close()
                var waited = 0
                while try await refusals(client, "aborted_request") == 0, waited < 500 {
                    try await Task.sleep(for: .milliseconds(20))
                    waited += 1
                }
                #expect(try await refusals(client, "aborted_request") == 1)
                #expect(try await refusals(client, "internal_error") == 0)
                #expect(try await refusals(client, "bad_request") == 0)
            }
        }
    }

    /// Requests that lie there when their client goes are nobody's mistake.
    @Test func leavingManyRequestsBehindIsNoMistakeOfOurs() async throws {
        let lines = LogLines()
        try await withServer(log: lines.log) { client, server in
            let requests = String(repeating: "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", count: 20)
            // Whether one of them is about to begin when its connection ends is a matter of moments.
            for moment in 0..<200 {
                let connection = try await RawConnection.connect(
                    to: try #require(server.address), sending: requests)
                try await Task.sleep(for: .milliseconds(moment % 20))
                await connection.close()
            }
            for _ in 0..<500 where try await refusals(client, "client_gone") == 0 {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await refusals(client, "client_gone") > 0)
        }
        // It has stopped, so nothing is under way any more.
        #expect(!lines.texts().contains { $0.hasPrefix("error") }, "\(lines.texts())")
    }

    @Test func chunksThatAreNoneAreABadRequest() async throws {
        let text = try await exchange(
            "POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n"
                + "Transfer-Encoding: chunked\r\n\r\nzz\r\n")
        #expect(text.hasPrefix("HTTP/1.1 400 ") && text.contains("not framed as HTTP asks"), "\(text)")
    }

    @Test(arguments: ["/v1/sql", "/v1/prices/rebook"])
    func bodiesOfQuestionsMayBeCompressed(path: String) async throws {
        try await withServer(try simulatedStore(seed: 53)) { client, _ in
            let body = path == "/v1/sql" ? #"{"sql":"select 1 as one"}"# : #"{"provider":"openai"}"#
            let type = ("Content-Type", "application/json ; charset=utf-8")
            let whole = try await client.send("POST", path, headers: [type], body: Array(body.utf8))
            #expect(whole.status == 200, "\(whole.text)")
            let packed = try await client.send(
                "POST", path, headers: [type, ("Content-Encoding", " GZIP")], body: Gzip.compress(Array(body.utf8)))
            #expect(packed.status == 200, "\(packed.text)")
            let damaged = try await client.send(
                "POST", path, headers: [type, ("Content-Encoding", "gzip")], body: Array(body.utf8))
            #expect(damaged.status == 400 && damaged.text.contains("damaged"), "\(damaged.text)")
            let unknown = try await client.send(
                "POST", path, headers: [type, ("Content-Encoding", "br")], body: Array(body.utf8))
            #expect(unknown.status == 415 && unknown.text.contains("br is not taken"), "\(unknown.text)")
        }
    }

    // MARK: Versions

    @Test func requestsOfTheOldVersionAreAnsweredInIt() async throws {
        let plain = try await exchange("GET /healthz HTTP/1.0\r\n\r\n")
        #expect(plain.hasPrefix("HTTP/1.0 200 OK\r\n") && plain.hasSuffix("\r\n\r\nok\n"), "\(plain)")
        #expect(plain.contains("Connection: close\r\n"))
        try await withServer(try simulatedStore(seed: 54)) { _, server in
            let connection = try await RawConnection.connect(
                to: try #require(server.address), sending: "GET /v1/events HTTP/1.0\r\n\r\n")
            #expect(try await connection.wait { connection.isClosed })
            #expect(connection.text.hasPrefix("HTTP/1.0 200 OK\r\n"))
            #expect(!connection.text.contains("chunked") && connection.text.contains("\r\n\r\n{\"specversion\""))
        }
    }

    @Test(arguments: [
        "GET /healthz HTTP/1.1\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost:\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST /v1/sql HTTP/1.0\r\nContent-Type: application/sql\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "8\r\nselect 1\r\n0\r\n\r\n",
    ])
    func requestsThatTwoServersCouldReadDifferentlyAreRefused(request: String) async throws {
        let text = try await exchange(request) { $0.contains("\r\n\r\n") }
        #expect(text.hasPrefix("HTTP/1.1 400 "), "\(text)")
    }

    @Test func aConnectionEndsWhereItsRequestSaysSo() async throws {
        let text = try await exchange("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive, Close\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 200 ") && text.contains("Connection: close\r\n"), "\(text)")
    }

    // MARK: Answers

    @Test func everyAnswerSaysWhatItIsAndIsTakenAtItsWord() async throws {
        try await withServer { client, _ in
            for (method, path) in [
                ("GET", "/healthz"), ("GET", "/v1/status"), ("GET", "/nothing"), ("POST", "/v1/sql"), ("GET", "/"),
                ("OPTIONS", "/"), ("GET", PageTests.folder + "style.css"), ("GET", "/session"), ("POST", "/v1/traces"),
            ] {
                let answer = try await client.send(method, path)
                #expect(answer.headers["X-Content-Type-Options"] == "nosniff", "\(method) \(path)")
                #expect(answer.isOfPlimsoll, "\(method) \(path)")
            }
        }
        let broken = try await exchange("no HTTP\r\n\r\n")
        #expect(broken.contains("nosniff"), "\(broken)")
    }

    /// The parser of HTTP gives up before any route is reached.
    @Test(arguments: [
        ("no HTTP\r\n\r\n", "what came is no request of HTTP/1.1"),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "Host stands there twice"),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 100_000) + "\r\n\r\n", "too long"),
        ("POST /v1/sql HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "length of the body"),
    ])
    func whatIsNoRequestIsRefusedInJSON(request: String, message: String) async throws {
        let text = try await exchange(request)
        let parts = text.split(separator: "\r\n\r\n")
        #expect(parts.count == 2 && parts[0].hasPrefix("HTTP/1.1 400 "), "\(text)")
        #expect(parts[0].lowercased().contains("\r\ncontent-type: application/json\r\n"), "\(text)")
        #expect(parts[0].lowercased().contains("\r\ncontent-length: \(parts.last?.utf8.count ?? 0)\r\n"), "\(text)")
        #expect(parts.last?.hasPrefix(#"{"error":""#) == true && parts.last?.contains(message) == true, "\(text)")
        #expect(parts.last?.contains(#""hint":""#) == true, "\(text)")
    }
}

extension String {
    /// How often a part stands in it.
    fileprivate func components(of part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
