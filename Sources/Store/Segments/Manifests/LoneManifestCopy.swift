internal import Platform

/// The copy of a manifest whose file is not there, and that is not taken for it: no version of this store that was
/// published, or one of which more is lost than its file. An older store that was put back over a newer one leaves such
/// copies.
package struct LoneManifestCopy: Hashable, Sendable, CustomStringConvertible {
    /// The path of the copy.
    package var file: String
    /// Why it does not serve.
    var reason: CorruptionError

    package var description: String {
        "\(file) is the copy of a manifest that was not published here, or is lost; it counts for nothing (\(reason))"
    }

    /// Why a store does not open where it needs what the copy says.
    var damage: CorruptionError {
        CorruptionError(
            file: file, offset: reason.offset,
            expectation: "its manifest beside it, which is missing; the copy alone does not serve (\(reason)):"
                + " \(Self.advice)")
    }

    /// What to do about it, as a clause.
    package static let advice = "remove it where the directory was put back from a backup, else put its manifest back"
}
