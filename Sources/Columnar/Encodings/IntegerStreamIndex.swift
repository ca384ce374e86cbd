internal import Bytes

/// What it takes to tell any value of an integer stream, and where a value stands, without walking through what lies
/// before it: what is patched, the first value of each block where differences are kept, and the bounds of each block.
/// Found out in one walk through a stream that stays the same.
struct IntegerStreamIndex: Sendable {
    private enum Form: Sendable {
        case constant(Int64)
        case packed(PatchedPacking)
        /// Differences; beside them the first value of each block.
        case differences(PatchedPacking, firsts: [Int64])
        case runs(values: [Int64], ends: [UInt32])
        /// Codes of this many bits, in 32-bit words.
        case codes(width: Int)
    }

    private static let blockValues = BitPacking.blockValues

    /// How many values there are.
    let count: Int
    /// Length of the stream, bytes.
    let byteCount: Int
    /// The smallest and the largest value; nil where there is none, or where nobody asked.
    private(set) var extent: ClosedRange<Int64>?
    private let form: Form
    /// By block, where values are searched for; of runs and of one value there is none.
    private var bounds: [ClosedRange<Int64>] = []

    /// Reads a stream of exactly `count` values.
    /// - Parameter isSearched: whether it is to tell where values stand.
    /// - Throws: `DecodingError`, as ``IntegerStreamDecoder``.
    /// - Complexity: O(count) where values are searched for or differences kept, otherwise O(patches + runs).
    init(_ cursor: inout ByteCursor, count: Int, isSearched: Bool) throws(DecodingError) {
        let start = cursor.offset
        let stream = cursor.bytes[(cursor.bytes.startIndex + start)...]
        self.count = count
        let kind = try count == 0 ? .constant : IntegerStreamDecoder.readKind(&cursor)
        switch kind {
        case .constant: form = .constant(try count == 0 ? 0 : cursor.readZigzag())
        case .packed: form = .packed(try PatchedPacking(&cursor, count: count, from: start))
        case .deltas:
            let first = try cursor.readZigzag()
            let packing = try PatchedPacking(&cursor, count: count - 1, from: start)
            form = .differences(packing, firsts: try packing.sums(from: first, of: stream))
        case .runs: form = try Self.runs(&cursor, count: count)
        }
        byteCount = cursor.offset - start
        if isSearched { try look(at: stream) }
    }

    /// Of packed codes, to be searched.
    /// - Throws: `DecodingError` unless `stream` is as long as the codes take.
    /// - Complexity: O(count).
    init(codes stream: ArraySlice<UInt8>, count: Int, width: Int) throws(DecodingError) {
        (self.count, byteCount) = (count, stream.count)
        form = .codes(width: width)
        try look(at: stream)
    }

    private static func runs(_ cursor: inout ByteCursor, count: Int) throws(DecodingError) -> Form {
        let runCount = try cursor.readCount(max: count)
        let values = try IntegerStreamDecoder.read(&cursor, count: runCount, depth: 1)
        let lengths = try IntegerStreamDecoder.read(&cursor, count: runCount, depth: 1)
        var ends: [UInt32] = []
        ends.reserveCapacity(runCount)
        var end = 0
        for length in lengths {
            guard length >= 0, length < Int64(count - end) else { break }
            end += Int(length) + 1
            ends.append(UInt32(truncatingIfNeeded: end))
        }
        guard end == count, ends.count == runCount else { throw cursor.failure("runs of \(count) values in all") }
        return .runs(values: values, ends: ends)
    }

    /// Notes the bounds of all and of each block.
    private mutating func look(at stream: ArraySlice<UInt8>) throws(DecodingError) {
        switch form {
        case .constant(let value): extent = count == 0 ? nil : value...value
        case .runs(let values, _): extent = values.bounds
        case .packed, .differences, .codes:
            for block in 0..<blockCount {
                guard let own = try values(ofBlock: block, of: stream).bounds else { continue }
                bounds.append(own)
                let known = extent ?? own
                extent = min(known.lowerBound, own.lowerBound)...max(known.upperBound, own.upperBound)
            }
        }
        assert(bounds.isEmpty || bounds.count == blockCount, "bounds of each block")
    }

    private var blockCount: Int { (count + Self.blockValues - 1) / Self.blockValues }

