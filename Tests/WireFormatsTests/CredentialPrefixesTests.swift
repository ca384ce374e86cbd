import Testing
import WireFormats

@Suite struct SecretTextTests {
    /// Every beginning that is known, so that none is lost: events, spans and names of spans look for the same ones.
    static let beginnings = [
        "Bearer ", "bearer ", "Basic ", "sk-", "sk_live_", "sk_test_", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-",
        "xoxb-", "xoxp-", "AIza", "hf_", "plim_", "-----BEGIN", "eyJhbGci",
    ]

    private static func filled(_ beginning: String, _ count: Int) -> String {
        beginning + String(repeating: "x", count: count - beginning.utf8.count)
    }

    @Test func everyBeginningIsKnown() {
        #expect(SecretText.beginnings.map { String(decoding: $0, as: UTF8.self) } == Self.beginnings)
    }

    @Test(arguments: beginnings)
    func secretsAreToldByTheirBeginning(_ beginning: String) {
        let long = Self.filled(beginning, SecretText.bytesMin)
        let short = Self.filled(beginning, SecretText.bytesMin - 1)
        #expect(SecretText.begins(Array(long.utf8)[...]) && SecretText.mayBegin(long.utf8))
        #expect(!SecretText.begins(Array(short.utf8)[...]) && SecretText.mayBegin(short.utf8))
        let inside = Array((" " + long).utf8)
        #expect(!SecretText.begins(inside[...]) && SecretText.begins(inside[1...]))
    }

    @Test(arguments: [
        "", "sk", "sk_SK", "BEARER token-of-somebody", "basic abcdefghijklmnopqrstuvwxyz", "eyJhbGc", "-----",
    ])
    func othersAreNone(_ text: String) {
        #expect(!SecretText.mayBegin(text.utf8) && !SecretText.begins(Array((text + "0123456789012345678").utf8)[...]))
    }

    /// Members of events whose values are secrets are withheld under any name.
    @Test(arguments: beginnings)
    func eventsKeepNoSecrets(_ beginning: String) {
        let text = Self.filled(beginning, 40)
        #expect(!row(event("llm.call", #""note":"\#(text)","kept":"yes""#)).contains("xxx"))
        #expect(row(event("llm.call", #""note":"\#(text)","kept":"yes""#)).contains("yes"))
    }
}
