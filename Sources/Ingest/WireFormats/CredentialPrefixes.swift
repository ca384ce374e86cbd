internal import Bytes

/// Keys that their providers begin with words of their own, so that they are told wherever they stand.
///
/// Ids of ours and of anybody else begin so, too (`sk-2024-000123`). So behind a beginning has to stand what that
/// provider issues: bytes of its alphabet, as many as it issues, and as a whole drawn by lot
/// (``CredentialRun/isDrawn(_:least:)``).
package enum CredentialPrefixes {
    /// What keys are made of behind their beginnings.
    private enum Alphabet {
        case hexadecimal
        /// 32 of them, and nothing behind them: an MD5 looks the same.
        case digest
        /// Capitals and digits.
        case capitals
        case letters
        /// Those, digits, `_` and `-`.
        case words
        /// That, and points.
        case dotted
        /// What words have, and the other signs of base64.
        case base64
        /// Five groups of hexadecimal digits, as RFC 9562 writes them.
        case uuid
        /// Fourteen letters and digits, a point, and hexadecimal digits of a SHA-256.
        case pointedDigest

        func has(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39: true
            case 0x41...0x46: self != .digest
            case 0x61...0x66: self != .capitals
            case 0x47...0x5A: !isOfDigits
            case 0x67...0x7A: !isOfDigits && self != .capitals
            case UInt8(ascii: "-"): self == .words || self == .dotted || self == .base64 || self == .uuid
            case UInt8(ascii: "_"): self == .words || self == .dotted || self == .base64
            case UInt8(ascii: "."): self == .dotted || self == .pointedDigest
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): self == .base64
            default: false
            }
        }

        /// Whether no other letters are in it than those of hexadecimal digits.
        private var isOfDigits: Bool { self == .hexadecimal || self == .digest || self == .uuid }
    }

    private struct Beginning {
        var bytes: [UInt8]
        var alphabet: Alphabet
        /// How many bytes stand behind it at least, to be looked at as a whole.
        var bytesMin: Int
        /// How many bytes in words that nobody would write tell a key of any length.
        var drawnMin: Int
    }

    /// Up to eight first bytes of a beginning, as they are loaded from a text.
    private struct Head {
        private var bytes: UInt64 = 0
        private var mask: UInt64 = 0

        init(_ beginning: [UInt8]) {
            for (place, byte) in beginning.prefix(8).enumerated() {
                bytes |= UInt64(byte) << UInt64(8 * place)
                mask |= 0xFF << UInt64(8 * place)
            }
        }

        func begins(_ text: UInt64) -> Bool { text & mask == bytes }
    }

    private static func beginnings(
        _ alphabet: Alphabet, _ bytesMin: Int, _ drawnMin: Int, _ texts: String
    ) -> [Beginning] {
        texts.utf8.split(separator: 0x20).map {
            Beginning(bytes: Array($0), alphabet: alphabet, bytesMin: bytesMin, drawnMin: drawnMin)
        }
    }

    /// By alphabet and by how many bytes their providers issue, or a few less where those may come to issue less; then
    /// by how much is told of shorter ones: little where no word begins so, more where ids do.
    private static let known: [Beginning] =
        [
            beginnings(.letters, 22, 16, "fw_ sk_live_ sk_test_ rk_live_ rk_test_"),
            beginnings(.letters, 30, 16, "ghp_ gho_ ghu_ ghs_ ghr_ hf_"),
            beginnings(.letters, 30, 20, "npm_ r8_ ATBB"),
            beginnings(.letters, 36, 16, "lin_api_ lin_oauth_"),
            beginnings(.letters, 36, 20, "gsk_ xai- pplx- csk- ntn_ jina_"),
            beginnings(.letters, 34, .max, "api_org_"),
            beginnings(.letters, 20, .max, "LTAI"),
            beginnings(.letters, 28, .max, "aio_"),
            beginnings(.letters, 32, .max, "cio AKID FLWSECK- ico-"),
            beginnings(.letters, 43, .max, "oy2 secret_"),
            beginnings(.letters, 54, .max, "EZAK EZTK CLOJARS_ cmVmdGtu"),
            beginnings(.letters, 69, .max, "AKCp rdme_"),
            beginnings(.letters, 36, .max, "nfp_ pnu_"),
            beginnings(.letters, 40, .max, "phx_ rpa_"),
            beginnings(.words, 20, 8, "sk-ant- tskey- dckr_pat_ dckr_oat_ sq0atp-"),
            beginnings(.words, 20, 16, "sk-"),
            beginnings(.words, 24, 8, "GOCSPX-"),
            beginnings(.words, 24, 16, "sb_secret_ NRII- tvly-"),
            beginnings(.words, 24, 20, "plim_"),
            beginnings(.words, 35, 16, "figd_ glsa_ lsv2_ pcsk_ sq0csp- CCIPAT_ CCIPRJ_ pscale_tkn_ pscale_pw_"),
            beginnings(.words, 35, 20, "ya29."),
            beginnings(.words, 35, .max, "AIza"),
            beginnings(.words, 40, 16, "github_pat_ pypi- HRKU-"),
            beginnings(.words, 40, 20, "nvapi- PMAK- xkeysib- xsmtpsib- ATATT ATCTT3"),
            beginnings(.words, 20, 16, "GR1348941"),
            beginnings(.words, 40, .max, "CFPAT- duffel_live_ duffel_test_ fo1_ pscale_oauth_ tgp_v1_"),
            beginnings(.words, 50, .max, "sgp_"),
            beginnings(.words, 60, .max, "EAAA atlasv1. fio-u-"),
            beginnings(.words, 80, .max, "sl."),
            beginnings(.base64, 24, 16, "whsec_"),
            beginnings(.base64, 32, 20, "glc_ sntrys_"),
            beginnings(.base64, 48, .max, "fm2_"),
            beginnings(.base64, 70, .max, "eyJrIjoi ops_eyJ"),
            beginnings(.dotted, 20, 12, "glpat- gldt- glrt- glptt- gloas- glsoat- glcbt- glimt-"),
            beginnings(.dotted, 20, 12, "glagent- glft- glffct-"),
            beginnings(.dotted, 20, 8, "xoxb- xoxp- xoxa- xoxr- xoxs- xoxd- xoxe- xoxe. xapp-"),
            beginnings(.dotted, 20, 10, "eyJhbGci"),
            beginnings(.dotted, 24, 16, "hvs. hvb. hvr."),
            beginnings(.dotted, 40, .max, "dp.pt. dp.st. dp.ct. dp.sa. dp.said. dp.scim. dp.audit."),
            beginnings(.dotted, 60, 20, "SG."),
            beginnings(.dotted, 59, .max, "tfp_"),
            beginnings(.dotted, 68, .max, "pat. sat."),
            beginnings(.dotted, 68, 24, "dt0c01. dt0s01. dt0s16."),
            beginnings(.pointedDigest, 79, .max, "pat"),
            beginnings(.hexadecimal, 32, .max, "dop_v1_ doo_v1_ dor_v1_ sbp_ dapi pul- sk-"),
            beginnings(.hexadecimal, 32, .max, "shpat_ shpss_ shpca_ shppa_ shptka_ lsv2_pt_ lsv2_sk_"),
            beginnings(.hexadecimal, 32, .max, "sntryu_ rubygems_ e2b_ bkua_ shippo_live_ shippo_test_"),
            beginnings(.hexadecimal, 40, .max, "sgp_ squ_ sqp_ sqa_"),
            beginnings(.hexadecimal, 48, .max, "sk_"),
            beginnings(.digest, 32, .max, "key-"),
            beginnings(.capitals, 16, .max, "AKIA ASIA ABIA ACCA NRAK- PMAT-"),
            beginnings(.capitals, 26, .max, "API-"),
            beginnings(.capitals, 32, .max, "AGE-SECRET-KEY-"),
            beginnings(.uuid, 36, .max, "HRKU- sk-lf- pat-na1- pat-na2- pat-eu1-"),
            beginnings(.uuid, 36, .max, "access-production- access-development-"),
        ]
        .flatMap { $0 }.sorted { $0.bytes[0] < $1.bytes[0] }

    /// Shorter texts are no key: `sk-SK` is a language.
    package static let bytesMin = 16
    /// So much of a key behind its beginning tells that it is one.
    private static let bytesTold = 80

    /// By place in `known`; behind them that of a web token.
    private static let heads = known.map { Head($0.bytes) } + [Head(CredentialText.webTokenStart)]

    /// By the first byte, where those stand in `known` that have it; they end where those of the next byte begin.
    private static let places: [Int] = (0...256).map { byte in known.count { Int($0.bytes[0]) < byte } }

    static let starts = CredentialStarts(known.map(\.bytes) + [CredentialText.webTokenStart])

    /// Whether a text is long enough for a key and begins like one.
    /// - Parameter isID: Whether it stands where ids do: what may be a digest behind a word is one there.
    /// - Complexity: O(1).
    package static func begins(_ text: ArraySlice<UInt8>, isID: Bool = false) -> Bool {
        guard text.count >= bytesMin else { return false }
        let head = text.span.loadUInt64(at: 0)
        let first = Int(head & 0xFF)
        for place in places[first]..<places[first + 1] where heads[place].begins(head) {
            let beginning = known[place]
            guard text.starts(with: beginning.bytes), !isID || beginning.alphabet != .digest else { continue }
            if isKey(text.dropFirst(beginning.bytes.count), beginning) { return true }
        }
        return false
    }

    private static func isKey(_ rest: ArraySlice<UInt8>, _ beginning: Beginning) -> Bool {
        let least = beginning.bytesMin
        let key = rest.prefix(bytesTold).prefix(while: beginning.alphabet.has)
        let goesOn = rest.dropFirst(key.count).first.map(isLetterOrDigit) ?? false
        switch beginning.alphabet {
        case .uuid: return isUUID(key)
        // Few of them have no digit, and nothing that goes on behind them is one.
        case .capitals:
            return key.count >= least && !goesOn && (key.contains(where: isDigit) || key.count == least)
        case .hexadecimal:
            return key.count >= least && (!goesOn || key.count == bytesTold) && CredentialRun.isHexadecimal(key)
        case .digest:
            return key.count == least && (rest.dropFirst(least).first.map { !isOfKey($0) } ?? true)
                && CredentialRun.isHexadecimal(key)
        case .pointedDigest:
            return key.count >= least && key.prefix(14).allSatisfy(isLetterOrDigit)
                && key[key.startIndex + 14] == UInt8(ascii: ".")
                && CredentialRun.isHexadecimal(key.dropFirst(15).prefix(64))
        case .letters, .words, .dotted, .base64:
            if isUUID(key) || isUUID(key.suffix(36)) || isPlainID(key) { return false }
            if CredentialRun.drawnBytes(in: key) >= beginning.drawnMin { return true }
            // The beginning alone as well, since a word may go on behind the key.
            return key.count >= least
                && (CredentialRun.isDrawn(key, least: keyDrawnMin)
                    || CredentialRun.isDrawn(key.prefix(least), least: keyDrawnMin))
        }
    }

    /// So many bytes of a key are in words that nobody would write; the others may be parts of it that say what it is.
    private static let keyDrawnMin = 10

    /// Whether it is an id in hexadecimal digits, or an MD5.
    private static func isPlainID(_ text: ArraySlice<UInt8>) -> Bool {
        (20..<36).contains(text.count) && text.allSatisfy(isHexadecimal)
            && !(text.contains { $0 >= 0x61 } && text.contains { (0x41...0x46).contains($0) })
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }

    /// Whether the first bytes are a UUID: groups of 8, 4, 4, 4 and 12 digits.
    private static func isUUID(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= 36 else { return false }
        return (0..<36).allSatisfy { place in
            let byte = text[text.startIndex + place]
            return switch place {
            case 8, 13, 18, 23: byte == UInt8(ascii: "-")
            default: isHexadecimal(byte)
            }
        }
    }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Whether a text is long enough from a place on for a key or a web token, and has the beginning of one there.
    /// - Parameter starts: The table of that name; whoever asks for many places gets it once.
    /// - Complexity: O(1).
    @inline(__always)
    static func mayBegin(_ text: Span<UInt8>, at place: Int, _ starts: CredentialStarts) -> Bool {
        guard place <= text.count - bytesMin else { return false }
        let head = text.loadUInt64(at: place)
        return starts.mayBegin(UInt8(head & 0xFF), UInt8(head &>> 8 & 0xFF)) && isBeginning(head)
    }

    private static func isBeginning(_ head: UInt64) -> Bool {
        let first = Int(head & 0xFF)
        return heads[places[first]..<places[first + 1]].contains { $0.begins(head) } || heads[known.count].begins(head)
    }

    /// Whether a key may begin somewhere in a text: where a word begins, whatever sign stands before it.
    /// - Complexity: O(bytes).
    package static func mayBeIn(_ text: Span<UInt8>) -> Bool {
        let starts = starts
        var isBegun = false
        for place in text.indices.dropLast(bytesMin - 1) {
            if !isBegun, mayBegin(text, at: place, starts) { return true }
            isBegun = isLetterOrDigit(text[place])
        }
        return false
    }

    /// Where the first key stands that begins in the first part of a word, behind any sign but a letter or a digit;
    /// nil: none does. Only a key in base64 goes on behind the part, since a slash ends parts.
    /// - Parameters:
    ///   - partEnd: Where the part ends.
    ///   - isID: Whether the text stands where ids do.
    ///   - looked: Grows by how many bytes were looked at for beginnings.
    /// - Complexity: O(bytes).
    static func first(
        in word: ArraySlice<UInt8>, to partEnd: Int, isID: Bool, looked: inout Int
    ) -> Range<Int>? {
        let part = word[..<partEnd]
        // Up to there a web token would have to begin that was none a few bytes before.
        var noTokenBefore = part.startIndex
        let (bytes, start, starts) = (word.span, part.startIndex, starts)
        for place in part.indices {
            guard place == start || !isLetterOrDigit(part[place - 1]), mayBegin(bytes, at: place - start, starts)
            else { continue }
            let key = goesOnBehindParts(part[place...]) ? word[place...] : part[place...]
            looked += min(key.count, bytesTold) + edgeBytes
            if begins(key, isID: isID) { return place..<end(of: key.prefix(while: isOfKey)) }
            guard place >= noTokenBefore, CredentialText.mayBeWebToken(part[place...]) else { continue }
            let run = part[place...].prefix(while: CredentialText.isOfToken)
            looked += run.count
            let token = place..<end(of: run)
            if CredentialText.isWebToken(part[token]) { return token }
            noTokenBefore = run.endIndex
        }
        return nil
    }

    private static let inBase64 = known.filter { $0.alphabet == .base64 }.map(\.bytes)
    /// Beginnings of those are not longer.
    private static let edgeBytes = 8

    private static func goesOnBehindParts(_ part: ArraySlice<UInt8>) -> Bool {
        inBase64.contains { part.starts(with: $0) }
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
