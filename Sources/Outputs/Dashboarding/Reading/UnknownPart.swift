/// A part of a file that is not understood: it is named where it would be looked for, and never guessed at.
struct UnknownPart: Hashable, Sendable, CustomStringConvertible {
    /// Where it stands, such as `panels[3].options.legend.values`.
    var path: String
    /// What is not understood of it.
    var reason: String
    /// Whether what is drawn without it would say something else.
    var isEssential: Bool

    package var description: String { "\(path): \(reason)" }
}

/// Collects what is not understood, in the order of the file.
final class UnknownParts {
    /// More are counted alone: a file of another product would name thousands.
    static let listedMax = 200

    private(set) var parts: [UnknownPart] = []
    private(set) var moreCount = 0

    func add(_ path: String, _ reason: String, isEssential: Bool = false) {
        guard parts.count < Self.listedMax || isEssential else { return moreCount += 1 }
        parts.append(UnknownPart(path: path, reason: reason, isEssential: isEssential))
    }

    func add(_ others: UnknownParts) {
        for part in others.parts { add(part.path, part.reason, isEssential: part.isEssential) }
        moreCount += others.moreCount
    }
}
