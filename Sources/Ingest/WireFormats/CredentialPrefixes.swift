/// Texts that open something, told by what they begin with: they are withheld wherever they stand.
package enum CredentialPrefixes {
    /// Headers, keys of providers and of code hosts, PEM, JSON Web Tokens.
    package static let beginnings = [
        "Bearer ", "bearer ", "Basic ", "sk-", "sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "ghp_", "gho_",
        "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glsa_", "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-",
        "xapp-", "AIza", "ya29.", "GOCSPX-", "hf_", "plim_", "-----BEGIN", "eyJhbGci", "pypi-", "dop_v1_", "shpat_",
        "shpss_", "lsv2_", "pcsk_", "gsk_", "xai-", "pplx-", "tvly-", "nvapi-", "sntrys_", "hvs.", "tskey-",
        "AGE-SECRET-KEY-", "dckr_pat_", "figd_", "lin_api_", "sq0atp-", "glrt-", "glptt-", "gloas-", "xoxe-", "xoxe.",
    ].map { Array($0.utf8) }
    /// Beginnings that words have, too: a digit and a capital, or great length, have to go on.
    private static let likeWords = ["AKIA", "ASIA", "SG.", "npm_", "phx_", "rpa_", "r8_", "dapi", "ntn_", "sbp_"]
        .map { Array($0.utf8) }
    /// Shorter ones open nothing: `sk-SK` is a language.
    package static let bytesMin = 20
    /// With a digit in it, a key may be as short.
    private static let bytesMinOfKey = 12

    /// By the first two bytes: whether a beginning has them.
    private static let isPair: [Bool] = {
        var pairs = [Bool](repeating: false, count: 1 << 16)
        for beginning in beginnings + likeWords { pairs[Int(beginning[0]) << 8 | Int(beginning[1])] = true }
        return pairs
    }()

    /// Whether a text's first two bytes are those of a beginning: most texts need no second look.
    @inline(__always)
    static func beginsLikeOne(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= 2 else { return false }
        return isPair[Int(text[text.startIndex]) << 8 | Int(text[text.startIndex + 1])]
    }

    /// Whether a text is long enough for a secret and begins like one.
    package static func begins(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= bytesMinOfKey, isPair[Int(text[text.startIndex]) << 8 | Int(text[text.startIndex + 1])]
        else { return false }
        if let beginning = beginnings.first(where: { text.starts(with: $0) }) {
            return text.count >= bytesMin || text.dropFirst(beginning.count).contains(where: isDigit)
        }
        guard text.count >= bytesMin, let beginning = likeWords.first(where: { text.starts(with: $0) }) else {
            return false
        }
        let rest = text.dropFirst(beginning.count)
        return rest.count >= 30 || rest.contains(where: isDigit) && rest.contains { (0x41...0x5A).contains($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Whether a text begins like a secret, however long it is.
    package static func mayBegin(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first, let second = text.dropFirst().first, isPair[Int(first) << 8 | Int(second)] else {
            return false
        }
        return beginnings.contains { text.starts(with: $0) } || likeWords.contains { text.starts(with: $0) }
    }
}
