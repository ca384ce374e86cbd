internal import Bytes
internal import Hashing
internal import Platform

extension SegmentReader {
    /// Bytes of a file that are read at one time, unless one block has more.
    private static let bytesAtOnce = 1 << 20

    /// Whether the file that has the name now is to the byte what was written, by its SHA-256, and each block has its
    /// checksum: all of it in one reading. Where it is not, whoever wants to know the place looks at each block.
    /// - Throws: ``StorageError`` that is not of one place.
    /// - Complexity: O(file); a mebibyte is held, or a block that is larger.
    func isAsWritten(_ sha256: [UInt8]) throws -> Bool {
        do {
            // Another file may have come under the name of the one that is open: what is read next is of the name's.
            let named = try files.reopened(path, insteadOf: try file)
            guard try named.lengthBytes() == lengthBytes else { return false }
            return try hasDigest(sha256, named)
        } catch where error is any FileContentError || (error as? StorageError)?.isOfPlace == true {
            return false
        }
    }

    private func hasDigest(_ sha256: [UInt8], _ file: any File) throws -> Bool {
        let places = footer.blocks
        var digest = SHA256()
        var (offset, next) = (0, 0)
        while offset < lengthBytes {
            // Whole blocks, with what lies between them.
            var end = min(offset + Self.bytesAtOnce, lengthBytes)
            let first = next
            while next < places.count, places[next].offset < end {
                end = max(end, places[next].offset + places[next].length)
                next += 1
            }
            let bytes = try file.read(exactly: end - offset, at: offset)
            digest.update(bytes)
            for place in places[first..<next] {
                let start = place.offset - offset
                guard isWhole(bytes[start..<start + place.length], at: place.offset) else { return false }
            }
            offset = end
        }
        return digest.finish() == sha256
    }

    /// Whether a block has its checksum.
    private func isWhole(_ block: ArraySlice<UInt8>, at offset: Int) -> Bool {
        var cursor = ByteCursor(block)
        guard let checksum = try? cursor.read(littleEndian: UInt64.self) else { return false }
        let content = block.dropFirst(SegmentLimits.checksumBytes)
        return SegmentFormat.checksum(content, segmentID: segmentID, offset: offset) == checksum
    }
}
