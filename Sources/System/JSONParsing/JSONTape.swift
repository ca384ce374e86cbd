/// What kind of value stands at a place of a ``JSONTape``.
package enum JSONKind: UInt8, Sendable {
    case object = 0x7B  // {
    case array = 0x5B  // [
    case string = 0x22  // "
    /// An integer within Int64.
    case integer = 0x6C  // l
    /// An integer beyond Int64.max, within UInt64.
    case unsigned = 0x75  // u
    case double = 0x64  // d
    case `true` = 0x74  // t
    case `false` = 0x66  // f
    case null = 0x6E  // n
}

/// A parsed document as two flat arrays: walking it costs no call into C and no allocation.
///
/// A place is an index into ``words``. The root value stands at ``root``. Inside an object keys and values alternate,
/// inside an array values follow each other, from ``firstChild(_:)`` to ``end(_:)``; ``next(_:)`` steps over a value
/// with all it holds. Keys stand as written, in order, repeats included.
///
///     word     top byte: kind, as an ASCII letter; below, 56 bits:
///              string         low 28 bits: where its bytes begin in `strings`; the 28 bits above: how many they are
///              object, array  low 32 bits: the place after its end word
///              l, u, d        nothing; the next word is the number
package struct JSONTape: Sendable {
    package private(set) var words: [UInt64] = []
    package private(set) var strings: [UInt8] = []

    package init() {}

    /// Where the document's value stands.
    /// - Precondition: the last parse succeeded.
    package var root: Int { 1 }
    package var isEmpty: Bool { words.isEmpty }

    mutating func removeAll() {
        words.removeAll(keepingCapacity: true)
        strings.removeAll(keepingCapacity: true)
    }

    mutating func assign(words newWords: UnsafeBufferPointer<UInt64>, strings newStrings: UnsafeBufferPointer<UInt8>) {
        // Sound: the parser's buffers hold at least these counts.
        unsafe words.append(contentsOf: newWords)
        unsafe strings.append(contentsOf: newStrings)
    }

    /// The kind of the value at `place`.
    @inlinable @inline(__always) package func kind(_ place: Int) -> JSONKind {
        JSONKind(rawValue: UInt8(words[place] >> 56)) ?? .null
    }

    /// The place after the value at `place` and all that it holds.
    @inlinable @inline(__always) package func next(_ place: Int) -> Int {
        switch UInt8(words[place] >> 56) {
        case 0x7B, 0x5B: Int(words[place] & 0xFFFF_FFFF)
        case 0x6C, 0x75, 0x64: place + 2
        default: place + 1
        }
    }

    /// The first key of an object or value of an array; equals ``end(_:)`` when it is empty.
    @inlinable @inline(__always) package func firstChild(_ place: Int) -> Int { place + 1 }

    /// The place at which an object or array ends.
    @inlinable @inline(__always) package func end(_ place: Int) -> Int { Int(words[place] & 0xFFFF_FFFF) - 1 }

    /// How many values an array holds, or keys and values an object together.
    /// - Complexity: O(children).
    package func childCount(_ place: Int) -> Int {
        var count = 0
        var child = firstChild(place)
        let end = end(place)
        while child < end {
            count += 1
            child = next(child)
        }
        return count
    }

    /// Where in ``strings`` the bytes of the string at `place` lie.
    @inlinable @inline(__always) package func stringRange(_ place: Int) -> Range<Int> {
        let word = words[place]
        let start = Int(word & 0xFFF_FFFF)
        return start..<(start + Int(word >> 28 & 0xFFF_FFFF))
    }

    /// The byte of ``JSONKind`` at `place`, for loops in which even a switch counts.
    @inlinable @inline(__always) package func tag(_ place: Int) -> UInt8 { UInt8(words[place] >> 56) }

    /// The UTF-8 bytes of the string at `place`; escapes are undone. They may hold a zero.
    @inlinable @inline(__always) package func string(_ place: Int) -> ArraySlice<UInt8> { strings[stringRange(place)] }

    /// The string at `place` as text.
    package func text(_ place: Int) -> String { String(decoding: string(place), as: UTF8.self) }

    /// The number at `place`, which is an `integer`.
    @inlinable @inline(__always) package func integer(_ place: Int) -> Int64 { Int64(bitPattern: words[place + 1]) }

    /// The number at `place`, which is an `unsigned`.
    @inlinable @inline(__always) package func unsigned(_ place: Int) -> UInt64 { words[place + 1] }

    /// The number at `place`, which is a `double`.
    @inlinable @inline(__always) package func double(_ place: Int) -> Double { Double(bitPattern: words[place + 1]) }

    /// The value of an object's key, the last one when the key repeats; nil when there is none.
    /// - Complexity: O(keys of the object).
    package func value(_ object: Int, _ key: String) -> Int? {
        guard kind(object) == .object else { return nil }
        var found: Int?
        var place = firstChild(object)
        let end = end(object)
        while place < end {
            if string(place).elementsEqual(key.utf8) { found = place + 1 }
            place = next(place + 1)
        }
        return found
    }
}
