import Access
import Platform
import Testing

/// For whom a proxy asks, and whose word that is.
@Suite struct TrustedProxiesTests {
    private func client(
        _ told: String, peer: String = "10.0.0.1", believing ranges: [String] = ["10.0.0.0/8", "::1"],
        _ field: TrustedProxies.Field = .forwardedFor
    ) throws -> String {
        var proxies = TrustedProxies()
        proxies.ranges = try ranges.map { try #require(IPAddressRange($0)) }
        proxies.field = field
        return proxies.client(peer: peer) { told }
    }

    @Test(arguments: [
        ("203.0.113.9", "203.0.113.9"), (" 203.0.113.9 ", "203.0.113.9"), ("203.0.113.9:4711", "203.0.113.9"),
        // Only what believed proxies added counts; what stands before it anybody may have written.
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"), ("127.0.0.1,203.0.113.9, 10.7.0.2", "203.0.113.9"),
        ("unknown, 203.0.113.9", "203.0.113.9"), ("203.0.113.9, unknown", "10.0.0.1"),
        ("203.0.113.9, unknown, 10.0.0.2", "10.0.0.2"), ("10.0.0.3, 10.0.0.2", "10.0.0.3"), ("", "10.0.0.1"),
        (",", "10.0.0.1"), ("[2001:db8::7]:443", "2001:db8::7"), ("2001:DB8::7", "2001:db8::7"),
        ("fe80::1%eth0", "10.0.0.1"), ("\u{1B}[31m", "10.0.0.1"), ("203.0.113.9;x", "10.0.0.1"),
    ])
    func theFieldIsReadFromItsEnd(told: String, wanted: String) throws {
        #expect(try client(told) == wanted)
    }

    @Test func nobodyElseIsBelieved() throws {
        #expect(try client("203.0.113.9", peer: "192.0.2.7") == "192.0.2.7")
        #expect(try client("203.0.113.9", believing: []) == "10.0.0.1")
        #expect(try client("203.0.113.9", peer: "unknown") == "unknown")
        #expect(try client("203.0.113.9", peer: "::ffff:10.0.0.1") == "203.0.113.9", "the same address")
        #expect(try client("203.0.113.9", peer: "::1") == "203.0.113.9")
    }

    @Test(arguments: [
        ("for=203.0.113.9", "203.0.113.9"), ("For=\"[2001:db8::7]:4711\";proto=https;by=10.0.0.1", "2001:db8::7"),
        ("for=198.51.100.1, for=203.0.113.9;proto=http, for=10.0.0.2", "203.0.113.9"),
        // A quote that a stranger left open hides nothing of what a proxy adds.
        ("for=\"198.51.100.1, for=203.0.113.9", "203.0.113.9"), ("for=_hidden", "10.0.0.1"),
        ("by=10.0.0.2", "10.0.0.1"),
        ("for=203.0.113.9;for=198.51.100.1", "10.0.0.1"), ("203.0.113.9", "10.0.0.1"), ("for=", "10.0.0.1"),
    ])
    func theFieldOfTheStandardIsReadLikewise(told: String, wanted: String) throws {
        #expect(try client(told, .forwarded) == wanted)
    }
}
