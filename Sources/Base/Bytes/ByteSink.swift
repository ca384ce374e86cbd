/// Appends little-endian numbers, varints and raw bytes to a growing array.
///
/// Every format of ours is written through a sink and read back through a ``ByteCursor``.
package struct ByteSink: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    package var count: Int { bytes.count }

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    package mutating func append(_ byte: UInt8) { bytes.append(byte) }
    package mutating func append(contentsOf more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    package mutating func append(contentsOf more: Span<UInt8>) {
        // Sound: the buffer is the live span's own.
        unsafe more.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends an integer, least significant byte first.
    package mutating func append<T: FixedWidthInteger>(littleEndian value: T) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    /// The same of 64 bits: not a generic call.
    package mutating func append(littleEndian value: UInt64) { append(word: value, count: 8) }
    /// The same of 64 bits: not a generic call.
    package mutating func append(littleEndian value: Int64) { append(word: UInt64(bitPattern: value), count: 8) }

    /// Appends integers, each least significant byte first, in one step.
    mutating func append<T: FixedWidthInteger>(littleEndian values: [T]) {
        #if _endian(little)
            // Sound: the buffer is the live array's own.
            unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        #else
            for value in values { append(littleEndian: value) }
        #endif
    }

    /// Appends the `count` least significant bytes of a word, least significant first: several short numbers in one
    /// step, and not a generic call.
    /// - Precondition: `count` in 0...8.
    package mutating func append(word: UInt64, count: Int) {
        assert((0...8).contains(count), "a word has eight bytes")
        // Sound: the buffer is the word's own 8 bytes; a greater count is trapped by the slice's check.
        unsafe withUnsafeBytes(of: word.littleEndian) { raw in
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: raw[..<count]))
        }
    }

    /// Appends an IEEE 754 double by its bit pattern, so that NaN payloads and −0.0 survive.
    package mutating func append(_ value: Double) { append(littleEndian: value.bitPattern) }

    /// LEB128: seven bits a byte, the high bit says that more follow. One to ten bytes.
    package mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Zig-zag, then LEB128: small magnitudes of either sign stay short.
    package mutating func append(zigzag value: Int64) {
        append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// A varint length, then the UTF-8 bytes.
    package mutating func append(text: String) {
        var text = text
        text.withUTF8 { utf8 in
            append(varint: UInt64(utf8.count))
            unsafe bytes.append(contentsOf: utf8)
        }
    }

    /// Replaces bytes that were left open for a value known later, such as a length.
    /// - Precondition: `offset + width of T <= count`.
    mutating func patch<T: FixedWidthInteger>(littleEndian value: T, at offset: Int) {
        precondition(offset + MemoryLayout<T>.size <= bytes.count)
        assert(offset >= 0, "what was left open lies in the sink")
        var rest = value.littleEndian
        unsafe withUnsafeBytes(of: &rest) { source in
            for index in source.indices { bytes[offset + index] = unsafe source[index] }
        }
    }

    /// Replaces four bytes that were left open; not a generic call.
    /// - Precondition: `offset + 4 <= count`.
    package mutating func patch(word value: UInt32, at offset: Int) {
        assert(offset >= 0 && offset + 4 <= bytes.count, "what was left open lies in the sink")
        bytes[offset] = UInt8(truncatingIfNeeded: value)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value >> 8)
        bytes[offset + 2] = UInt8(truncatingIfNeeded: value >> 16)
        bytes[offset + 3] = UInt8(truncatingIfNeeded: value >> 24)
    }

    /// Replaces one byte that was left open.
    /// - Precondition: `offset < count`.
    package mutating func patch(byte value: UInt8, at offset: Int) { bytes[offset] = value }
}
