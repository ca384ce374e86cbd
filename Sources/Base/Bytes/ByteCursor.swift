/// What a decoder says of bytes that are not what the format promises.
package struct DecodingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where in the decoded bytes the expectation failed.
    package var offset: Int
    /// What the format promises there.
    package var expectation: String
    /// Whether it is a form that none of this version's is and a newer one's may be; what was checked before says that
    /// the bytes are what was written.
    package var isOfNewerForm: Bool

    package init(offset: Int, expectation: String, isOfNewerForm: Bool = false) {
        self.offset = offset
        self.expectation = expectation
        self.isOfNewerForm = isOfNewerForm
    }

    package var description: String { "offset \(offset): expected \(expectation)" }
}

/// Reads little-endian numbers, varints and slices from untrusted bytes; each step checks what is left.
package struct ByteCursor: Sendable {
    package let bytes: ArraySlice<UInt8>
    package private(set) var index: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    /// Bytes read so far.
    package var offset: Int { index - bytes.startIndex }
    package var remaining: Int { bytes.endIndex - index }
    package var isAtEnd: Bool { index == bytes.endIndex }

    package func failure(_ expectation: String) -> DecodingError {
        DecodingError(offset: offset, expectation: expectation)
    }

    /// A number that was just read and that a newer version of the program may have given a meaning.
    package func newerForm(_ expectation: String, found: UInt8) -> DecodingError {
        DecodingError(offset: offset, expectation: "\(expectation), found \(found)", isOfNewerForm: true)
    }

    package mutating func readByte() throws(DecodingError) -> UInt8 {
        guard index < bytes.endIndex else { throw failure("a byte") }
        defer { index += 1 }
        return bytes[index]
    }

    /// A number of at most eight bytes.
    /// - Throws: where fewer bytes are left.
    @inlinable package mutating func read<T: FixedWidthInteger>(littleEndian: T.Type) throws(DecodingError) -> T {
        // Only this conversion is generic: it is compiled for its type where it is called.
        T(truncatingIfNeeded: try readWord(MemoryLayout<T>.size))
    }

    /// Up to eight bytes, as the low ones of a word.
    @usableFromInline mutating func readWord(_ width: Int) throws(DecodingError) -> UInt64 {
        precondition((1...8).contains(width), "a word has eight bytes")
        guard remaining >= width else { throw failure("\(width) bytes") }
        let word =
            width == 8
            ? bytes.span.loadUInt64(at: offset) : bytes.span.loadPartialUInt64(at: offset, length: width)
        index += width
        return word
    }

    package mutating func readDouble() throws(DecodingError) -> Double {
        Double(bitPattern: try read(littleEndian: UInt64.self))
    }

    package mutating func readVarint() throws(DecodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try readByte()
            guard shift < 63 || byte <= 1 else { throw failure("a varint of at most 64 bits") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    package mutating func readZigzag() throws(DecodingError) -> Int64 {
        let value = try readVarint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A varint that must not exceed `maximum`; check it before allocating.
    package mutating func readCount(max maximum: Int) throws(DecodingError) -> Int {
        assert(maximum >= 0, "a limit is a count")
        let value = try readVarint()
        guard value <= UInt64(maximum) else { throw failure("a count of at most \(maximum), found \(value)") }
        return Int(value)
    }

    package mutating func readSlice(_ count: Int) throws(DecodingError) -> ArraySlice<UInt8> {
        guard count >= 0, remaining >= count else { throw failure("\(count) bytes") }
        defer { index += count }
        return bytes[index..<(index + count)]
    }

    /// A varint length and that many bytes of UTF-8.
    package mutating func readText(max maximum: Int) throws(DecodingError) -> String {
        let count = try readCount(max: maximum)
        return String(decoding: try readSlice(count), as: UTF8.self)
    }
}
