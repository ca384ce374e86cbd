internal import Bytes
internal import Hashing

extension SegmentLimits {
    /// The same bytes with checksums that pass for what was written, as far as blocks can be made out: whoever tries
    /// readers with what nobody wrote would else try checksums alone. A footer of another length stays found.
    /// - Complexity: O(bytes), and as often more as blocks lie over each other.
    package static func resealed(_ bytes: [UInt8]) -> [UInt8] {
        let start = bytes.count - trailerBytes
        guard start >= headerBytes + checksumBytes else { return bytes }
        var file = bytes
        func put(_ number: UInt64, at offset: Int) {
            for index in 0..<8 { file[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(index))) }
        }
        func word(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(file[offset + $1]) << (8 * UInt64($1)) } }
        file.replaceSubrange(0..<8, with: SegmentFormat.magic)
        let segmentID = word(16)
        put(SegmentFormat.checksum(file[..<24], segmentID: segmentID, offset: 0), at: 24)
        guard let footer = Int(exactly: word(start)), (headerBytes...(start - checksumBytes)).contains(footer) else {
            return file
        }
        put(UInt64(start - footer), at: start + 8)
        file.replaceSubrange((start + 16)..<(start + 24), with: SegmentFormat.endMagic)
        put(SegmentFormat.checksum(file[start..<(start + 24)], segmentID: segmentID, offset: start), at: start + 24)
        var cursor = ByteCursor(file[(footer + checksumBytes)..<start])
        if let content = try? SegmentFooter(from: &cursor, blocksEnd: footer) {
            for place in content.blocks {
                let block = file[(place.offset + checksumBytes)..<(place.offset + place.length)]
                put(SegmentFormat.checksum(block, segmentID: segmentID, offset: place.offset), at: place.offset)
            }
        }
        let block = file[(footer + checksumBytes)..<start]
        put(SegmentFormat.checksum(block, segmentID: segmentID, offset: footer), at: footer)
        return file
    }
}
