/// A form that whatever is written takes where it can hold the values, however long it becomes; else the shortest one
/// is chosen. Readers know nothing of it.
package enum PageForm: Sendable, CaseIterable {
    /// Streams are packed, as wide as the widest, and so are codes.
    case packed
    /// Streams are packed in half the bits, what is wider as exceptions.
    case patched
    /// Streams are differences, as wide as the widest.
    case differences
    /// Streams are differences in half the bits, what is wider as exceptions.
    case patchedDifferences
    /// Streams are runs, of one value where need be.
    case runs
    /// Texts lie end to end, whatever they look like.
    case plainTexts
    /// Pages have their own texts.
    case ownTexts
    /// Pages share their texts, as far as they may name blocks.
    case sharedTexts
    /// Doubles are kept by their bits.
    case bitPatterns
    /// Doubles are decimals, where most of them are.
    case decimals
    /// Decimals of 128 bits stay that wide.
    case wideIntegers
    /// Which rows are null is a bit of each.
    case nullBitmaps
    /// Which rows are null is said by their places, or by those of the others.
    case nullPlaces
    /// Nothing is compressed.
    case uncompressed
    /// LZ4 lies over all that it makes no longer.
    case lz4
    /// So does Zstandard.
    case zstandard

    /// What the current task writes has this form; nil: the shortest.
    @TaskLocal package static var forced: PageForm?

    /// What lies over all that it makes no longer; nil where it is chosen as ever.
    var compression: PageCompression? {
        switch self {
        case .uncompressed: PageCompression.none
        case .lz4: .lz4
        case .zstandard: .zstd
        case .packed, .patched, .differences, .patchedDifferences, .runs, .plainTexts, .ownTexts, .sharedTexts,
            .bitPatterns, .decimals, .wideIntegers, .nullBitmaps, .nullPlaces:
            nil
        }
    }

    /// Whether codes are a stream then, too.
    var isOfStreams: Bool {
        switch self {
        case .patched, .differences, .patchedDifferences, .runs: true
        case .packed, .plainTexts, .ownTexts, .sharedTexts, .bitPatterns, .decimals, .wideIntegers, .nullBitmaps,
            .nullPlaces, .uncompressed, .lz4, .zstandard:
            false
        }
    }
}
