/// A piece of Swift text that matters to the rules: a word, a sign, or the content of a string literal.
struct Token: Equatable {
    enum Kind: Equatable {
        case word, sign, string
    }

    var kind: Kind
    var text: String
    /// 1-based.
    var line: Int
    /// Whether it is the first token of its line.
    var startsLine = false
}

/// A comment line; a block comment gives one for each of its lines.
struct Comment: Equatable {
    /// Without the slashes and the white space around it.
    var text: String
    var line: Int
    /// `///` or `/**`.
    var isDocumentation: Bool
}

/// Splits Swift text into tokens and comments. Knows strings (raw, multi-line, with code inside) and nested comments,
/// and no grammar.
struct SwiftScanner {
    private let bytes: [UInt8]
    private var place = 0
    private var line = 1
    private var lastTokenLine = 0
    private(set) var tokens: [Token] = []
    private(set) var comments: [Comment] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        tokens.reserveCapacity(bytes.count / 4)
        scanCode(insideString: false)
    }

    private func byte(_ offset: Int = 0) -> UInt8 { place + offset < bytes.count ? bytes[place + offset] : 0 }

    /// Letters, digits, `_`, `$`, and all beyond ASCII. Comparisons of numbers, because builds without optimisation run
    /// this most.
    private static func isWord(_ byte: UInt8) -> Bool {
        if byte >= 0x61 { return byte <= 0x7A || byte >= 0x80 }
        if byte >= 0x41 { return byte <= 0x5A || byte == 0x5F }
        return byte >= 0x30 && byte <= 0x39 || byte == 0x24
    }

    private mutating func add(_ kind: Token.Kind, _ text: String, line: Int) {
        tokens.append(Token(kind: kind, text: text, line: line, startsLine: line != lastTokenLine))
        lastTokenLine = line
    }

    /// Inside a string, ends after the parenthesis that closes the code.
    private mutating func scanCode(insideString: Bool) {
        var depth = 0
        while place < bytes.count {
            let next = bytes[place]
            if next == 0x20 {
                place += 1
                continue
            }
            if Self.isWord(next) {
                scanWord()
                continue
            }
            switch next {
            case UInt8(ascii: "\n"):
                line += 1
                place += 1
            case UInt8(ascii: "\t"), UInt8(ascii: "\r"): place += 1
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): scanLineComment()
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): scanBlockComment()
            case UInt8(ascii: "\""): scanString(hashes: 0)
            case UInt8(ascii: "#"):
                var hashes = 0
                while byte(hashes) == UInt8(ascii: "#") { hashes += 1 }
                if byte(hashes) == UInt8(ascii: "\"") {
                    place += hashes
                    scanString(hashes: hashes)
                } else {
                    scanSign()
                }
            default:
                if next == UInt8(ascii: "(") { depth += 1 }
                if next == UInt8(ascii: ")") { depth -= 1 }
                if insideString, depth < 0 {
                    // The bracket that opened the code is no token either.
                    place += 1
                    return
                }
                scanSign()
            }
        }
    }

    private mutating func scanWord() {
        let start = place
        while place < bytes.count, Self.isWord(bytes[place]) { place += 1 }
        add(.word, String(decoding: bytes[start..<place], as: UTF8.self), line: line)
    }

    private mutating func scanSign() {
        add(.sign, String(UnicodeScalar(byte())), line: line)
        place += 1
    }

    private mutating func scanLineComment() {
        let start = place
        while place < bytes.count, bytes[place] != 0x0A { place += 1 }
        addComment(bytes[start..<place])
    }

    private mutating func addComment(_ text: ArraySlice<UInt8>) {
        let isDocumentation = text.starts(with: Array("///".utf8)) || text.starts(with: Array("/**".utf8))
        let inner = text.drop { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: " ") }
        comments.append(
            Comment(text: String(decoding: inner, as: UTF8.self), line: line, isDocumentation: isDocumentation))
    }

    private mutating func scanBlockComment() {
        var depth = 0
        var start = place
        repeat {
            if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
                depth += 1
                place += 2
            } else if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
                depth -= 1
                place += 2
            } else {
                if byte() == UInt8(ascii: "\n") {
                    addComment(bytes[start..<place])
                    line += 1
                    start = place + 1
                }
                place += 1
            }
        } while depth > 0 && place < bytes.count
        addComment(bytes[min(start, bytes.count)..<min(place, bytes.count)])
    }

    private mutating func scanString(hashes: Int) {
        // `#""""#` is two quotes in a line.
        var blockStart = 3
        while byte(blockStart) == 0x20 { blockStart += 1 }
        let isBlock = byte(1) == UInt8(ascii: "\"") && byte(2) == UInt8(ascii: "\"") && byte(blockStart) == 0x0A
        let quotes = isBlock ? 3 : 1
        let startLine = line
        place += quotes
        let index = tokens.count
        add(.string, "", line: startLine)
        var content: [UInt8] = []
        scan: while place < bytes.count {
            let next = byte()
            if next == UInt8(ascii: "\\"), (0..<hashes).allSatisfy({ byte(1 + $0) == UInt8(ascii: "#") }) {
                place += 1 + hashes
                if byte() == UInt8(ascii: "(") {
                    place += 1
                    scanCode(insideString: true)
                } else {
                    place += 1
                }
                continue
            }
            if next == UInt8(ascii: "\""), (0..<quotes).allSatisfy({ byte($0) == UInt8(ascii: "\"") }),
                (0..<hashes).allSatisfy({ byte(quotes + $0) == UInt8(ascii: "#") })
            {
                place += quotes + hashes
                break scan
            }
            if next == UInt8(ascii: "\n") {
                line += 1
                if !isBlock { break scan }
            }
            content.append(next)
            place += 1
        }
        tokens[index].text = String(decoding: content, as: UTF8.self)
    }
}
