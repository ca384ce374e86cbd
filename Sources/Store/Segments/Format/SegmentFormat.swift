internal import Hashing

// A sealed segment: row groups of several tables, column by column. Written once, never changed. Little-endian, varints
// LEB128.
//
//     offset  size  field
//     0       32    file header
//     32      …     blocks: pages of row groups, their filters, the identity filter; in the order in which they were added
//     …       …     footer: one block that names all others
//     −32     32    trailer
//
//     file header                                    trailer
//     0   8   magic "PLIMSEGM"                       0   8   footer offset
//     8   1   version (SegmentVersion)               8   8   footer length, checksum included
//     9   7   zeros                                  16  8   magic "MGESMILP"
//     16  8   segment id                             24  8   checksum of bytes 0..<24
//     24  8   checksum of bytes 0..<24
//
//     block                                          page = block of
//     0   8   checksum of bytes 8..<length           page header (Columnar), payload
//     8   …   content
//
// Every checksum is XXH3-64 with a seed made of the segment id and the block's offset in the file, so a block that was
// moved within a file or between files does not pass. Pages of one value or of nulls only have no block: their header
// in the footer says it all, and a column that is null throughout a group is left out.
//
//     footer content
//     v+…   metadata           the caller's bytes
//     v v v identity filter    offset, length (0: none), number of keys
//     v     tables, each:
//       v+…   name
//       v     columns, each: v+… name, type (ColumnTypeCoding), 1 hint
//       v     groups, each:
//         v     rowCount
//         v     pages, each ascending by column:
//           v     column
//           …     page header
//           v v   offset and length of the page block (length 0: none); columns of a group with the same page share it
//           v v   offset and length of the filter block (length 0: none)
//           v+…   of a page of shared texts: the blocks of texts that it names, each an index, ascending
//     v     blocks of shared texts, left out where there are none; each:
//       v     number of texts
//       v v   offset and length of the block (Columnar, TextPool)
//       v v   offset and length of the filter block of these texts (length 0: none)
//
// Reading: the length is the manifest's; trailer, then footer, then single blocks as asked. A segment is whole or
// refused: there is no torn tail, because a segment gets its name only after it was flushed and read back.

/// The ladder of segment formats; numbers are never reused.
enum SegmentVersion: UInt8, Sendable {
    /// The first format.
    case first = 1
}

/// Sizes and maxima of segment files.
package enum SegmentLimits {
    /// Length of the file header.
    package static let headerBytes = 32
    /// Length of the trailer.
    package static let trailerBytes = 32
    /// Length of a block's checksum.
    static let checksumBytes = 8
    /// A footer beyond this is taken for damage; 16 M rows with a hundred columns stay far below.
    static let footerBytesMax = 1 << 26
    /// Tables of one segment.
    static let tablesMax = 4_096
    /// Columns of one table.
    static let columnsMax = 16_384
    /// Row groups of one table.
    static let groupsMax = 1 << 20
    /// Blocks of texts that pages have in common.
    static let textBlocksMax = 1 << 20
    /// UTF-8 of a table's or column's name.
    static let nameBytesMax = 1_024
    /// The caller's bytes in the footer.
    static let metadataBytesMax = 1 << 24
}

enum SegmentFormat {
    static let magic = Array("PLIMSEGM".utf8)
    static let endMagic = Array("MGESMILP".utf8)

    /// The seed of a block's checksum.
    static func place(_ segmentID: UInt64, _ offset: Int) -> UInt64 {
        (segmentID &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(bitPattern: Int64(offset))
    }

    static func checksum(_ content: ArraySlice<UInt8>, segmentID: UInt64, offset: Int) -> UInt64 {
        xxh3(content, seed: place(segmentID, offset))
    }
}

/// The name of a segment's file.
package func segmentFileName(_ segmentID: UInt64) -> String {
    let digits = String(segmentID, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits + segmentFileEnding
}

/// What the name of a segment's file ends in.
package let segmentFileEnding = ".segment"
