internal import Synchronization

/// Where the text that was looked for last stands in blocks of texts that pages have in common: whoever asks for one
/// conversation or trace asks each group of each table that names a block, and the block is searched once for all of
/// them. Bounded for all segments together. Safe from any thread.
final class KeptLookups: Sendable {
    private struct Entry {
        var text: [UInt8]
        /// In the block, ascending.
        var places: [UInt32]
    }

    /// What is known by block of texts.
    private let known = Mutex<[KeptPages.Key: Entry]>([:])
    private let blocksMax: Int

    /// Longer texts and texts with more places are searched for again.
    private static let textBytesMax = 256
    private static let placesMax = 16

    /// - Parameter blocksMax: of so many blocks something is kept; an entry takes some 200 bytes, at most 600.
    init(blocksMax: Int = 4_096) { self.blocksMax = blocksMax }

    /// nil where another text was looked for last.
    func places(of text: [UInt8], in block: KeptPages.Key) -> [UInt32]? {
        known.withLock { known in
            guard let entry = known[block], entry.text == text else { return nil }
            return entry.places
        }
    }

    /// Keeps them in place of those of the text before.
    func keep(_ places: [UInt32], of text: [UInt8], in block: KeptPages.Key) {
        guard text.count <= Self.textBytesMax, places.count <= Self.placesMax else { return }
        known.withLock { known in
            if known.count >= blocksMax, known[block] == nil { known = [:] }
            known[block] = Entry(text: text, places: places)
        }
    }
}
