internal import Bytes

/// A text in which what may be written in several forms stands in one, so that names and sentences are found in all of
/// them: spaces of any width are blanks, wide letters, digits and signs are those of ASCII, what nobody sees (marks of
/// direction, joiners, soft hyphens) is left out, half-width kana are whole ones, kana with the mark of their voice
/// behind them and Hangul in its parts are composed, and forms of Arabic and Hebrew letters for print are the letters.
///
/// Ranges and tables are those of the Unicode Character Database (UnicodeData.txt; of spaces ``WhiteSpace``, of what
/// nobody sees `isUnseen`), the composition of Hangul is that of section 3.12 of the standard. Marks behind letters of
/// other scripts stay, since ``CredentialLetters`` passes over them.
/// - Complexity: O(bytes) to make it; most texts are looked through once and stay as they are.
struct CredentialForms {
    /// In one form.
    let text: ArraySlice<UInt8>
    /// By byte of it, and at its end: where that stands in the text as it was. Empty where that is the text.
    private let places: [Int]

    init(_ text: ArraySlice<UInt8>) {
        guard Self.areIn(text) else {
            (self.text, places) = (text, [])
            return
        }
        var composer = Composer(byteCount: text.count)
        var place = text.startIndex
        while place < text.endIndex {
            let (scalar, length) = Self.scalar(in: text, at: place)
            composer.take(scalar, text[place..<(place + length)])
            place += length
        }
        (self.text, places) = (composer.bytes[...], composer.places + [text.endIndex])
    }

    /// Where a part stands in the text as it was.
    func original(_ part: Range<Int>) -> Range<Int> {
        places.isEmpty ? part : places[part.lowerBound]..<places[part.upperBound]
    }

    /// Whether something is in a text that would stand in another form.
    static func areIn(_ text: ArraySlice<UInt8>) -> Bool {
        let bytes = text.span
        var all: UInt8 = 0
        for index in bytes.indices { all |= bytes[index] }
        guard all >= 0x80 else { return false }
        var place = text.startIndex
        while place < text.endIndex {
            guard mayBegin[Int(text[place])] else {
                place += 1
                continue
            }
            let (scalar, length) = scalar(in: text, at: place)
            if letters(of: scalar) != nil || isJoined(scalar) { return true }
            place += length
        }
        return false
    }

    /// By byte: whether what has another form may begin with it.
    static let mayBegin: [Bool] = (0..<256).map { [0xC2, 0xCD, 0xD8, 0xE1, 0xE2, 0xE3, 0xEF, 0xF0, 0xF3].contains($0) }

    // MARK: Bytes

    /// The scalar beyond ASCII that begins at a place, and how many bytes it has; 0 and one byte for anything else.
    static func scalar(in text: ArraySlice<UInt8>, at place: Int) -> (scalar: UInt32, length: Int) {
        utf8Scalar(in: text.span, at: place - text.startIndex)
    }

