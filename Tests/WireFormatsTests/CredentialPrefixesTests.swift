import Testing
import WireFormats

@Suite struct CredentialPrefixesTests {
    /// Every beginning that is known, so that none is lost: events, spans and names of spans look for the same ones.
    static let beginnings = [
        "Bearer ", "bearer ", "Basic ", "sk-", "sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "ghp_", "gho_",
        "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glsa_", "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-",
        "xapp-", "AIza", "ya29.", "GOCSPX-", "hf_", "plim_", "-----BEGIN", "eyJhbGci", "pypi-", "dop_v1_", "shpat_",
        "shpss_", "lsv2_", "pcsk_", "gsk_", "xai-", "pplx-", "tvly-", "nvapi-", "sntrys_", "hvs.", "tskey-",
        "AGE-SECRET-KEY-", "dckr_pat_", "figd_", "lin_api_", "sq0atp-", "glrt-", "glptt-", "gloas-", "xoxe-", "xoxe.",
    ]

    private static func filled(_ beginning: String, _ count: Int) -> String {
        beginning + String(repeating: "x", count: count - beginning.utf8.count)
    }

    @Test func everyBeginningIsKnown() {
        #expect(CredentialPrefixes.beginnings.map { String(decoding: $0, as: UTF8.self) } == Self.beginnings)
    }

    @Test(arguments: beginnings)
    func secretsAreToldByTheirBeginning(_ beginning: String) {
        let long = Self.filled(beginning, CredentialPrefixes.bytesMin)
        let short = Self.filled(beginning, CredentialPrefixes.bytesMin - 1)
        #expect(CredentialPrefixes.begins(Array(long.utf8)[...]) && CredentialPrefixes.mayBegin(long.utf8))
        #expect(!CredentialPrefixes.begins(Array(short.utf8)[...]) && CredentialPrefixes.mayBegin(short.utf8))
        let inside = Array((" " + long).utf8)
        #expect(!CredentialPrefixes.begins(inside[...]) && CredentialPrefixes.begins(inside[1...]))
    }

    @Test(arguments: [
        "", "sk", "sk_SK", "BEARER token-of-somebody", "basic abcdefghijklmnopqrstuvwxyz", "eyJhbGc", "-----",
    ])
    func othersAreNone(_ text: String) {
        #expect(
            !CredentialPrefixes.mayBegin(text.utf8)
                && !CredentialPrefixes.begins(Array((text + "0123456789012345678").utf8)[...]))
    }

    /// Members of events whose values are secrets are withheld under any name.
    @Test(arguments: beginnings)
    func eventsKeepNoSecrets(_ beginning: String) {
        let text = Self.filled(beginning, 40)
        #expect(!row(event("llm.call", #""note":"\#(text)","kept":"yes""#)).contains("xxx"))
        #expect(row(event("llm.call", #""note":"\#(text)","kept":"yes""#)).contains("yes"))
    }
}
