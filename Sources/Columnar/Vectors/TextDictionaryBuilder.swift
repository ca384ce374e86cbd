internal import Bytes

/// Collects distinct texts and hands out their codes, first seen first.
///
/// Open addressing over the texts' bytes; a run of equal texts is answered without hashing.
package struct TextDictionaryBuilder: Sendable {
    private var bytes: [UInt8] = []
    private var offsets: [UInt32] = [0]
    /// By hash: the hash above, code + 1 below; 0 is free. A power of two, at most half full. Of most texts that are in
    /// none this look alone is out of the cache.
    private var slots: [UInt64] = []
    private var lastCode: UInt32 = 0
    /// Texts that ``put(codesOf:of:rows:from:to:)`` was given lately; empty where it was given none.
    private var recent: [RecentText] = []
    /// Hashes of the texts that ``put(codesOfNew:of:rows:from:to:)`` has at hand.
    private var hashes: [UInt32] = []
    /// Means nothing: what was read of slots to come has to go somewhere.
    private var seen: UInt64 = 0
    // tests: that texts which come again and again are found without it.
    /// How many texts were looked up by their bytes.
    package private(set) var searches = 0

    package init() {}

    package var count: Int { offsets.count - 1 }
    package var byteCount: Int { bytes.count }

    /// The code of a text given as a range of `source`; a new one is added. O(length).
    package mutating func code(of range: Range<Int>, in source: [UInt8]) -> UInt32 {
        code(of: source.span, at: range.lowerBound, length: range.count)
    }

    /// The code of a text; a new one is added. O(length).
    package mutating func code(of text: Span<UInt8>) -> UInt32 { code(of: text, at: 0, length: text.count) }

    package mutating func code(of text: String) -> UInt32 { code(of: text.utf8.span) }

    /// Writes the codes of many texts of one source; new ones are added, in order.
    /// - Parameters:
    ///   - texts: where each begins in the source above 32 bits, its length below.
    ///   - rows: beside each text the row of its code, counted from `base`.
    package mutating func put(
        codesOf texts: Span<UInt64>, of source: Span<UInt8>, rows: Span<UInt16>, from base: Int,
        to codes: inout MutableSpan<UInt32>
    ) {
        if recent.isEmpty { recent = Array(repeating: RecentText(), count: RecentText.placeCount) }
        // As a local, since the others change while it is looked into.
        var recent: [RecentText] = []
        swap(&recent, &self.recent)
        var known = recent.mutableSpan
        for index in texts.indices {
            let text = texts[index]
            let (start, length) = (Int(truncatingIfNeeded: text &>> 32), Int(UInt32(truncatingIfNeeded: text)))
            let row = base &+ Int(rows[index])
            var own = RecentText(source, start, length)
            let place = own.place
            let lately = known[place]
            if lately.mayBe(own), length <= RecentText.bytesMax || matches(lately.code, source, start, length) {
                codes[row] = lately.code
                continue
            }
            own.code = code(of: source, at: start, length: length)
            codes[row] = own.code
            known[place] = own
        }
        swap(&recent, &self.recent)
    }

    /// Likewise of a column in which nearly all texts are new: none is looked for among the recent ones, and the slots
    /// of all are fetched from memory at one time, where one after the other each would be waited for. The codes are
    /// the same.
    package mutating func put(
        codesOfNew texts: Span<UInt64>, of source: Span<UInt8>, rows: Span<UInt16>, from base: Int,
        to codes: inout MutableSpan<UInt32>
    ) {
        // As a local, since the others change while it is looked into.
        var hashes: [UInt32] = []
        swap(&hashes, &self.hashes)
        hashes.removeAll(keepingCapacity: true)
        makeRoom()
        let mask = slots.count &- 1
        for index in texts.indices {
            let text = texts[index]
            let hash = Self.hash(
                source, Int(truncatingIfNeeded: text &>> 32), Int(UInt32(truncatingIfNeeded: text)))
            seen &+= slots[Int(hash) & mask]
            hashes.append(hash)
        }
        for index in texts.indices {
            let text = texts[index]
            let (start, length) = (Int(truncatingIfNeeded: text &>> 32), Int(UInt32(truncatingIfNeeded: text)))
            codes[base &+ Int(rows[index])] = code(of: source, at: start, length: length, hash: hashes[index])
        }
        swap(&hashes, &self.hashes)
    }

    @inline(__always) private mutating func code(of source: Span<UInt8>, at start: Int, length: Int) -> UInt32 {
        precondition(start >= 0 && length >= 0 && start &+ length <= source.count, "the text is there")
        if count > 0, matches(lastCode, source, start, length) { return lastCode }
        return code(of: source, at: start, length: length, hash: Self.hash(source, start, length))
    }

    /// - Parameter hash: of the text, all of which is in the source.
    @inline(__always) private mutating func code(
        of source: Span<UInt8>, at start: Int, length: Int, hash: UInt32
    ) -> UInt32 {
        searches &+= 1
        makeRoom()
        assert(count * 2 < slots.count, "a free slot ends every search")
        let mask = slots.count &- 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            let entry = slots[slot]
            if UInt32(truncatingIfNeeded: entry &>> 32) == hash {
                let code = UInt32(truncatingIfNeeded: entry) &- 1
                if matches(code, source, start, length) {
                    lastCode = code
                    return code
                }
            }
            slot = (slot &+ 1) & mask
        }
        return add(source, start, length, hash, slot)
    }

    /// For one text more.
    @inline(__always) private mutating func makeRoom() {
        if count * 2 >= slots.count { grow(to: max(16, slots.count * 2)) }
    }

    @inline(never) private mutating func add(
        _ source: Span<UInt8>, _ start: Int, _ length: Int, _ hash: UInt32, _ slot: Int
    ) -> UInt32 {
        let code = UInt32(count)
        bytes.append(contentsOf: source.extracting(start..<(start + length)))
        offsets.append(UInt32(bytes.count))
        slots[slot] = UInt64(hash) &<< 32 | UInt64(code + 1)
        lastCode = code
        return code
    }

    package func finish() -> TextDictionary { TextDictionary(bytes: bytes, offsets: offsets) }

    @inline(__always) private func matches(_ code: UInt32, _ source: Span<UInt8>, _ start: Int, _ length: Int) -> Bool {
        let known = Int(offsets[Int(code)])
        guard Int(offsets[Int(code) &+ 1]) &- known == length else { return false }
        return bytes.span.isEqual(at: known, to: source, at: start, length: length)
    }

    /// Multiply and shift over words of 64 bits: short keys, no adversary that could fill more than one group of rows.
    @inline(__always) private static func hash(_ source: Span<UInt8>, _ start: Int, _ length: Int) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(truncatingIfNeeded: length)
        var last: UInt64
        if length >= 8 {
            var index = start
            // The last word may overlap the one before.
            let end = start &+ length &- 8
            while index < end {
                hash = (hash ^ source.loadUInt64(at: index)) &* 0x9E37_79B9_7F4A_7C15
                hash ^= hash &>> 29
                index &+= 8
            }
            last = source.loadUInt64(at: end)
        } else {
            last = source.loadPartialUInt64(at: start, length: length)
        }
        last = (hash ^ last) &* 0x9E37_79B9_7F4A_7C15
        return UInt32(truncatingIfNeeded: last ^ last &>> 32)
    }

    /// Makes room for so many texts at once, of the length that those so far have: for columns in which most are new.
    mutating func reserve(_ texts: Int) {
        var size = max(16, slots.count)
        while size < texts * 2 { size *= 2 }
        guard count > 0, size > slots.count else { return }
        bytes.reserveCapacity(texts * (bytes.count / count + 1))
        offsets.reserveCapacity(texts + 1)
        grow(to: size)
    }

    @inline(never) private mutating func grow(to size: Int) {
        var larger = [UInt64](repeating: 0, count: size)
        var places = larger.mutableSpan
        for entry in slots where entry != 0 {
            var slot = Int(truncatingIfNeeded: entry &>> 32) & (size &- 1)
            while places[slot] != 0 { slot = (slot &+ 1) & (size &- 1) }
            places[slot] = entry
        }
        slots = larger
    }
}

