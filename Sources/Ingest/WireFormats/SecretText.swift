/// Texts that open something, told by what they begin with: they are withheld wherever they stand.
package enum CredentialPrefixes {
    /// Headers, keys of providers and of code hosts, PEM, JSON Web Tokens.
    package static let beginnings = [
        "Bearer ", "bearer ", "Basic ", "sk-", "sk_live_", "sk_test_", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-",
        "xoxb-", "xoxp-", "AIza", "hf_", "plim_", "-----BEGIN", "eyJhbGci",
    ].map { Array($0.utf8) }
    /// Shorter ones open nothing: `sk-SK` is a language.
    package static let bytesMin = 20

    /// By byte: whether a beginning has it first.
    private static let isFirst: [Bool] = (0..<256).map { byte in beginnings.contains { $0.first == UInt8(byte) } }

    /// Whether a text is long enough for a secret and begins like one.
    package static func begins(_ text: ArraySlice<UInt8>) -> Bool { text.count >= bytesMin && mayBegin(text) }

    /// Whether a text begins like a secret, however long it is.
    package static func mayBegin(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, isFirst[Int(first)] else { return false }
        return beginnings.contains { text.starts(with: $0) }
    }
}
