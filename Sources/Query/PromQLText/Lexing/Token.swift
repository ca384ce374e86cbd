/// A word or sign and where it stands.
struct Token {
    let kind: TokenKind
    /// Its bytes in the text.
    let range: Range<Int>
    /// Why there is none; only of a failure.
    let message: String

    init(_ kind: TokenKind, _ range: Range<Int>, message: String = "") {
        (self.kind, self.range, self.message) = (kind, range, message)
    }

    /// As messages name it.
    func described(in text: [UInt8]) -> String {
        let bytes = text[range]
        switch kind.naming {
        case .end: return "end of input"
        case .keyword: return "<" + String(decoding: bytes, as: UTF8.self) + ">"
        case .operation: return "<op:" + String(decoding: bytes, as: UTF8.self) + ">"
        case .aggregation: return "<aggr:" + String(decoding: bytes, as: UTF8.self) + ">"
        case .sign: return shortened(bytes)
        case .value(let what):
            let isName = kind == .identifier || kind == .metricIdentifier
            return what + " " + (isName ? QuotedText.quoted(bytes) : shortened(bytes))
        }
    }

    /// Long texts show their first ten characters.
    private func shortened(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.count > 10 ? QuotedText.quoted(bytes, charactersMax: 10) + "..." : QuotedText.quoted(bytes)
    }
}
