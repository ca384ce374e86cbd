package import Platform

/// The blocks of a segment as they lie in its file, to be read once more a stretch at a time: whether what decays is
/// what was written. What they mean is not looked at.
package struct SegmentBlocks: Sendable {
    private let reader: SegmentReader
    private let places: [BlockPlace]
    private var next = 0

    /// Opens the file anew and reads header, trailer and footer.
    /// - Throws: as ``SegmentReader/open(fileSystem:path:expected:)``.
    package init(path: String, expected: (segmentID: UInt64, lengthBytes: Int), fileSystem: any FileSystem) throws {
        reader = try SegmentReader.open(fileSystem: fileSystem, path: path, expected: expected)
        places = reader.footer.blocks
    }

    /// Bytes that opening has read.
    package var openedBytes: Int { reader.footerBytes + SegmentLimits.headerBytes + SegmentLimits.trailerBytes }

    /// Reads the next blocks, at least one.
    /// - Parameters:
    ///   - bytesMax: unless one block has more.
    ///   - tell: is given each that is not what was written.
    /// - Returns: how many bytes were read; nil behind the last one.
    /// - Throws: ``StorageError`` that is not of one place of the file; the next call goes on behind it.
    package mutating func read(bytesMax: Int, _ tell: (any Error) -> Void) throws -> Int? {
        guard next < places.count else { return nil }
        var bytes = 0
        while next < places.count, bytes == 0 || bytes + places[next].length <= bytesMax {
            let place = places[next]
            next += 1
            bytes += place.length
            do {
                _ = try reader.read(block: place)
            } catch where error is any FileContentError || (error as? StorageError)?.isOfPlace == true {
                tell(error)
            }
        }
        return bytes
    }
}

extension SegmentFooter {
    /// All blocks that it names, each once, in the order of the file.
    var blocks: [BlockPlace] {
        var places = [identityFilter] + texts.flatMap { [$0.block, $0.filter] }
        for reference in tables.lazy.flatMap({ $0.groups.flatMap(\.pages) }) {
            if let reference { places += [reference.page, reference.filter] }
        }
        return Set(places.filter { $0.length > 0 }).sorted { ($0.offset, $0.length) < ($1.offset, $1.length) }
    }
}
