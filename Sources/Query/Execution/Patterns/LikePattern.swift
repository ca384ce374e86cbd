import Plans

/// A LIKE pattern: `%` any run, `_` one character, an escape before either to mean itself.
struct LikePattern {
    private enum Piece: Equatable {
        case scalar(Unicode.Scalar), one, many
    }

    private var pieces: [Piece] = []
    private let ignoresCase: Bool

    /// - Throws: `.invalidEscape` for an escape of more than one character or at the end.
    init(_ pattern: String, escape: String, ignoresCase: Bool) throws {
        self.ignoresCase = ignoresCase
        guard escape.unicodeScalars.count <= 1 else {
            throw QueryError(
                .invalidEscape, "invalid escape string", hint: "escape string must be empty or one character")
        }
        let mark = escape.unicodeScalars.first
        var scalars = Array((ignoresCase ? CaseMapping.small(pattern) : pattern).unicodeScalars)[...]
        while let next = scalars.popFirst() {
            if next == mark {
                guard let literal = scalars.popFirst() else {
                    throw QueryError(.invalidEscape, "LIKE pattern must not end with escape character")
                }
                pieces.append(.scalar(literal))
            } else if next == "%" {
                if pieces.last != .many { pieces.append(.many) }
            } else {
                pieces.append(next == "_" ? .one : .scalar(next))
            }
        }
    }

    /// Greedy with one point of return: O(text × pattern) at worst.
    func matches(_ text: String) -> Bool {
        let scalars = Array((ignoresCase ? CaseMapping.small(text) : text).unicodeScalars)
        var place = 0
        var piece = 0
        var retry: (place: Int, piece: Int)?
        while place < scalars.count {
            if piece < pieces.count, pieces[piece] == .many {
                retry = (place, piece + 1)
                piece += 1
            } else if piece < pieces.count, pieces[piece] == .one || pieces[piece] == .scalar(scalars[place]) {
                place += 1
                piece += 1
            } else if let back = retry {
                retry = (back.place + 1, back.piece)
                place = back.place + 1
                piece = back.piece
            } else {
                return false
            }
        }
        return pieces[piece...].allSatisfy { $0 == .many }
    }
}
