import Columnar

/// A column of texts by code, so that what is asked of a text is asked once a page and not once a row. A null has the
/// last code.
struct CodedTexts {
    /// By row; empty where all rows have the first code. Apart from the column, which would have to be taken apart for
    /// each row.
    private let codes: [UInt32]
    /// nil where no row of them is null.
    private let validity: Validity?
    /// As many as there are codes but one.
    private let texts: TextDictionary

    /// - Precondition: a column of text.
    init(_ vector: Vector) {
        switch vector.storage {
        case .text(let codes, let dictionary):
            (self.codes, validity, texts) = (codes, vector.validity, dictionary)
        case .constant(.text(let text)): (codes, validity, texts) = ([], nil, TextDictionary([text]))
        case .constant(.null): (codes, validity, texts) = ([], nil, TextDictionary([]))
        default: preconditionFailure("a column of \(vector.type) is asked for texts")
        }
    }

    /// Below ``count``.
    @inline(__always)
    func code(of row: Int) -> Int {
        if codes.isEmpty { return 0 }
        if let validity, !validity[row] { return texts.count }
        return Int(codes[row])
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