    /// Appends a scalar below U+10000.
    static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        guard scalar >= 0x80 else { return bytes.append(UInt8(scalar)) }
        if scalar < 0x800 {
            bytes.append(UInt8(0xC0 | scalar >> 6))
        } else {
            bytes.append(UInt8(0xE0 | scalar >> 12))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
        }
        bytes.append(UInt8(0x80 | scalar & 0x3F))
    }

    private struct Composer {
        var bytes: [UInt8] = []
        var places: [Int] = []
        /// The last scalar, and where it begins; 0 for what nothing is joined to.
        private var last: UInt32 = 0
        private var lastStart = 0

        init(byteCount: Int) {
            bytes.reserveCapacity(byteCount)
            places.reserveCapacity(byteCount + 1)
        }

        /// Takes the next scalar, as it is written.
        mutating func take(_ scalar: UInt32, _ written: ArraySlice<UInt8>) {
            if let whole = CredentialForms.joining(last, scalar) {
                let place = places[lastStart]
                bytes.removeSubrange(lastStart...)
                places.removeSubrange(lastStart...)
                append(whole, at: place)
            } else if let letters = CredentialForms.letters(of: scalar) {
                if letters.first > 0 { append(letters.first, at: written.startIndex) }
                if letters.second > 0 { append(letters.second, at: written.startIndex) }
            } else {
                (last, lastStart) = (scalar, bytes.count)
                bytes.append(contentsOf: written)
                places.append(contentsOf: written.indices)
            }
        }

        private mutating func append(_ scalar: UInt32, at place: Int) {
            (last, lastStart) = (scalar, bytes.count)
            CredentialForms.append(scalar, to: &bytes)
            places.append(contentsOf: repeatElement(place, count: bytes.count - lastStart))
        }
    }

    // MARK: Parts of letters

    /// Whether a scalar becomes one with others.
    private static func isJoined(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1100...0x1112, 0x1161...0x1175, 0x11A8...0x11C2, 0x3099...0x309C, 0xFF9E, 0xFF9F: true
        default: false
        }
    }

    /// The one scalar that a scalar makes of the one before it; nil: both stay.
    private static func joining(_ last: UInt32, _ scalar: UInt32) -> UInt32? {
        switch scalar {
        case 0x1161...0x1175 where (0x1100...0x1112).contains(last):
            0xAC00 + ((last - 0x1100) * 21 + scalar - 0x1161) * 28
        case 0x11A8...0x11C2 where (0xAC00...0xD7A3).contains(last) && (last - 0xAC00) % 28 == 0:
            last + scalar - 0x11A7
        case 0x3099, 0x309B, 0xFF9E: voiced(last)
        case 0x309A, 0x309C, 0xFF9F: halfVoiced(last)
        default: nil
        }
    }

    private static func voiced(_ kana: UInt32) -> UInt32? {
        // Katakana lie as hiragana do, 0x60 behind them, with four more at their end.
        let shift: UInt32 = kana >= 0x30A1 ? 0x60 : 0
        switch kana - shift {
        case 0x304B...0x3061 where (kana - shift) % 2 == 1: return kana + 1
        case 0x3064, 0x3066, 0x3068, 0x306F, 0x3072, 0x3075, 0x3078, 0x307B, 0x309D: return kana + 1
        case 0x3046: return shift + 0x3094
        case 0x308F...0x3092 where shift > 0: return kana + 8
        default: return nil
        }
    }

    private static func halfVoiced(_ kana: UInt32) -> UInt32? {
        switch kana >= 0x30A1 ? kana - 0x60 : kana {
        case 0x306F, 0x3072, 0x3075, 0x3078, 0x307B: kana + 2
        default: nil
        }
    }

    // MARK: Forms of letters

    /// What stands for a scalar: one, two where the second is not 0, and nothing for a mark; nil: it stands for itself.
    private static func letters(of scalar: UInt32) -> (first: UInt32, second: UInt32)? {
        // What is no text is 0 here.
        guard scalar >= 0x80 else { return nil }
        if let space = WhiteSpace(scalar) { return (first: space == .lineEnd ? 0x0A : 0x20, second: 0) }
        if isUnseen(scalar) { return (first: 0, second: 0) }
        return switch scalar {
        // An order, as Korean sets of characters have it a second time.
        case 0xF9A8: (0x4EE4, 0)
        case 0xFB1D...0xFBFF: found(forPrint[Int(scalar - 0xFB1D)])
        // Vowels of Arabic by themselves.
        case 0xFE70...0xFE7F: (0, 0)
        case 0xFE80...0xFEF4: found(arabic[Int(scalar - 0xFE80)])
        // Lam with one of four alefs.
        case 0xFEF5...0xFEFC: (0x644, alefs[Int(scalar - 0xFEF5) / 2])
        case 0xFF01...0xFF5E: (scalar - 0xFEE0, 0)
        case 0xFF66...0xFF9D: found(halfKana[Int(scalar - 0xFF66)])
        default: nil
        }
    }

    private static func found(_ letter: UInt32) -> (first: UInt32, second: UInt32)? { letter == 0 ? nil : (letter, 0) }

    /// From U+FF66 on.
    private static let halfKana =
        "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン".unicodeScalars.map(\.value)

    /// From U+FE80 on, with how many forms each letter from U+0621 on has, and each from U+0641 on.
    private static let arabic: [UInt32] =
        forms(0x621, [1, 2, 2, 2, 2, 4, 2, 4, 2, 4, 4, 4, 4, 4, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4])
        + forms(0x641, [4, 4, 4, 4, 4, 4, 4, 2, 2, 4])

    private static let alefs: [UInt32] = [0x622, 0x623, 0x625, 0x627]

    private static func forms(_ first: UInt32, _ counts: [Int]) -> [UInt32] {
        counts.enumerated().flatMap { Array(repeating: first + UInt32($0), count: $1) }
    }

    /// Letters of Hebrew from U+FB1D on, a point where there is none.
    private static let hebrew = "י.ײעאדהכלםרת.ששששאאאבגדהוז.טיךכל.מ.נס.ףפ.צקרשתובכפ."

    /// Letters that languages beside Arabic write with its script, and how many forms each has; the first has its forms
    /// from U+FB50 on, those that are given by themselves from a later place.
    private static let besideArabic: [(place: UInt32, letters: [(letter: UInt32, count: Int)])] = [
        (
            0xFB50,
            [
                (0x671, 2), (0x67B, 4), (0x67E, 4), (0x680, 4), (0x67A, 4), (0x67F, 4), (0x679, 4), (0x6A4, 4),
                (0x6A6, 4), (0x684, 4), (0x683, 4), (0x686, 4), (0x687, 4), (0x68D, 2), (0x68C, 2), (0x68E, 2),
                (0x688, 2), (0x698, 2), (0x691, 2), (0x6A9, 4), (0x6AF, 4), (0x6B3, 4), (0x6B1, 4), (0x6BA, 2),
                (0x6BB, 4), (0x6C0, 2), (0x6C1, 4), (0x6BE, 4), (0x6D2, 2), (0x6D3, 2),
            ]
        ),
        (0xFBD3, [(0x6AD, 4), (0x6C7, 2), (0x6C6, 2), (0x6C8, 2)]),
        (0xFBDE, [(0x6CB, 2), (0x6C5, 2), (0x6C9, 2), (0x6D0, 4), (0x649, 2)]),
        (0xFBFC, [(0x6CC, 4)]),
    ]

    /// From U+FB1D on, 0 for what is no form of one letter.
    private static let forPrint: [UInt32] = {
        var letters = hebrew.unicodeScalars.map { $0 == "." ? 0 : $0.value }
        for (place, more) in besideArabic {
            letters += Array(repeating: 0, count: Int(place - 0xFB1D) - letters.count)
            for (letter, count) in more { letters += Array(repeating: letter, count: count) }
        }
        return letters
    }()
}
