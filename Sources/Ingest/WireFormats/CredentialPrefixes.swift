/// Keys that their providers begin with words of their own, so that they are told wherever they stand.
///
/// Ids of ours and of anybody else begin so, too (`sk-2024-000123`). So behind a beginning has to stand what that
/// provider issues: bytes of its alphabet, and enough of them in words that nobody would write
/// (``CredentialRun/drawnBytes(in:)``).
package enum CredentialPrefixes {
    /// What keys are made of behind their beginnings.
    private enum Alphabet {
        case hexadecimal
        /// Capitals and digits.
        case capitals
        case letters
        /// Those, digits, `_` and `-`.
        case words
        /// That, and points.
        case dotted
        /// Five groups of hexadecimal digits, as RFC 9562 writes them.
        case uuid

        func has(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39: true
            case 0x41...0x46: true
            case 0x61...0x66: self != .capitals
            case 0x47...0x5A: self != .hexadecimal && self != .uuid
            case 0x67...0x7A: self != .hexadecimal && self != .uuid && self != .capitals
            case UInt8(ascii: "-"): self == .words || self == .dotted || self == .uuid
            case UInt8(ascii: "_"): self == .words || self == .dotted
            case UInt8(ascii: "."): self == .dotted
            default: false
            }
        }
    }

    private struct Beginning {
        var bytes: [UInt8]
        var alphabet: Alphabet
        /// How many bytes of the key have to be drawn by lot; of a whole key nearly all are.
        var drawnMin: Int

        var pair: Int { Int(bytes[0]) << 8 | Int(bytes[1]) }
    }

    private static func beginnings(_ alphabet: Alphabet, _ drawnMin: Int, _ texts: String) -> [Beginning] {
        texts.utf8.split(separator: 0x20).map {
            Beginning(bytes: Array($0), alphabet: alphabet, drawnMin: drawnMin)
        }
    }

    /// By alphabet and by how much of a key has to be drawn: little where no word begins so, more where ids do.
    private static let known: [Beginning] =
        [
            beginnings(.letters, 16, "sk_live_ sk_test_ rk_live_ rk_test_ ghp_ gho_ ghu_ ghs_ ghr_ hf_ fw_"),
            beginnings(.letters, 16, "lin_api_ lin_oauth_"),
            beginnings(.letters, 20, "gsk_ xai- pplx- csk- npm_ phx_ rpa_ r8_ ntn_ nfp_ jina_ api_org_ pnu_ ATBB"),
            beginnings(.words, 8, "sk-ant- tskey- dckr_pat_ dckr_oat_ sq0atp- GOCSPX-"),
            beginnings(.words, 16, "sk- whsec_ github_pat_ glsa_ glc_ pypi- lsv2_ pcsk_ tvly- figd_ sq0csp-"),
            beginnings(.words, 16, "HRKU- pscale_tkn_ fm2_ CCIPAT_ sgp_ sb_secret_ NRII-"),
            beginnings(.words, 20, "AIza ya29. nvapi- sntrys_ PMAK- xkeysib- ATATT plim_"),
            beginnings(.dotted, 8, "glpat- gldt- glrt- glptt- gloas- glsoat- glcbt- glimt- glagent- glft- glffct-"),
            beginnings(.dotted, 8, "xoxb- xoxp- xoxa- xoxr- xoxs- xoxd- xoxe- xoxe. xapp-"),
            beginnings(.dotted, 10, "hvs. hvb. hvr. eyJhbGci"),
            beginnings(.dotted, 20, "SG. dp."),
            beginnings(.dotted, 48, "pat"),
            beginnings(.hexadecimal, 32, "dop_v1_ doo_v1_ dor_v1_ shpat_ shpss_ shpca_ shppa_ sbp_ dapi pul- key- SK"),
            beginnings(.hexadecimal, 32, "sntryu_ rubygems_ e2b_ bkua_ shippo_live_ shippo_test_"),
            beginnings(.capitals, 16, "AKIA ASIA ABIA ACCA NRAK- PMAT-"),
            beginnings(.capitals, 32, "AGE-SECRET-KEY-"),
            beginnings(.uuid, 0, "HRKU- pat-na1- pat-eu1- access-production- access-development-"),
        ]
        .flatMap { $0 }.sorted { $0.pair < $1.pair }

    /// Shorter texts are no key: `sk-SK` is a language.
    package static let bytesMin = 16
    /// So much of a key behind its beginning tells that it is one.
    private static let bytesTold = 64

    /// By the first two bytes, one more than where those of them stand that have these; 0: none has.
    private static let places: [UInt8] = {
        var places = [UInt8](repeating: 0, count: 1 << 16)
        for (place, beginning) in known.enumerated().reversed() { places[beginning.pair] = UInt8(place + 1) }
        return places
    }()

    /// Whether a text is long enough for a key and begins like one.
    /// - Complexity: O(1).
    package static func begins(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= bytesMin, let first = text.first else { return false }
        let place = Int(places[Int(first) << 8 | Int(text[text.startIndex + 1])])
        guard place > 0 else { return false }
        let pair = known[place - 1].pair
        for beginning in known[(place - 1)...] {
            guard beginning.pair == pair else { return false }
            guard text.starts(with: beginning.bytes) else { continue }
            if isKey(text.dropFirst(beginning.bytes.count), beginning) { return true }
        }
        return false
    }

    private static func isKey(_ rest: ArraySlice<UInt8>, _ beginning: Beginning) -> Bool {
        let key = rest.prefix(bytesTold).prefix(while: beginning.alphabet.has)
        switch beginning.alphabet {
        case .uuid: return isUUID(key)
        // Few of them have no digit, and nothing that goes on behind them is one.
        case .capitals:
            return key.count >= beginning.drawnMin && !(rest.dropFirst(key.count).first.map(isLetterOrDigit) ?? false)
                && (key.contains(where: isDigit) || key.count == beginning.drawnMin)
        default: return CredentialRun.drawnBytes(in: key) >= beginning.drawnMin
        }
    }

    private static func isUUID(_ text: ArraySlice<UInt8>) -> Bool {
        let groups = text.prefix(36).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Whether a key's beginning has these first two bytes; most words begin otherwise.
    @inline(__always)
    static func mayBegin(_ first: UInt8, _ second: UInt8) -> Bool { places[Int(first) << 8 | Int(second)] > 0 }

    /// Whether a key may begin somewhere in a text: where a word begins, whatever sign stands before it.
    /// - Complexity: O(bytes).
    package static func mayBeIn(_ text: some Sequence<UInt8>) -> Bool {
        var (before, last): (UInt8, UInt8) = (0, 0)
        for byte in text {
            if mayBegin(last, byte), !isLetterOrDigit(before) { return true }
            (before, last) = (last, byte)
        }
        return false
    }

    /// Where the first key in a part of a text stands, behind any sign but a letter or a digit; nil: none does.
    /// - Parameter looked: Grows by how many bytes were looked at for beginnings.
    /// - Complexity: O(bytes).
    static func first(in part: ArraySlice<UInt8>, looked: inout Int) -> Range<Int>? {
        // Up to there a web token would have to begin that was none a few bytes before.
        var noTokenBefore = part.startIndex
        var place = part.startIndex
        while place + bytesMin <= part.endIndex {
            defer { place += 1 }
            guard mayBegin(part[place], part[place + 1]),
                place == part.startIndex || !isLetterOrDigit(part[place - 1])
            else { continue }
            looked += min(part.endIndex - place, bytesTold)
            if begins(part[place...]) { return place..<end(of: part[place...].prefix(while: isOfKey)) }
            guard place >= noTokenBefore, CredentialText.mayBeWebToken(part[place...]) else { continue }
            let run = part[place...].prefix(while: CredentialText.isOfToken)
            looked += run.count
            let token = place..<end(of: run)
            if CredentialText.isWebToken(part[token]) { return token }
            noTokenBefore = run.endIndex
        }
        return nil
    }

    /// Where a key ends: marks at its end belong to the sentence around it.
    private static func end(of key: ArraySlice<UInt8>) -> Int {
        (key.lastIndex(where: isLetterOrDigit) ?? key.startIndex) + 1
    }

    /// Whether a byte is in keys of any provider.
    static func isOfKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "/"),
            UInt8(ascii: "="):
            true
        default: isLetterOrDigit(byte)
        }
    }
}