    /// What comes before each block of values, added up, and last what all come to; nil of one value and of runs.
    /// - Parameters:
    ///   - stream: the bytes that it was made of.
    ///   - cursor: stands behind the stream; they may come to what is left there.
    /// - Throws: `DecodingError` for a value below zero, or where they come to more.
    /// - Complexity: O(count).
    func sums(of stream: ArraySlice<UInt8>, before cursor: ByteCursor) throws(DecodingError) -> [Int]? {
        switch form {
        case .constant, .runs: return nil
        case .packed, .differences, .codes: break
        }
        let limit = cursor.remaining
        var sums = [0]
        for block in 0..<blockCount {
            var sum = sums[block]
            for value in try values(ofBlock: block, of: stream) {
                guard value >= 0, value <= Int64(limit - sum) else { throw cursor.failure("texts within the page") }
                sum += Int(value)
            }
            sums.append(sum)
        }
        return sums
    }

    /// Where some of the stretches lie that have the values for their lengths and lie end to end.
    /// - Parameters:
    ///   - places: of the wanted ones.
    ///   - sums: of ``sums(of:before:)``.
    ///   - unpacked: as of ``values(at:of:unpacked:)``.
    /// - Precondition: places ascend and are below ``count``.
    /// - Complexity: a block for each that one is wanted of.
    func stretches(
        at places: [UInt32], sums: [Int], of stream: ArraySlice<UInt8>, unpacked: inout Int
    ) throws(DecodingError) -> [Range<Int>] {
        var found: [Range<Int>] = []
        found.reserveCapacity(places.count)
        var (block, known) = (-1, [Int64]())
        var (next, end) = (0, 0)
        for place in places {
            if Int(place) / Self.blockValues != block {
                block = Int(place) / Self.blockValues
                known = try values(ofBlock: block, of: stream)
                unpacked += 1
                (next, end) = (0, sums[block])
            }
            let within = Int(place) % Self.blockValues
            while next < within {
                end += Int(known[next])
                next += 1
            }
            found.append(end..<(end + Int(known[within])))
        }
        return found
    }

    /// Whether it tells where values stand.
    var isSearched: Bool { extent != nil || count == 0 }

    /// Whether every value is one of the numbers below `limit`; true of none.
    /// - Precondition: it was made to be searched.
    func areAll(below limit: Int) -> Bool {
        extent.map { $0.lowerBound >= 0 && $0.upperBound < Int64(limit) } ?? true
    }

    /// Memory held, bytes, roughly.
    var heldBytes: Int {
        let own =
            switch form {
            case .constant, .codes: 0
            case .packed(let packing): packing.heldBytes
            case .differences(let packing, let firsts): packing.heldBytes + firsts.count * 8
            case .runs(let values, let ends): values.count * 8 + ends.count * 4
            }
        return own + bounds.count * 16 + 160
    }

    /// The values at `places`, in their order.
    /// - Parameters:
    ///   - stream: the bytes that it was made of.
    ///   - unpacked: counts the blocks that had to be unpacked.
    /// - Precondition: places ascend and are below ``count``; it is no index of codes.
    /// - Complexity: O(places · log(patches)), and a block for each that differences are wanted of.
    func values(
        at places: [UInt32], of stream: ArraySlice<UInt8>, unpacked: inout Int
    ) throws(DecodingError) -> [Int64] {
        assert(places.last.map { Int($0) < count } ?? true, "places of the stream")
        switch form {
        case .constant(let value): return Array(repeating: value, count: places.count)
        case .packed(let packing): return try packing.values(at: places, of: stream)
        case .runs(let values, let ends):
            return places.map { place in values[ends.partitioningIndex { $0 > place }] }
        case .differences:
            var found: [Int64] = []
            found.reserveCapacity(places.count)
            var (block, known) = (-1, [Int64]())
            for place in places {
                if Int(place) / Self.blockValues != block {
                    block = Int(place) / Self.blockValues
                    known = try values(ofBlock: block, of: stream)
                    unpacked += 1
                }
                found.append(known[Int(place) % Self.blockValues])
            }
            return found
        case .codes: preconditionFailure("codes are picked where they are packed")
        }
    }

    /// Where some values stand, ascending.
    /// - Parameters: as of ``values(at:of:unpacked:)``.
    /// - Precondition: it was made to be searched.
    /// - Complexity: O(blocks), and a block for each whose bounds have a wanted value within them.
    func places(
        of wanted: [Int64], in stream: ArraySlice<UInt8>, unpacked: inout Int
    ) throws(DecodingError) -> [UInt32] {
        precondition(isSearched, "bounds tell where to search")
        var places: [UInt32] = []
        switch form {
        case .constant(let value): return wanted.contains(value) ? Array(0..<UInt32(count)) : []
        case .runs(let values, let ends): return Self.places(of: wanted, inRuns: values, ends)
        case .packed, .differences, .codes:
            for block in bounds.indices {
                let here = wanted.filter { bounds[block].contains($0) }
                if here.isEmpty { continue }
                let values = try values(ofBlock: block, of: stream)
                unpacked += 1
                for value in here { values.addPlaces(of: value, from: block * Self.blockValues, to: &places) }
                if here.count > 1 { places.sort() }
            }
        }
        return places
    }