/// A text as its first and its last word, which may overlap, and its length, with its code. Of columns whose texts come
/// again soon nearly every one is found by these, and short ones without a look at what the dictionary holds.
private struct RecentText: Sendable {
    /// Of texts up to this length the two words are all of it.
    static let bytesMax = 16
    private static let placeBits = 8
    static let placeCount = 1 << placeBits

    private var first: UInt64 = 0
    private var last: UInt64 = 0
    /// The greatest number: no text.
    private var length: UInt32 = .max
    var code: UInt32 = 0

    init() {}

    /// - Precondition: all of the text is in the source.
    @inline(__always) init(_ source: Span<UInt8>, _ start: Int, _ length: Int) {
        self.length = UInt32(truncatingIfNeeded: length)
        if length >= 8 {
            (first, last) = (source.loadUInt64(at: start), source.loadUInt64(at: start &+ length &- 8))
        } else {
            first = source.loadPartialUInt64(at: start, length: length)
        }
    }

    /// False proves that they are two texts.
    @inline(__always) func mayBe(_ other: RecentText) -> Bool {
        first == other.first && last == other.last && length == other.length
    }

    /// The one place where it may be: the last text that belongs there stays.
    @inline(__always) var place: Int {
        let mixed = (first ^ (last &<< 23 | last &>> 41) ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed &>> UInt64(64 &- Self.placeBits))
    }
}
