internal import Bytes

/// A run of letters and digits, counted to tell whether it was drawn by lot.
struct CredentialRun {
    private var count = 0, digitRuns = 0, capitals = 0, small = 0, smallRun = 0, smallRunMax = 0
    private var wasDigit = false
    /// How often a digit, a capital or a small letter stands behind another kind of them.
    private var turns = 0
    private var lastKind: UInt8 = 0
    /// Bytes that are in words with a capital, such as `Pro` and `Max`, of those that have ended; the last word has a
    /// vowel, and begins with a capital.
    private var written = 0
    private var hasVowel = false, isAfterCapital = false

    /// Shorter runs may be words.
    static let bytesMin = 20
    /// Shorter ones may be numbers, or the beginnings of hashes.
    static let hexadecimalBytesMin = 32

    /// - Returns: false for what is in no such run.
    private mutating func take(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39:
            endWord()
            if !wasDigit { digitRuns += 1 }
            (wasDigit, isAfterCapital) = (true, false)
        case 0x41...0x5A:
            endWord()
            (capitals, wasDigit, isAfterCapital, hasVowel) = (capitals + 1, false, true, Self.isVowel(byte))
        case 0x61...0x7A:
            (small, wasDigit, smallRun) = (small + 1, false, smallRun + 1)
            smallRunMax = max(smallRunMax, smallRun)
            hasVowel = hasVowel || Self.isVowel(byte)
        default: return false
        }
        // The kinds differ in these bits.
        let kind = byte & 0x60
        if count > 0, kind != lastKind { turns += 1 }
        (count, lastKind) = (count + 1, kind)
        return true
    }

    private var writtenBySmall: Int { isAfterCapital && hasVowel && smallRun >= 2 ? smallRun + 1 : 0 }

    private mutating func endWord() { (written, smallRun) = (written + writtenBySmall, 0) }

    static func isVowel(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"): true
        default: false
        }
    }

    private var isRandom: Bool {
        guard count >= Self.bytesMin, digitRuns >= 2, capitals >= 3, small >= 3, smallRunMax <= 6 else { return false }
        // What is named and numbered (`MacBookPro14M3Max36GB1TB`) is words for the most part.
        return 2 * (written + writtenBySmall) < count
    }

    /// Whether a text is drawn by lot as a whole, signs in it passed over: letters of both cases and digits in turn,
    /// and not nearly all letters in words. Numbers and words, with a capital or without, are left out of it: ids are
    /// made of them.
    /// - Parameter least: How many bytes have to be in other words.
    /// - Complexity: O(bytes).
    static func isDrawn(_ text: ArraySlice<UInt8>, least: Int) -> Bool {
        var (count, letters, turns, written) = (0, 0, 0, 0)
        var run = CredentialRun()
        func end() {
            guard !run.isWord else { return }
            count += run.count
            letters += run.capitals + run.small
            turns += run.count >= wordMax && run.turns == 0 ? run.count : run.turns
            written += run.written + run.writtenBySmall
        }
        for byte in text where !run.take(byte) {
            end()
            run = CredentialRun()
        }
        end()
        return count >= least && 5 * turns >= count && 10 * written < 9 * letters
    }

    /// Words are shorter.
    private static let wordMax = 24

    /// Digits alone, or letters as words have them.
    private var isWord: Bool {
        if capitals + small == 0 { return true }
        return count < Self.wordMax && (small == count || capitals == count || turns == 1 && small == count - 1)
    }

    /// How many bytes of a text are in words that nobody would write. Numbers, words, and words with a number before or
    /// behind them, such as `2024`, `session` and `order77`, are what ids are made of; signs part them.
    /// - Complexity: O(bytes).
    static func drawnBytes(in text: ArraySlice<UInt8>) -> Int {
        var (drawn, word) = (0, Word())
        for byte in text where !word.take(byte) {
            drawn += word.isDrawn ? word.count : 0
            word = Word()
        }
        return drawn + (word.isDrawn ? word.count : 0)
    }

    /// Letters and digits that no sign parts.
    private struct Word {
        private(set) var count = 0
        private var digits = 0, capitals = 0, smallRun = 0, smallRunMax = 0
        /// Letters in a row, or digits.
        private var runs = 0
        private var isDigit = false

        /// - Returns: false for what is in no word.
        mutating func take(_ byte: UInt8) -> Bool {
            let wasDigit = isDigit
            switch byte {
            case 0x30...0x39: (digits, smallRun, isDigit) = (digits + 1, 0, true)
            case 0x41...0x5A: (capitals, smallRun, isDigit) = (capitals + 1, 0, false)
            case 0x61...0x7A:
                (smallRun, isDigit) = (smallRun + 1, false)
                smallRunMax = max(smallRunMax, smallRun)
            default: return false
            }
            if count == 0 || wasDigit != isDigit { runs += 1 }
            count += 1
            return true
        }

        /// Whether it is drawn by lot, and not written.
        var isDrawn: Bool {
            if digits == 0 {
                // Longer than words are, or capitals where no word has them.
                let isMixed = count >= 8 && capitals >= 2 && count - capitals >= 2 && smallRunMax <= 3
                return count >= 24 || isMixed
            }
            switch runs {
            case 1: return false
            // A number behind a word may be a day without its century, before one it is short: `4o`.
            case 2: return digits > (isDigit ? 6 : 4)
            case 3: return count > 6
            default: return true
            }
        }
    }

    /// Whether a run of letters and digits looks drawn by lot: small ones, capitals and digits in turn, and no word
    /// among them.
    static func isRandom(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.count >= bytesMin else { return false }
        var run = CredentialRun()
        for byte in part {
            if !run.take(byte) {
                if run.isRandom { return true }
                run = CredentialRun()
            }
        }
        return run.isRandom
    }

    /// Where a word, read from there to its end, looks like bytes in base64, which a path does not: a path has words.
    ///
    /// The places are neighbours, since more of a word has no fewer letters and no shorter words, so one look from the
    /// end finds them all.
    static func base64Starts(in word: ArraySlice<UInt8>) -> Range<Int> {
        guard word.count >= 32 else { return 0..<0 }
        var (count, digits, capitals, small, smallRun) = (0, 0, 0, 0, 0)
        var first = word.startIndex
        var last: Int?
        scan: for place in word.indices.reversed() {
            switch word[place] {
            case 0x30...0x39: (count, digits, smallRun) = (count + 1, digits + 1, 0)
            case 0x41...0x5A: (count, capitals, smallRun) = (count + 1, capitals + 1, 0)
            case 0x61...0x7A: (count, small, smallRun) = (count + 1, small + 1, smallRun + 1)
            case UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="): break
            default: smallRun = .max
            }
            if smallRun > 4 {
                first = place + 1
                break scan
            }
            let isEnough = count >= 30 && digits >= 1 && capitals >= 6 && small >= 6
            if last == nil, isEnough, word.endIndex - place >= 32 { last = place }
        }
        return last.map { first..<($0 + 1) } ?? 0..<0
    }

    /// Whether it is a key in hexadecimal digits, which look like ids and hashes: those have names that say so.
    static func isHexadecimal(_ part: ArraySlice<UInt8>) -> Bool {
        guard part.count >= hexadecimalBytesMin else { return false }
        var (digits, small, capitals) = (0, 0, 0)
        for byte in part {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x41...0x46: capitals += 1
            case 0x61...0x66: small += 1
            default: return false
            }
        }
        return digits >= 4 && small + capitals >= 4 && (small == 0 || capitals == 0)
    }

    /// The first such key in a part of a text, whatever signs stand around it.
    /// - Complexity: O(bytes).
    static func hexadecimal(in part: ArraySlice<UInt8>) -> Range<Int>? {
        var rest = part
        while rest.count >= hexadecimalBytesMin {
            let piece = rest.prefix(while: CredentialPrefixes.isOfKey)
            if let first = piece.firstIndex(where: CredentialPrefixes.isLetterOrDigit),
                let last = piece.lastIndex(where: CredentialPrefixes.isLetterOrDigit),
                isHexadecimal(piece[first...last]) || isHexadecimalWithEnd(piece[first...last])
            {
                return first..<(last + 1)
            }
            rest = rest.dropFirst(piece.count + 1)
        }
        return nil
    }

    /// Whether it is such a key with what services for mail put behind theirs: a place (`-us12`), or two groups of
    /// eight digits.
    private static func isHexadecimalWithEnd(_ part: ArraySlice<UInt8>) -> Bool {
        let end = part.dropFirst(hexadecimalBytesMin)
        guard (4...18).contains(end.count), isHexadecimal(part.prefix(hexadecimalBytesMin)) else { return false }
        if end.starts(with: "-us".utf8) {
            return end.count <= 5 && end.dropFirst(3).allSatisfy { (0x30...0x39).contains($0) }
        }
        return end.count == 18 && end.indices.allSatisfy { place in
            let isSign = (place - end.startIndex) % 9 == 0
            return isSign ? end[place] == UInt8(ascii: "-") : hexadecimalValue(of: end[place]) != nil
        }
    }

    /// Ids as services issue them, drawn by lot behind a word that says of what they are: `ch_…`, `call_…`.
    static func isIssuedID(_ part: ArraySlice<UInt8>) -> Bool {
        guard let sign = part.firstIndex(where: { !CredentialPrefixes.isLetterOrDigit($0) }),
            sign - part.startIndex <= idBytesMax, sign < part.endIndex - 1
        else { return false }
        let beginning = part[...sign]
        return idBeginnings.contains { $0.elementsEqual(beginning) }
            && part[(sign + 1)...].allSatisfy(CredentialPrefixes.isLetterOrDigit)
    }

    private static let idBeginnings =
        ("ch_ pi_ cus_ sub_ in_ evt_ pm_ re_ txn_ price_ prod_ seti_ si_ acct_ req_ tr_ po_ il_ ba_ card_ dp_ du_ pyr_ "
        + "msg_ run_ thread_ asst_ resp_ call_ toolu_ batch_ chatcmpl- file- ftjob-").utf8.split(separator: 0x20)
        .map { Array($0) }
    private static let idBytesMax = 8

    /// Names before hashes: `sha256:…`.
    static func isDigest(_ name: ArraySlice<UInt8>) -> Bool {
        name.starts(with: "sha".utf8) || name.starts(with: "md5".utf8)
    }
}
