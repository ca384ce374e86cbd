internal import Bytes
internal import Hashing
package import Platform

/// Bytes of a segment that are not what was written, and what was, where the file itself says so: what decay does
/// mostly is to turn one bit, and each block has a checksum that one alone of its neighbours meets. That the file is
/// then the one that was written, the manifest's SHA-256 proves.
package enum SegmentMending {
    /// Blocks beyond this are not searched: each bit that is tried costs a checksum of the block.
    private static let searchedBytesMax = 96 << 10

    /// What to change in a file for it to be what the manifest names.
    /// - Returns: bytes by offset; nil where more is damaged than one bit of each block, or of a block too long to be
    ///   searched. Empty of a whole file.
    /// - Throws: ``StorageError`` that is not of one place of the file.
    /// - Complexity: O(file), and for each damaged block of n bytes n² · 8, n being at most 96 KiB: some seconds.
    package static func patches(
        path: String, description: SegmentDescription, fileSystem: any FileSystem
    ) throws -> [Int: UInt8]? {
        do {
            return try search(try fileSystem.open(path, .read), description)
        } catch is CorruptionError {
            return nil
        } catch let error as StorageError where error.isOfPlace {
            return nil
        }
    }

    private static func search(_ file: any File, _ description: SegmentDescription) throws -> [Int: UInt8]? {
        defer { file.close() }
        guard try file.lengthBytes() == description.lengthBytes else { return nil }
        var search = MendingSearch(file: file, segmentID: description.segmentID)
        guard try search.mend(lengthBytes: description.lengthBytes) else { return nil }
        let found = search.patches
        return try digest(of: file, description.lengthBytes, found) == description.sha256 ? found : nil
    }

    /// The SHA-256 of a file with some bytes changed, read piece by piece, ``FlushStep`` of it in memory.
    /// - Parameter each: is given each piece as it is then, and where it stands.
    package static func digest(
        of file: any File, _ lengthBytes: Int, _ patches: [Int: UInt8],
        _ each: (_ piece: [UInt8], _ offset: Int) throws -> Void = { _, _ in }
    ) throws -> [UInt8] {
        var digest = SHA256()
        var offset = 0
        while offset < lengthBytes {
            var piece = try file.read(exactly: min(FlushStep.bytes, lengthBytes - offset), at: offset)
            // order: each goes to a place of its own.
            for (place, byte) in patches where place >= offset && place - offset < piece.count {
                piece[place - offset] = byte
            }
            try each(piece, offset)
            digest.update(piece)
            offset += piece.count
        }
        return digest.finish()
    }

    fileprivate static func isSearched(_ count: Int) -> Bool { count <= searchedBytesMax }
}

/// Goes through a segment from its ends inward: header, trailer, footer, and all blocks that this names.
private struct MendingSearch {
    let file: any File
    let segmentID: UInt64
    private(set) var patches: [Int: UInt8] = [:]

    init(file: any File, segmentID: UInt64) { (self.file, self.segmentID) = (file, segmentID) }

    /// - Returns: false where something cannot be mended.
    mutating func mend(lengthBytes: Int) throws -> Bool {
        guard lengthBytes >= SegmentLimits.headerBytes + SegmentLimits.trailerBytes else { return false }
        try mendHeader()
        let start = lengthBytes - SegmentLimits.trailerBytes
        guard let trailer = try mendedTrailer(at: start) else { return false }
        var cursor = ByteCursor(trailer)
        let (offset, length) = (
            Int(clamping: try cursor.read(littleEndian: UInt64.self)),
            Int(clamping: try cursor.read(littleEndian: UInt64.self))
        )
        guard offset >= SegmentLimits.headerBytes, offset <= start, length == start - offset,
            length >= SegmentLimits.checksumBytes, length <= SegmentLimits.footerBytesMax,
            let content = try mended(block: BlockPlace(offset: offset, length: length))
        else { return false }
        var contentCursor = ByteCursor(content)
        guard let footer = try? SegmentFooter(from: &contentCursor, blocksEnd: offset) else { return false }
        for place in footer.blocks {
            guard try mended(block: place) != nil else { return false }
        }
        return true
    }

    /// All of a header is known.
    private mutating func mendHeader() throws {
        let found = try file.read(exactly: SegmentLimits.headerBytes, at: 0)
        var sink = ByteSink()
        sink.append(contentsOf: SegmentFormat.magic)
        sink.append(SegmentVersion.first.rawValue)
        sink.append(contentsOf: [UInt8](repeating: 0, count: 7))
        sink.append(littleEndian: segmentID)
        sink.append(littleEndian: SegmentFormat.checksum(sink.bytes[...], segmentID: segmentID, offset: 0))
        for (offset, byte) in sink.bytes.enumerated() where found[offset] != byte { patches[offset] = byte }
    }

    /// The first 24 bytes of the trailer, its checksum behind them.
    private mutating func mendedTrailer(at start: Int) throws -> ArraySlice<UInt8>? {
        let found = try file.read(exactly: SegmentLimits.trailerBytes, at: start)
        // As a block: the checksum goes before what it covers.
        guard let mended = search(Array(found[24...] + found[..<24]), at: start) else { return nil }
        let trailer = mended[8...] + mended[..<8]
        note(Array(trailer), instead: found, at: start)
        return trailer
    }

    /// A block's content.
    private mutating func mended(block place: BlockPlace) throws -> ArraySlice<UInt8>? {
        let found = try file.read(exactly: place.length, at: place.offset)
        guard let mended = search(found, at: place.offset) else { return nil }
        note(mended, instead: found, at: place.offset)
        return mended[SegmentLimits.checksumBytes...]
    }

    private mutating func note(_ mended: [UInt8], instead found: [UInt8], at offset: Int) {
        if mended == found { return }
        for index in found.indices where mended[index] != found[index] { patches[offset + index] = mended[index] }
    }

    /// The block as it was written, if one bit of it is another at the most.
    private func search(_ found: [UInt8], at offset: Int) -> [UInt8]? {
        var block = found
        let written = found[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let difference = checksum(block, at: offset) ^ written
        if difference == 0 { return block }
        if difference.nonzeroBitCount == 1 {
            let bit = difference.trailingZeroBitCount
            block[bit / 8] ^= 1 << UInt8(bit % 8)
            return block
        }
        guard SegmentMending.isSearched(block.count) else { return nil }
        for index in SegmentLimits.checksumBytes..<block.count {
            for bit in 0..<8 {
                block[index] ^= 1 << UInt8(bit)
                if checksum(block, at: offset) == written { return block }
                block[index] ^= 1 << UInt8(bit)
            }
        }
        return nil
    }

    private func checksum(_ block: [UInt8], at offset: Int) -> UInt64 {
        SegmentFormat.checksum(block[SegmentLimits.checksumBytes...], segmentID: segmentID, offset: offset)
    }
}
