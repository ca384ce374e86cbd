/// What dictionaries have in common whose codes mean the same texts, as far as each of them reaches.
final class TextFamily: Sendable {}

/// Distinct texts, addressed by code: the bytes laid end to end and where each begins.
///
/// A class, because many vectors share one dictionary and engines key their caches on its identity.
package final class TextDictionary: Sendable {
    /// The texts' UTF-8, end to end.
    package let bytes: [UInt8]
    /// Where each text begins; one more entry than there are texts.
    package let offsets: [UInt32]
    /// Whose codes mean the same here; nil for a dictionary that stands alone.
    let family: TextFamily?
    /// Finds texts by their bytes; nil for a dictionary that nobody keeps.
    let index: TextIndex?

    /// - Precondition: offsets ascend from 0 to `bytes.count`.
    package convenience init(bytes: [UInt8], offsets: [UInt32]) {
        self.init(bytes: bytes, offsets: offsets, family: nil)
    }

    /// One of a family.
    /// - Precondition: likewise; the texts are those of every other of the family, as far as both reach. An index has
    ///   these texts and no others.
    init(bytes: [UInt8], offsets: [UInt32], family: TextFamily?, index: TextIndex? = nil) {
        precondition(offsets.first == 0 && Int(offsets[offsets.count - 1]) == bytes.count)
        assert(index.map { $0.interner.count == offsets.count - 1 } ?? true, "an index of these texts")
        assert(zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }, "texts lie end to end")
        self.bytes = bytes
        self.offsets = offsets
        self.family = family
        self.index = index
    }

    package convenience init(_ texts: some Sequence<String>) {
        var bytes: [UInt8] = []
        var offsets: [UInt32] = [0]
        for text in texts {
            bytes.append(contentsOf: text.utf8)
            offsets.append(UInt32(bytes.count))
        }
        self.init(bytes: bytes, offsets: offsets)
    }

    /// Without texts: for rows that are null.
    static let empty = TextDictionary(bytes: [], offsets: [0])

    package var count: Int { offsets.count - 1 }

    /// Bytes of the longest text, where that is known without a look at each.
    package var longestBytes: Int? { index?.longest }

    /// Whether it is held for all questions, by whoever reads pages (``KeptTexts``).
    package var isKept: Bool { index != nil }

    /// Whether a code that both have means the same text in both.
    package func agrees(with other: TextDictionary) -> Bool {
        if self === other { return true }
        guard let family else { return false }
        return family === other.family
    }

    package func range(_ code: Int) -> Range<Int> { Int(offsets[code])..<Int(offsets[code + 1]) }
    package func utf8(_ code: Int) -> ArraySlice<UInt8> { bytes[range(code)] }
    package subscript(code: Int) -> String { String(decoding: utf8(code), as: UTF8.self) }
}
