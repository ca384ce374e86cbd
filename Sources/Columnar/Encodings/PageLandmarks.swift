internal import Bytes
package import Synchronization

/// What was found out about a page, or a block of texts, that lies in memory, while few values of it were read: who
/// wants others of them goes there straight, and who looks for a value unpacks those blocks alone that may have it. Of
/// one payload, which never changes. Safe from any thread.
package final class PageLandmarks: Sendable {
    private struct State {
        /// By offset of the stream.
        var streams: [Int: IntegerStreamIndex] = [:]
        var nulls: (map: Validity, byteCount: Int)?
        /// By offset of a stream of lengths: what comes before each block of them, added up.
        var lengths: [Int: [Int]] = [:]
        var heldBytes = 0
        var toldBytes = 0
    }

    private let bytesMax: Int
    private let state = Mutex(State())

    // tests: steps are counted.
    /// Blocks of values that were unpacked to find one or to tell one, but for the first walk through a stream.
    package let blocksUnpacked = Atomic<Int>(0)

    /// Nothing is known.
    /// - Parameter payloadBytes: length of what it is of; what is known is kept as long as it is less, or as little as
    ///   what is patched takes of a column: whoever reads a row would go through that each time.
    package init(payloadBytes: Int) { bytesMax = max(Self.patchBytes, payloadBytes) }

    /// Of a column of which one value in eight is patched.
    private static let patchBytes = 96 << 10

    /// How many bytes more it holds than when this was asked last.
    package func takeGrowth() -> Int {
        state.withLock { state in
            defer { state.toldBytes = state.heldBytes }
            return state.heldBytes - state.toldBytes
        }
    }

    /// Reads an integer stream of `count` values: those at `places`, in their order.
    /// - Precondition: places ascend and are below `count`.
    func values(
        _ cursor: inout ByteCursor, count: Int, at places: [UInt32]
    ) throws(DecodingError) -> [Int64] {
        if count == 0 { return [] }
        let (index, stream) = try self.index(&cursor, count: count, isSearched: false)
        var unpacked = 0
        let values = try index.values(at: places, of: stream, unpacked: &unpacked)
        blocksUnpacked.add(unpacked, ordering: .relaxed)
        return values
    }

    /// Reads an integer stream of the lengths of `count` texts, which lie behind it, end to end: where some of them lie
    /// there, and how long they are all together.
    /// - Precondition: places ascend and are below `count`.
    /// - Returns: nil, and nothing is read, where the lengths are told faster one by one.
    func stretches(
        _ cursor: inout ByteCursor, count: Int, at places: [UInt32]
    ) throws(DecodingError) -> (stretches: [Range<Int>], total: Int)? {
        if count == 0 { return nil }
        var ahead = cursor
        let (index, stream) = try self.index(&ahead, count: count, isSearched: false)
        let offset = cursor.offset
        var sums = state.withLock { $0.lengths[offset] }
        if sums == nil {
            guard let made = try index.sums(of: stream, before: ahead) else { return nil }
            state.withLock { state in
                guard state.lengths[offset] == nil else { return }
                state.lengths[offset] = made
                state.heldBytes += made.count * 8 + 64
            }
            sums = made
        }
        guard let sums, let total = sums.last else { return nil }
        var unpacked = 0
        let stretches = try index.stretches(at: places, sums: sums, of: stream, unpacked: &unpacked)
        blocksUnpacked.add(unpacked, ordering: .relaxed)
        cursor = ahead
        return (stretches, total)
    }

    /// Reads an integer stream of `count` values: where a value stands, ascending.
    func places(of value: Int64, _ cursor: inout ByteCursor, count: Int) throws(DecodingError) -> [UInt32] {
        if count == 0 { return [] }
        let (index, stream) = try self.index(&cursor, count: count, isSearched: true)
        return try places(of: [value], index, stream)
    }

    /// Reads an integer stream of `count` values: where those within some bounds stand, ascending; nil where many
    /// blocks have both these and others.
    func places(
        within range: ClosedRange<Int64>, _ cursor: inout ByteCursor, count: Int
    ) throws(DecodingError) -> [UInt32]? {
        if count == 0 { return nil }
        let (index, stream) = try self.index(&cursor, count: count, isSearched: true)
        var unpacked = 0
        let places = try index.places(within: range, of: stream, unpacked: &unpacked)
        blocksUnpacked.add(unpacked, ordering: .relaxed)
        return places
    }

    /// Reads an integer stream of `count` values: where the first ones in an order stand, and all that equal the last
    /// of them, ascending; nil where they are not in few blocks.
    func places(
        first wanted: Int, descending: Bool, _ cursor: inout ByteCursor, count: Int
    ) throws(DecodingError) -> [UInt32]? {
        if count == 0 { return nil }
        let (index, stream) = try self.index(&cursor, count: count, isSearched: true)
        var unpacked = 0
        let places = try index.places(first: wanted, descending: descending, of: stream, unpacked: &unpacked)
        blocksUnpacked.add(unpacked, ordering: .relaxed)
        return places
    }

    /// Reads an integer stream of `count` codes, each below `limit`: where some stand, ascending.
    func places(
        of wanted: [UInt32], _ cursor: inout ByteCursor, count: Int, limit: Int
    ) throws(DecodingError) -> [UInt32] {
        if count == 0 { return [] }
        let (index, stream) = try self.index(&cursor, count: count, isSearched: true)
        try Self.check(index, below: limit, cursor)
        return try places(of: wanted.map { Int64($0) }, index, stream)
    }

    /// The same of packed codes, which lie at the cursor.
    func places(
        of wanted: [UInt32], inCodes cursor: inout ByteCursor, count: Int, width: Int, limit: Int
    ) throws(DecodingError) -> [UInt32] {
        if count == 0 { return [] }
        let offset = cursor.offset
        let stream = try cursor.readSlice(BitPacking.packedBytes(count: count, width: width, wordBits: 32))
        var index = known(at: offset, isSearched: true)
        if index == nil {
            let made = try IntegerStreamIndex(codes: stream, count: count, width: width)
            keep(made, at: offset)
            index = made
        }
        guard let index else { return [] }
        try Self.check(index, below: limit, cursor)
        return try places(of: wanted.map { Int64($0) }, index, stream)
    }

    /// Reads the map of a page's null rows.
    func nulls(_ cursor: inout ByteCursor, count: Int, nullCount: Int) throws(DecodingError) -> Validity {
        if let known = state.withLock({ $0.nulls }) {
            _ = try cursor.readSlice(known.byteCount)
            return known.map
        }
        let start = cursor.offset
        let map = try NullMap.read(&cursor, count: count, nullCount: nullCount)
        let byteCount = cursor.offset - start
        state.withLock { state in
            guard state.nulls == nil else { return }
            state.nulls = (map, byteCount)
            state.heldBytes += map.words.count * 8 + 64
        }
        return map
    }

    /// What is known of the stream at the cursor, which is moved behind it, and its bytes.
    private func index(
        _ cursor: inout ByteCursor, count: Int, isSearched: Bool
    ) throws(DecodingError) -> (index: IntegerStreamIndex, stream: ArraySlice<UInt8>) {
        let offset = cursor.offset
        if let known = known(at: offset, isSearched: isSearched) {
            return (known, try cursor.readSlice(known.byteCount))
        }
        var ahead = cursor
        let made = try IntegerStreamIndex(&ahead, count: count, isSearched: isSearched)
        keep(made, at: offset)
        return (made, try cursor.readSlice(made.byteCount))
    }

    private func known(at offset: Int, isSearched: Bool) -> IntegerStreamIndex? {
        state.withLock { state in
            guard let known = state.streams[offset], known.isSearched || !isSearched else { return nil }
            return known
        }
    }

    /// Keeps it in place of what was known, as long as there is room.
    private func keep(_ index: IntegerStreamIndex, at offset: Int) {
        state.withLock { state in
            let more = index.heldBytes - (state.streams[offset]?.heldBytes ?? 0)
            guard state.heldBytes + more <= bytesMax else { return }
            state.streams[offset] = index
            state.heldBytes += more
        }
    }

    private func places(
        of wanted: [Int64], _ index: IntegerStreamIndex, _ stream: ArraySlice<UInt8>
    ) throws(DecodingError) -> [UInt32] {
        var unpacked = 0
        let places = try index.places(of: wanted, in: stream, unpacked: &unpacked)
        blocksUnpacked.add(unpacked, ordering: .relaxed)
        return places
    }

    private static func check(
        _ index: IntegerStreamIndex, below limit: Int, _ cursor: ByteCursor
    ) throws(DecodingError) {
        guard index.areAll(below: limit) else { throw cursor.failure("codes below \(limit)") }
    }
}
