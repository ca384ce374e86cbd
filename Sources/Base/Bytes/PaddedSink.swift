/// Appends words and raw bytes to an array that is always longer than what was written, so that a short number is one
/// store and no call.
///
/// For the loops that write many small fields; ``ByteSink`` is for all else.
package struct PaddedSink: Sendable {
    /// What was written, then zeros and leftovers.
    @usableFromInline var storage: [UInt8]
    @usableFromInline var end = 0

    /// A sink with room for so many bytes.
    package init(capacity: Int = 0) { storage = [UInt8](repeating: 0, count: capacity + 8) }

    /// Bytes written.
    @inlinable package var count: Int { end }

    /// What was written. O(count); ``take()`` hands it over without a copy.
    package var bytes: [UInt8] { Array(storage[..<end]) }

    /// Forgets what was written and keeps the memory.
    package mutating func removeAll() { end = 0 }

    /// Hands over what was written; the sink is empty afterwards.
    package mutating func take() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &storage)
        assert(end <= bytes.count, "what was written lies in the storage")
        bytes.removeLast(bytes.count - end)
        end = 0
        return bytes
    }

    /// Appends the `count` least significant bytes of a word, least significant first.
    /// - Precondition: `count` in 0...8.
    @inlinable package mutating func append(word: UInt64, count: Int) {
        precondition(count >= 0 && count <= 8)
        if storage.count &- end < 8 { grow(8) }
        store(word, at: end)
        end &+= count
    }

    /// LEB128, as ``ByteSink/append(varint:)``.
    @inlinable package mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(word: rest & 0x7F | 0x80, count: 1)
            rest >>= 7
        }
        append(word: rest, count: 1)
    }

    /// Appends the bytes of a span.
    @inlinable package mutating func append(contentsOf more: Span<UInt8>) {
        let count = more.count
        if storage.count &- end < count &+ 8 { grow(count &+ 8) }
        if count <= 16, count >= 8 {
            // Two words that may overlap.
            store(more.loadUInt64(at: 0), at: end)
            store(more.loadUInt64(at: count &- 8), at: end &+ count &- 8)
        } else if count < 8 {
            store(more.loadPartialUInt64(at: 0, length: count), at: end)
        } else {
            let start = end
            unsafe more.withUnsafeBytes { source in
                unsafe storage.withUnsafeMutableBytes { target in
                    // Sound: `grow` made room for `count` bytes from `start` on.
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<(start &+ count)]).copyMemory(
                        from: source)
                }
            }
        }
        end &+= count
    }

    /// Appends the `headCount` least significant bytes of a word, and the bytes of a span after them, in one step.
    /// - Precondition: `headCount` in 0...8.
    @inlinable package mutating func append(head: UInt64, _ headCount: Int, contentsOf more: Span<UInt8>) {
        precondition(headCount >= 0 && headCount <= 8)
        let count = more.count
        if storage.count &- end < count &+ 16 { grow(count &+ 16) }
        let start = end
        unsafe storage.withUnsafeMutableBytes { target in
            // Sound: `grow` made room for `count + 16` bytes from `start` on, and each store ends within these.
            unsafe target.storeBytes(of: head.littleEndian, toByteOffset: start, as: UInt64.self)
            let first = start &+ headCount
            if count < 8 {
                let word = more.loadPartialUInt64(at: 0, length: count)
                unsafe target.storeBytes(of: word.littleEndian, toByteOffset: first, as: UInt64.self)
            } else if count <= 16 {
                // Two words that may overlap.
                let (low, high) = (more.loadUInt64(at: 0), more.loadUInt64(at: count &- 8))
                unsafe target.storeBytes(of: low.littleEndian, toByteOffset: first, as: UInt64.self)
                unsafe target.storeBytes(of: high.littleEndian, toByteOffset: first &+ count &- 8, as: UInt64.self)
            } else {
                unsafe more.withUnsafeBytes { source in
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[first..<(first &+ count)]).copyMemory(
                        from: source)
                }
            }
        }
        end = start &+ headCount &+ count
    }

    /// Replaces four bytes that were left open.
    /// - Precondition: `offset + 4 <= count`.
    package mutating func patch(word value: UInt32, at offset: Int) {
        precondition(offset >= 0 && offset + 4 <= end)
        for index in 0..<4 { storage[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index))) }
    }

    /// Replaces one byte that was left open.
    /// - Precondition: `offset < count`.
    package mutating func patch(byte value: UInt8, at offset: Int) {
        precondition(offset < end)
        assert(offset >= 0, "what was left open lies in the sink")
        storage[offset] = value
    }

    @inlinable mutating func store(_ word: UInt64, at offset: Int) {
        precondition(offset >= 0 && offset &+ 8 <= storage.count)
        unsafe storage.withUnsafeMutableBytes { raw in
            // Sound: the precondition keeps the store inside the array; it has no alignment demand.
            unsafe raw.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
        }
    }

    @usableFromInline mutating func grow(_ more: Int) {
        let size = max(storage.count * 2, end + more, 256)
        storage.append(contentsOf: repeatElement(0, count: size - storage.count))
        assert(storage.count - end >= more, "room for what comes next")
    }
}
