/// Letters of names as they are compared: small ones, without marks, those of the Latin script in ASCII.
///
/// So `ŞİFRE`, `şifre` and `sifre` are one name, whether a mark is part of a letter or stands behind it. In which form
/// a letter is written is a matter of ``CredentialForms``.
enum CredentialLetters {
    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    /// Whether a byte is a letter, or part of a scalar that may be one.
    static func mayBeOfLetter(_ byte: UInt8) -> Bool { byte >= 0x80 || isLetter(byte) }

    /// The letters at the end of a name, in UTF-8; all else, such as digits, blanks and quotes, is passed over.
    /// - Parameter keepsOthers: Whether letters of other scripts than the Latin one stay as well.
    /// - Complexity: O(1): of a long name its end is looked at.
    static func folded(_ name: ArraySlice<UInt8>, keepsOthers: Bool) -> [UInt8] {
        let name = CredentialForms(name.suffix(CredentialText.edgeBytes)).text
        var letters: [UInt8] = []
        letters.reserveCapacity(name.count)
        var place = name.startIndex
        while place < name.endIndex {
            let first = name[place]
            if isLetter(first) { letters.append(first | 0x20) }
            // 0 for what is ASCII, and for what is no text.
            let (scalar, length) = CredentialForms.scalar(in: name, at: place)
            place += length
            guard scalar > 0 else { continue }
            if let letter = latin(scalar) {
                letters.append(letter)
            } else if keepsOthers, isOfOtherScript(scalar) {
                CredentialForms.append(small(scalar), to: &letters)
            }
        }
        return letters
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
        default: return nil
        }
    }

    /// Greek, Cyrillic, Hebrew, Arabic, the scripts of India and of Thailand, those of China, Japan and Korea; without
    /// marks that stand behind letters in the first ones and in Japanese, digits and signs.
    private static func isOfOtherScript(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x370...0x482, 0x48A...0x58F, 0x5D0...0x5EA, 0x620...0x63F, 0x641...0x64A, 0x671...0x6D3, 0x900...0x963,
            0x971...0xE4E, 0x1F70...0x1F7D, 0x3041...0x3096, 0x309D...0x30FF, 0x3400...0xD7A3:
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
        // The same vowels with either accent, as polytonic Greek has them.
        case 0x1F70...0x1F7D: vowels[Int(scalar - 0x1F70) / 2]
        default: scalar
        }
    }

    /// Of Greek, as they follow each other with accents.
    private static let vowels: [UInt32] = [0x3B1, 0x3B5, 0x3B7, 0x3B9, 0x3BF, 0x3C5, 0x3C9]
}
