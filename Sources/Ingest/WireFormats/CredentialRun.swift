/// A run of letters and digits, counted to tell whether it was drawn by lot.
struct CredentialRun {
    private var count = 0, digitRuns = 0, capitals = 0, small = 0, smallRun = 0, smallRunMax = 0
    private var wasDigit = false

    /// Shorter runs may be words.
    static let bytesMin = 20
    /// Shorter ones may be numbers, or the beginnings of hashes.
    static let hexadecimalBytesMin = 32

    /// - Returns: false for what is in no such run.
    private mutating func take(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39:
            if !wasDigit { digitRuns += 1 }
            (wasDigit, smallRun) = (true, 0)
        case 0x41...0x5A: (capitals, wasDigit, smallRun) = (capitals + 1, false, 0)
        case 0x61...0x7A:
            (small, wasDigit, smallRun) = (small + 1, false, smallRun + 1)
            smallRunMax = max(smallRunMax, smallRun)
        default: return false
        }
        count += 1
        return true
    }

    private var isRandom: Bool {
        count >= Self.bytesMin && digitRuns >= 2 && capitals >= 3 && small >= 3 && smallRunMax <= 6
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

    /// Names before hashes: `sha256:…`.
    static func isDigest(_ name: ArraySlice<UInt8>) -> Bool {
        name.starts(with: "sha".utf8) || name.starts(with: "md5".utf8)
    }
}
