import HTTPRequests

extension ShippingFailure {
    /// What it means for shipping that no answer came.
    init(ofClickHouse failure: HTTPFailure) {
        switch failure.kind {
        case .unknownAuthority, .otherName, .outOfDate, .badCertificate, .unreadableAuthorities, .noTLS:
            self.init(
                .permanent, "certificate", "\(failure)",
                advice: "name the authority's certificate by ship.clickhouse.ca_file, and the server by a name that "
                    + "its certificate has")
        case .other: self.init(.transient, "connection", "\(failure)")
        }
    }

    // tests: refusals are told apart without a server.
    /// What a refusal means for shipping.
    /// - Parameters:
    ///   - status: of HTTP.
    ///   - body: ClickHouse's words, with a number of its own.
    package init(ofClickHouse status: Int, _ body: [UInt8]) {
        let line = String(decoding: body.prefix { $0 != UInt8(ascii: "\n") }.prefix(Self.wordsMax), as: UTF8.self)
        guard let code = Self.code(line) else {
            self = Self.withoutCode(status)
            return
        }
        let words = "the server refuses it: \(line)"
        switch code {
        // Unknown user, wrong or missing password, an address that may not.
        case 192, 193, 194, 195, 516:
            self.init(
                .permanent, "login", "the server lets nobody in by this name and password",
                advice: "set ship.clickhouse.user, and password_file or PLIMSOLL_SHIP_CLICKHOUSE_PASSWORD")
        case 164, 291, 497:
            self.init(
                .permanent, "rights", words, advice: "grant the user what Schemas/clickhouse/user.sql grants")
        // Somebody made, dropped or changed something under us: the next connection looks at it anew.
        case 8, 10, 15, 16, 47, 57, 60, 81, 82: self.init(.transient, "schema", words)
        // Times and rates of one query.
        case 159, 160, 394: self.init(.transient, "timeout", words)
        // Memory, and rows or bytes of one query.
        case 158, 241, 307, 396: self.init(.transient, "too_large", words)
        // A copy that has lost those who keep copies together.
        case 242: self.init(.transient, "read_only", words)
        // Too many queries, parts or bytes on disk, for now; a quota.
        case 201, 202, 243, 252, 473: self.init(.transient, "resources", words)
        // A broken way between servers, or to Keeper.
        case 3, 32, 33, 209, 210, 225, 279, 285, 286, 319, 999: self.init(.transient, "connection", words)
        default:
            self.init(
                .permanent, "refused", words, advice: "the server's log says more about its error \(code)")
        }
    }

    // tests: as above.
    /// What is done well has no answer: a server that says something nevertheless says that it failed, whatever HTTP
    /// says.
    /// - Throws: what it means.
    package static func refusal(in answer: [UInt8]) throws(ShippingFailure) {
        if answer.contains(where: { $0 > 0x20 }) { throw ShippingFailure(ofClickHouse: 500, answer) }
    }

    /// So much of what a server says is told.
    private static let wordsMax = 300

    /// `Code: 60. DB::Exception: …`, or with a comma.
    private static func code(_ line: String) -> Int? {
        guard let start = line.firstRange(of: "Code: ")?.upperBound else { return nil }
        return Int(line[start...].prefix { $0.isNumber })
    }

    private static func withoutCode(_ status: Int) -> ShippingFailure {
        switch status {
        case 401, 403:
            ShippingFailure(
                .permanent, "login", "what answers there lets nobody in (HTTP \(status))",
                advice: "see what stands before the server, and ship.clickhouse.user")
        // What stands before the server takes no such body.
        case 413: ShippingFailure(.transient, "too_large", "it answers with HTTP \(status)")
        case 408, 429, 500...599: ShippingFailure(.transient, "connection", "it answers with HTTP \(status)")
        default:
            ShippingFailure(
                .permanent, "refused", "what answers there is no ClickHouse (HTTP \(status))",
                advice: "ship.clickhouse.url wants the address of its HTTP interface, such as "
                    + "http://db.example.org:8123")
        }
    }
}
