import Columnar

/// A column of texts by code, so that what is asked of a text is asked once a page and not once a row. A null has the
/// last code.
struct CodedTexts {
    private let vector: Vector
    /// As many as there are codes but one.
    private let texts: TextDictionary

    /// - Precondition: a column of text.
    init(_ vector: Vector) {
        self.vector = vector
        switch vector.storage {
        case .text(_, let dictionary): texts = dictionary
        case .constant(.text(let text)): texts = TextDictionary([text])
        case .constant(.null): texts = TextDictionary([])
        default: preconditionFailure("a column of \(vector.type) is asked for texts")
        }
    }

    /// Below ``count``.
    func code(of row: Int) -> Int {
        if vector.isNull(at: row) { return texts.count }
        if case .text(let codes, _) = vector.storage { return Int(codes[row]) }
        return 0
    }

    /// How many codes there are.
    var count: Int { texts.count + 1 }

    /// UTF-8 of the text of a code; nil for that of a null.
    func text(of code: Int) -> ArraySlice<UInt8>? { code < texts.count ? texts.utf8(code) : nil }

    /// By code: what a question says of its text; false for a null.
    func codes(_ isWanted: (ArraySlice<UInt8>) -> Bool) -> [Bool] {
        (0..<texts.count).map { isWanted(texts.utf8($0)) } + [false]
    }
}
