internal import Bytes

// Dictionary codes of a text page.
//
//     1  kind       0...3 an integer stream of that kind · 16 packed · 17 ascending (code = row; nothing follows)
//     1  width      of packed: 0...32 bits, then BitPacking of 32-bit words

/// Reads and writes dictionary codes.
enum CodeStream {
    private static let packed: UInt8 = 16
    private static let ascending: UInt8 = 17

    static func write(_ codes: [UInt32], into sink: inout ByteSink) {
        let form = PageForm.forced
        let isStream = form?.isOfStreams ?? false
        if form != .packed, !isStream, codes.indices.allSatisfy({ codes[$0] == UInt32($0) }) {
            sink.append(ascending)
            return
        }
        let width = BitPacking.width(UInt64(BitPacking.maximum(codes)))
        let packedBytes = BitPacking.packedBytes(count: codes.count, width: width, wordBits: 32)
        var wide = [Int64](repeating: 0, count: codes.count)
        for index in codes.indices { wide[index] = Int64(codes[index]) }
        var other = ByteSink()
        // Plain packing decodes fastest: another kind has to save a tenth.
        let limit = (packedBytes * 9 + 9) / 10
        if form != .packed, IntegerStreamEncoder.write(wide, into: &other, below: limit),
            other.count < limit || isStream
        {
            sink.append(contentsOf: other.bytes)
        } else {
            sink.append(packed)
            sink.append(UInt8(width))
            BitPacking.pack32(codes, width: width, into: &sink)
        }
    }

    /// Reads `count` codes.
    /// - Parameters:
    ///   - limit: what each has to be below; nil: whoever reads them looks himself.
    ///   - places: where the wanted codes stand; nil: all are wanted. The limit is then theirs alone.
    ///   - landmarks: of what the cursor reads, where that stays in memory.
    /// - Precondition: places ascend and are below `count`.
    static func read(
        _ cursor: inout ByteCursor, count: Int, limit: Int?, at places: [UInt32]? = nil,
        _ landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> [UInt32] {
        func failure(_ cursor: ByteCursor) -> DecodingError {
            cursor.failure(limit.map { "codes below \($0)" } ?? "codes of 32 bits")
        }
        var peek = cursor
        let kind = try peek.readByte()
        let codes: [UInt32]
        switch kind {
        case ascending:
            cursor = peek
            if let limit, count > limit { throw failure(cursor) }
            return places ?? Array(0..<UInt32(count))
        case packed:
            cursor = peek
            let width = Int(try cursor.readByte())
            guard width <= 32 else { throw cursor.failure("a width up to 32") }
            let bytes = try cursor.readSlice(BitPacking.packedBytes(count: count, width: width, wordBits: 32))
            if let places {
                codes = try BitPacking.unpack32(bytes, count: count, width: width, at: places)
            } else {
                codes = try BitPacking.unpack32(bytes, count: count, width: width)
            }
        default:
            if places == nil,
                let found = try IntegerStreamDecoder.codes(ofRuns: &cursor, count: count, below: limit ?? 1 << 32)
            {
                guard found.areBelow else { throw failure(cursor) }
                return found.codes
            }
            let wide = try IntegerStreamDecoder.read(&cursor, count: count, at: places, landmarks)
            var narrow = [UInt32](repeating: 0, count: wide.count)
            var all: Int64 = 0
            for index in wide.indices {
                all |= wide[index]
                narrow[index] = UInt32(truncatingIfNeeded: wide[index])
            }
            guard all >= 0, all <= Int64(UInt32.max) else { throw failure(cursor) }
            codes = narrow
        }
        if let limit, !BitPacking.areAll(codes, below: limit) { throw failure(cursor) }
        return codes
    }

    /// The runs of `count` codes, to be searched; nil, and nothing is read, where they lie otherwise.
    static func runs(_ cursor: inout ByteCursor, count: Int) throws(DecodingError) -> IntegerStreamIndex? {
        var ahead = cursor
        guard count > 0, try ahead.readByte() == IntegerStreamKind.runs.rawValue else { return nil }
        return try IntegerStreamIndex(&cursor, count: count, isSearched: true)
    }

    /// Where some codes of runs stand, ascending; each is below `limit`.
    /// - Parameter cursor: says where what is wrong with them is found.
    static func places(
        of wanted: [UInt32], in runs: IntegerStreamIndex, limit: Int, _ cursor: ByteCursor
    ) throws(DecodingError) -> [UInt32] {
        guard runs.areAll(below: limit) else { throw cursor.failure("codes below \(limit)") }
        var unpacked = 0
        return try runs.places(of: wanted.map { Int64($0) }, in: [], unpacked: &unpacked)
    }

    /// Where some of `count` codes stand, ascending; each is below `limit`.
    /// - Parameter landmarks: of what the cursor reads, where that stays in memory.
    static func places(
        of wanted: [UInt32], _ cursor: inout ByteCursor, count: Int, limit: Int, _ landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> [UInt32] {
        assert(zip(wanted, wanted.dropFirst()).allSatisfy { $0 < $1 }, "codes ascend")
        var ahead = cursor
        switch try ahead.readByte() {
        case ascending:
            cursor = ahead
            guard count <= limit else { throw cursor.failure("codes below \(limit)") }
            return wanted.filter { Int($0) < count }
        case packed:
            cursor = ahead
            let width = Int(try cursor.readByte())
            guard width <= 32 else { throw cursor.failure("a width up to 32") }
            if let landmarks {
                return try landmarks.places(of: wanted, inCodes: &cursor, count: count, width: width, limit: limit)
            }
            let bytes = try cursor.readSlice(BitPacking.packedBytes(count: count, width: width, wordBits: 32))
            let places = try BitPacking.places32(of: wanted, in: bytes, count: count, width: width, limit: limit)
            guard let places else { throw cursor.failure("codes below \(limit)") }
            return places
        default:
            if let landmarks { return try landmarks.places(of: wanted, &cursor, count: count, limit: limit) }
            let codes = try read(&cursor, count: count, limit: limit)
            var places: [UInt32] = []
            for code in wanted { codes.addPlaces(of: code, from: 0, to: &places) }
            if wanted.count > 1 { places.sort() }
            return places
        }
    }
}
