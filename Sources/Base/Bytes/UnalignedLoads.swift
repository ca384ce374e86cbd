/// Eight bytes at a time from a byte array, for hashing and comparing texts.
///
/// Public, though for this package alone: what other modules inline may call nothing less.
extension Array where Element == UInt8 {
    /// The eight bytes from `offset` on as a little-endian number.
    /// - Precondition: `offset + 8 <= count`.
    @inlinable public func loadUInt64(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset &+ 8 <= count)
        return unsafe withUnsafeBytes { raw in
            // Sound: the precondition keeps the read inside the array; loadUnaligned has no alignment demand.
            UInt64(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }

    /// Up to seven bytes from `offset` on as a little-endian number.
    /// - Precondition: `length < 8`, `offset + length <= count`.
    @inlinable public func loadPartialUInt64(at offset: Int, length: Int) -> UInt64 {
        span.loadPartialUInt64(at: offset, length: length)
    }

    /// Whether all bytes are zeros.
    /// - Complexity: O(count), many bytes at a time.
    package var isZero: Bool { span.isZero }
}

/// The same for spans.
extension Span where Element == UInt8 {
    /// The eight bytes from `offset` on as a little-endian number.
    /// - Precondition: `offset + 8 <= count`.
    @inlinable public func loadUInt64(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset &+ 8 <= count)
        // Sound: the precondition keeps the read inside the span; loadUnaligned has no alignment demand.
        return unsafe withUnsafeBytes { raw in
            UInt64(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }

    /// Up to seven bytes from `offset` on as a little-endian number.
    /// - Precondition: `length < 8`, `offset + length <= count`.
    @inlinable public func loadPartialUInt64(at offset: Int, length: Int) -> UInt64 {
        precondition(offset >= 0 && length >= 0 && length < 8 && length <= count &- offset)
        // Mostly more bytes follow: one load, and what is beyond the length is masked.
        if count &- offset >= 8 {
            return loadUInt64(at: offset) & (1 &<< UInt64(truncatingIfNeeded: length &* 8) &- 1)
        }
        return loadLastUInt64(at: offset, length: length)
    }

    /// The same where fewer than eight bytes follow.
    @usableFromInline func loadLastUInt64(at offset: Int, length: Int) -> UInt64 {
        precondition(offset >= 0 && length >= 0 && length < 8 && length <= count &- offset)
        // Two halves that may overlap, or a first, a middle and a last byte that may be one: no loop.
        if length >= 4 {
            // Sound: the precondition keeps both reads inside the span; loadUnaligned has no alignment demand.
            return unsafe withUnsafeBytes { raw in
                let low = UInt32(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                let high = UInt32(
                    littleEndian: unsafe raw.loadUnaligned(fromByteOffset: offset &+ length &- 4, as: UInt32.self))
                return UInt64(low) | UInt64(high) &<< UInt64(truncatingIfNeeded: (length &- 4) &* 8)
            }
        }
        if length == 0 { return 0 }
        let middle = length &>> 1
        return UInt64(self[offset]) | UInt64(self[offset &+ middle]) &<< UInt64(truncatingIfNeeded: middle &* 8)
            | UInt64(self[offset &+ length &- 1]) &<< UInt64(truncatingIfNeeded: (length &- 1) &* 8)
    }

    /// Reads a byte of each line of the cache in which some bytes lie, as far as there are so many; the sum of these
    /// means nothing.
    ///
    /// Who is about to walk what lies apart does this for several of them first: memory gives all lines at one time,
    /// where one after the other each would be waited for.
    /// - Precondition: `start >= 0`, `length >= 0`.
    @inlinable public func touched(from start: Int, length: Int) -> UInt8 {
        precondition(start >= 0 && length >= 0)
        let end = min(start &+ length, count)
        guard start < end else { return 0 }
        var (sum, place): (UInt8, Int) = (self[end &- 1], start)
        while place < end {
            sum &+= self[place]
            place &+= 64
        }
        return sum
    }

    /// Whether all bytes are zeros.
    /// - Complexity: O(count), many bytes at a time.
    package var isZero: Bool {
        let count = count
        // Sound: every load ends inside the span, and loadUnaligned has no alignment demand.
        return unsafe withUnsafeBytes { raw -> Bool in
            var index = 0
            while index &+ 64 <= count {
                let words = unsafe raw.loadUnaligned(fromByteOffset: index, as: SIMD8<UInt64>.self)
                if words != .zero { return false }
                index &+= 64
            }
            while index < count {
                let byte = unsafe raw[index]
                if byte != 0 { return false }
                index &+= 1
            }
            return true
        }
    }

    /// Whether the `length` bytes from `offset` on are those from `otherOffset` on.
    /// - Precondition: both ranges lie inside their spans.
    @inlinable public func isEqual(at offset: Int, to other: Span<UInt8>, at otherOffset: Int, length: Int) -> Bool {
        assert(offset >= 0 && length >= 0 && offset &+ length <= count, "the bytes are there")
        assert(otherOffset >= 0 && otherOffset &+ length <= other.count, "so are the others")
        if length >= 8 {
            var index = 0
            while index &+ 8 <= length {
                if loadUInt64(at: offset &+ index) != other.loadUInt64(at: otherOffset &+ index) { return false }
                index &+= 8
            }
            // The last word may overlap the one before.
            return loadUInt64(at: offset &+ length &- 8) == other.loadUInt64(at: otherOffset &+ length &- 8)
        }
        return loadPartialUInt64(at: offset, length: length) == other.loadPartialUInt64(at: otherOffset, length: length)
    }
}

extension Array where Element == UInt8 {
    /// Appends the bytes of a span.
    @inlinable package mutating func append(contentsOf more: Span<UInt8>) {
        // Sound: the buffer is the live span's own.
        unsafe more.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

extension Span where Element == Bool {
    /// Eight truths from `offset` on as bits, the first the lowest.
    /// - Precondition: `offset + 8 <= count`.
    @inlinable package func loadMask(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset &+ 8 <= count)
        // Sound: the precondition keeps the read inside the span; a truth is a byte whose lowest bit tells it.
        let bytes = unsafe withUnsafeBytes { raw in
            UInt64(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        // The product moves bit 8i to bit 56 + i; nothing else that it moves meets there or carries.
        return ((bytes & 0x0101_0101_0101_0101) &* 0x0102_0408_1020_4080) &>> 56
    }
}

/// Eight bytes at a time into room that is at hand.
extension MutableSpan where Element == UInt8 {
    /// Writes a number into the eight bytes from `offset` on, least significant first.
    /// - Precondition: `offset + 8 <= count`.
    @inlinable @inline(__always) package mutating func store(_ word: UInt64, at offset: Int) {
        precondition(offset >= 0 && offset &+ 8 <= count)
        // Sound: the precondition keeps the store inside the span; it has no alignment demand.
        unsafe withUnsafeMutableBytes { raw in
            unsafe raw.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
        }
    }

    /// Copies the `length` bytes of a span from `start` on to `offset`; up to eight bytes behind them may be written,
    /// too, so that a short text is a word or two and no call.
    /// - Precondition: the bytes lie inside the span, and `offset + length + 8 <= count`.
    @inlinable @inline(__always) package mutating func copy(
        _ source: Span<UInt8>, from start: Int, length: Int, to offset: Int
    ) {
        precondition(start >= 0 && length >= 0 && start <= source.count && length <= source.count &- start)
        precondition(offset >= 0 && offset <= count && length &+ 8 <= count &- offset)
        let isShort = length <= 40 && length &+ 8 <= source.count &- start
        // Sound: by the preconditions both ranges lie inside their spans; words are read where eight bytes more can be
        // read, and there is room for eight more.
        unsafe withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { from in
                guard isShort else {
                    let bytes = unsafe UnsafeRawBufferPointer(rebasing: from[start..<(start &+ length)])
                    return unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset..<(offset &+ length)])
                        .copyMemory(from: bytes)
                }
                var done = 0
                repeat {
                    let word = unsafe from.loadUnaligned(fromByteOffset: start &+ done, as: UInt64.self)
                    unsafe target.storeBytes(of: word, toByteOffset: offset &+ done, as: UInt64.self)
                    done &+= 8
                } while done < length
            }
        }
    }
}
