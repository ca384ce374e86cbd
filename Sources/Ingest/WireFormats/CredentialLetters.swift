/// Letters of names as they are compared: small ones, without marks, those of the Latin script in ASCII.
///
/// So `ŞİFRE`, `şifre` and `sifre` are one name, whether a mark is part of a letter or stands behind it, and `ｋｅｙ` in
/// wide letters is `key`.
enum CredentialLetters {
    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    /// Whether a byte is a letter, or part of a scalar that may be one.
    static func mayBeOfLetter(_ byte: UInt8) -> Bool { byte >= 0x80 || isLetter(byte) }

    /// The letters at the end of a name, in UTF-8; all else, such as digits, blanks and quotes, is passed over.
    /// - Parameter keepsOthers: Whether letters of other scripts than the Latin one stay as well.
    /// - Complexity: O(1): of a long name its end is looked at.
    static func folded(_ name: ArraySlice<UInt8>, keepsOthers: Bool) -> [UInt8] {
        var rest = name.suffix(CredentialText.edgeBytes)
        var letters: [UInt8] = []
        letters.reserveCapacity(rest.count)
        while let first = rest.popFirst() {
            if isLetter(first) { letters.append(first | 0x20) }
            // Neither ASCII nor the rest of a scalar that was cut off; those of four bytes are no letters of names.
            guard (0xC2..<0xF0).contains(first) else { continue }
            let scalar = scalar(first, &rest)
            if let letter = latin(scalar) {
                letters.append(letter)
            } else if keepsOthers, isOfOtherScript(scalar) {
                append(small(scalar), to: &letters)
            }
        }
        return letters
    }

    /// The scalar of two or three bytes that a byte begins; 0: it is cut off.
    private static func scalar(_ first: UInt8, _ rest: inout ArraySlice<UInt8>) -> UInt32 {
        let isLong = first >= 0xE0
        var scalar = UInt32(first & (isLong ? 0x0F : 0x1F))
        for _ in 0..<(isLong ? 2 : 1) {
            guard let next = rest.first, next & 0xC0 == 0x80 else { return 0 }
            scalar = scalar << 6 | UInt32(next & 0x3F)
            rest.removeFirst()
        }
        return scalar
    }

    private static func append(_ scalar: UInt32, to letters: inout [UInt8]) {
        if scalar < 0x800 {
            letters.append(UInt8(0xC0 | scalar >> 6))
        } else {
            letters.append(UInt8(0xE0 | scalar >> 12))
            letters.append(UInt8(0x80 | scalar >> 6 & 0x3F))
        }
        letters.append(UInt8(0x80 | scalar & 0x3F))
    }

    /// From U+00C0 and U+1EA0 on, the letters without their marks; a point is none.
    private static let marked = Array(
        ("aaaaaaaceeeeiiiidnooooo.ouuuuyts" + "aaaaaaaceeeeiiiidnooooo.ouuuuyty"
            + "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooo"
            + "rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs").utf8)
    private static let markedTwice =
        [("a", 24), ("e", 16), ("i", 4), ("o", 24), ("u", 14), ("y", 8)].flatMap {
            Array(repeating: Array($0.0.utf8)[0], count: $0.1)
        }

    private static func latin(_ scalar: UInt32) -> UInt8? {
        switch scalar {
        case 0xC0..<(0xC0 + UInt32(marked.count)):
            let letter = marked[Int(scalar - 0xC0)]
            return isLetter(letter) ? letter : nil
        case 0x1EA0..<(0x1EA0 + UInt32(markedTwice.count)): return markedTwice[Int(scalar - 0x1EA0)]
        // Wide ones.
        case 0xFF21...0xFF3A: return UInt8(scalar - 0xFF21 + 0x61)
        case 0xFF41...0xFF5A: return UInt8(scalar - 0xFF41 + 0x61)
        default: return nil
        }
    }

    /// Greek, Cyrillic, Hebrew, Arabic, the scripts of India and of Thailand, those of China, Japan and Korea; without
    /// marks that stand behind letters in the first ones, digits and signs.
    private static func isOfOtherScript(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x370...0x482, 0x48A...0x58F, 0x5D0...0x5EA, 0x620...0x63F, 0x641...0x64A, 0x671...0x6D3, 0x900...0x963,
            0x971...0xE4E, 0x3041...0x30FF, 0x3400...0xD7A3:
            true
        default: false
        }
    }

    private static func small(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x391...0x3A9, 0x410...0x42F: scalar + 0x20
        case 0x400...0x40F: scalar + 0x50
        // In Greek, vowels with an accent, and the sigma that ends words.
        case 0x386, 0x3AC: 0x3B1
        case 0x388, 0x3AD: 0x3B5
        case 0x389, 0x3AE: 0x3B7
        case 0x38A, 0x3AF: 0x3B9
        case 0x38C, 0x3CC: 0x3BF
        case 0x38E, 0x3CD: 0x3C5
        case 0x38F, 0x3CE: 0x3C9
        case 0x3C2: 0x3C3
        default: scalar
        }
    }
}
