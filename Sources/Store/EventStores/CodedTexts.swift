import Columnar

/// A column of texts by code, so that what is asked of a text is asked once a page and not once a row. A null has the last code.
struct CodedTexts {
    private let vector: Vector
    private let texts: [[UInt8]?]

    /// - Precondition: a column of text.
    /// - Complexity: O(distinct texts).
    init(_ vector: Vector) {
        self.vector = vector
        switch vector.storage {
        case .text(_, let dictionary): texts = (0..<dictionary.count).map { Array(dictionary.utf8($0)) } + [nil]
        case .constant: texts = [vector.count > 0 ? vector.text(at: 0).map { Array($0.utf8) } : nil, nil]
        default: preconditionFailure("a column of \(vector.type) is asked for texts")
        }
    }

    /// Below ``count``.
    func code(of row: Int) -> Int {
        if vector.isNull(at: row) { return texts.count - 1 }
        if case .text(let codes, _) = vector.storage { return Int(codes[row]) }
        return 0
    }

    /// How many codes there are.
    var count: Int { texts.count }

    /// The text of a code; nil for that of a null.
    func text(of code: Int) -> [UInt8]? { texts[code] }

    /// By code: what a question says of its text; false for a null.
    func codes(_ isWanted: ([UInt8]) -> Bool) -> [Bool] { texts.map { $0.map(isWanted) ?? false } }
}