    /// The same in runs: which of them are wanted is looked at twice, so that room is made once.
    private static func places(of wanted: [Int64], inRuns values: [Int64], _ ends: [UInt32]) -> [UInt32] {
        func rows(_ run: Int) -> Range<UInt32> { (run == 0 ? 0 : ends[run - 1])..<ends[run] }
        let found = values.indices.filter { wanted.contains(values[$0]) }
        var places = [UInt32](repeating: 0, count: found.reduce(0) { $0 + rows($1).count })
        var target = places.mutableSpan
        var next = 0
        for run in found {
            let rows = rows(run)
            let end = next + rows.count
            precondition(next >= 0 && end <= target.count, "room for the rows of each run")
            var row = rows.lowerBound
            for place in next..<end {
                target[place] = row
                row &+= 1
            }
            next = end
        }
        return places
    }

    /// Where the values within some bounds stand, ascending; nil where many blocks have both these and others.
    /// - Parameters:
    ///   - range: the bounds.
    ///   - unpacked: as of ``values(at:of:unpacked:)``.
    /// - Precondition: it was made to be searched.
    /// - Complexity: O(blocks + places), and the blocks that have both.
    func places(
        within range: ClosedRange<Int64>, of stream: ArraySlice<UInt8>, unpacked: inout Int
    ) throws(DecodingError) -> [UInt32]? {
        precondition(isSearched, "bounds tell where they may be")
        guard bounds.count > 1 else { return nil }
        let mixed = bounds.count { $0.overlaps(range) && !range.contains($0) }
        guard mixed <= max(2, bounds.count / 8) else { return nil }
        var places: [UInt32] = []
        for block in bounds.indices where bounds[block].overlaps(range) {
            let start = block * Self.blockValues
            if range.contains(bounds[block]) {
                places += UInt32(start)..<UInt32(min(start + Self.blockValues, count))
                continue
            }
            unpacked += 1
            for (index, value) in try values(ofBlock: block, of: stream).enumerated() where range.contains(value) {
                places.append(UInt32(truncatingIfNeeded: start + index))
            }
        }
        return places
    }

    /// Where the first values in an order stand, and all that equal the last of them, ascending; nil where most blocks
    /// may have one of them.
    /// - Parameters:
    ///   - wanted: how many; at least one.
    ///   - unpacked: as of ``values(at:of:unpacked:)``.
    /// - Precondition: it was made to be searched.
    /// - Complexity: O(blocks · log(blocks)), and the blocks that may have one.
    func places(
        first wanted: Int, descending: Bool, of stream: ArraySlice<UInt8>, unpacked: inout Int
    ) throws(DecodingError) -> [UInt32]? {
        precondition(isSearched && wanted > 0, "bounds tell where the first ones are")
        guard wanted < count, bounds.count > 1 else { return nil }
        // Ascending in the wanted order: what descends is told by its complement.
        let spans = descending ? bounds.map { ~$0.upperBound ... ~$0.lowerBound } : bounds
        var (left, limit) = (wanted, Int64.max)
        for block in spans.indices.sorted(by: { spans[$0].upperBound < spans[$1].upperBound }) {
            // Up to here there are enough, wherever the others of these blocks stand.
            limit = spans[block].upperBound
            left -= min(Self.blockValues, count - block * Self.blockValues)
            if left <= 0 { break }
        }
        let blocks = spans.indices.filter { spans[$0].lowerBound <= limit }
        guard blocks.count <= max(3, spans.count / 4) else { return nil }
        var (keys, places) = ([Int64](), [UInt32]())
        for block in blocks {
            unpacked += 1
            for (index, value) in try values(ofBlock: block, of: stream).enumerated() {
                let key = descending ? ~value : value
                guard key <= limit else { continue }
                keys.append(key)
                places.append(UInt32(truncatingIfNeeded: block * Self.blockValues + index))
            }
        }
        assert(keys.count >= wanted, "enough of them")
        let last = keys.sorted()[wanted - 1]
        return places.indices.filter { keys[$0] <= last }.map { places[$0] }
    }

    private func values(ofBlock block: Int, of stream: ArraySlice<UInt8>) throws(DecodingError) -> [Int64] {
        switch form {
        case .packed(let packing): return try packing.values(ofBlock: block, of: stream)
        case .differences(let packing, let firsts):
            let wanted = min(Self.blockValues, count - block * Self.blockValues)
            let differences = wanted > 1 ? try packing.values(ofBlock: block, of: stream) : []
            return [Int64](capacity: wanted) { output in
                var value = firsts[block]
                output.append(value)
                for index in 0..<(wanted - 1) {
                    value &+= differences[index]
                    output.append(value)
                }
            }
        case .codes(let width):
            let codes = stream[..<(stream.startIndex + byteCount)]
            return try BitPacking.unpack32(codes, count: count, width: width, block: block).map { Int64($0) }
        case .constant, .runs: preconditionFailure("one value and runs have no blocks")
        }
    }
}

/// Packed numbers of a stream, and what is added to some of them.
private struct PatchedPacking: Sendable {
    private let count: Int
    private let base: Int64
    private let divisor: UInt64
    private let width: Int
    /// Where the bits lie, counted from the stream's beginning.
    private let bits: Range<Int>
    /// Ascending; one may stand there twice.
    private let positions: [UInt32]
    /// Beside them.
    private let rests: [Int64]

    var heldBytes: Int { positions.count * 12 + 64 }

    /// - Parameter start: offset of the stream.
    init(_ cursor: inout ByteCursor, count: Int, from start: Int) throws(DecodingError) {
        let head = try IntegerStreamDecoder.PackingHead(&cursor, count: count, depth: 0)
        (self.count, base, divisor, width) = (count, head.base, head.divisor, head.width)
        let end = cursor.offset - start
        bits = (end - head.bytes.count)..<end
        var patches: [(position: UInt32, rest: Int64)] = []
        patches.reserveCapacity(head.positions.count)
        var isAscending = true
        for index in head.positions.indices {
            guard let position = UInt32(exactly: head.positions[index]), Int(position) < count else {
                throw cursor.failure("an exception within \(count) values")
            }
            isAscending = isAscending && (patches.last?.position ?? 0) <= position
            patches.append((position, head.rest(of: index)))
        }
        // Nothing keeps a page from naming them in another order.
        if !isAscending { patches.sort { $0.position < $1.position } }
        (positions, rests) = (patches.map { $0.position }, patches.map { $0.rest })
    }

    private func packed(_ stream: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        stream[(stream.startIndex + bits.lowerBound)..<(stream.startIndex + bits.upperBound)]
    }

    /// - Precondition: places are below the number of values.
    func values(at places: [UInt32], of stream: ArraySlice<UInt8>) throws(DecodingError) -> [Int64] {
        var values = try BitPacking.unpack64(
            packed(stream), count: count, width: width, base: base, divisor: divisor, at: places)
        if positions.isEmpty { return values }
        for index in places.indices {
            let place = places[index]
            var patch = positions.partitioningIndex { $0 >= place }
            while patch < positions.count, positions[patch] == place {
                values[index] &+= rests[patch]
                patch += 1
            }
        }
        return values
    }

    /// - Precondition: the block has a value.
    func values(ofBlock block: Int, of stream: ArraySlice<UInt8>) throws(DecodingError) -> [Int64] {
        var values = try BitPacking.unpack64(
            packed(stream), count: count, width: width, base: base, divisor: divisor, block: block)
        let start = block * BitPacking.blockValues
        var patch = positions.partitioningIndex { Int($0) >= start }
        while patch < positions.count, Int(positions[patch]) - start < values.count {
            values[Int(positions[patch]) - start] &+= rests[patch]
            patch += 1
        }
        return values
    }

    /// What comes before each block of one value more than there are numbers, where these are its differences.
    func sums(from first: Int64, of stream: ArraySlice<UInt8>) throws(DecodingError) -> [Int64] {
        var sums = [first]
        for block in 0..<(count / BitPacking.blockValues) {
            var sum = sums[block]
            for value in try values(ofBlock: block, of: stream) { sum &+= value }
            sums.append(sum)
        }
        return sums
    }
}

extension Array where Element == Int64 {
    /// nil where there is no value.
    fileprivate var bounds: ClosedRange<Int64>? {
        guard var low = first else { return nil }
        var high = low
        for value in self {
            low = Swift.min(low, value)
            high = Swift.max(high, value)
        }
        return low...high
    }
}
