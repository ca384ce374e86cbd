internal import Hashing

// The event log on disk: a directory of files that are numbered without a gap.
//
//     events-000000000007.log    records in order of acceptance; the highest number is the one being written
//     spare-000000000003.log     a freed file waiting to be used again; its contents mean nothing
//     log.end                    how far the log reached when it was last closed in order (LogEndMark)
//
// All numbers are little-endian. A file has a fixed size from its first day; its space is reserved, zeros are written
// ahead of the records, and freed files are used again: so nearly every flush moves no metadata. Both formats below
// start at multiples of eight.
//
// File header, one sector of 512 bytes, flushed before the file gets its name:
//
//     offset  size  field
//     0       7     magic            "PLIMLOG"
//     7       1     version          LogFormatVersion
//     8       8     logID            the same in every file and record of one log
//     16      8     fileNumber
//     24      8     fileBytes        size of the file, this header included
//     32      8     firstPosition    position of the next event when the file was begun
//     40      8     previousEnd      exact end of the records of the file before; 0 in the first file of a log
//     48      4     previousChain    low word of the checksum of the last record of the file before (of its header when it has none); 0 in
//                                    the first
//     52      4     zero
//     56      8     checksum         XXH3-64 of bytes 0..<56, seed fileNumber
//     64      448   zero
//
// Record, at 512 and then end to end:
//
//     offset  size  field
//     0       8     checksum         XXH3-64 of bytes 8..<56 and the padded payload, seed fileNumber << 32 | offset
//     8       4     payloadBytes     without padding
//     12      1     kind             LogRecordKind
//     13      1     zero
//     14      2     fileNumber       low half-word
//     16      4     count            events in the payload
//     20      4     chain            low word of the checksum of the record before, of the file header for the first
//     24      8     position         of the first event; of the next event where count is 0
//     32      8     receivedTime     ns since 1970 UTC
//     40      8     flushedOffset    everything of this file before this offset was flushed when the record was made
//     48      8     logID
//     56      …     payload          opaque here; zeros up to a multiple of eight
//
// The place in the seed keeps a record from being taken for one elsewhere: recycled bytes never pass. The chain keeps
// records that a power cut left behind a hole from joining a later history.
//
// Reading. Each file but the last must hold intact records up to the `previousEnd` of its successor. In the last file
// the first record that does not pass ends the log. If a record behind it passes and its `flushedOffset` lies beyond
// that place, then flushed bytes were damaged and the start is refused; otherwise the tail was torn and is cut: what
// was never flushed was never acknowledged. What this cannot tell: damage in the last flushed group after an unclean
// stop looks like a torn tail, since nothing behind it vouches. A clean close and an idle log therefore end in a marker
// that vouches for all before it, and a clean close writes down where that was (LogEndMark): so damage to the last
// records, to all that stands behind a place, and the loss of the last file are told from a torn tail.

/// The ladder of formats. Numbers are never reused.
package enum LogFormatVersion: UInt8, Sendable {
    /// The first.
    case one = 1

    package static let current = LogFormatVersion.one
}

/// Sizes and limits of the format.
package enum LogFormat {
    package static let magic: [UInt8] = Array("PLIMLOG".utf8)
    /// One sector, so that no later write touches it.
    package static let fileHeaderBytes = 512
    static let recordHeaderBytes = 56
    /// Records start at multiples of this, so that a search for them may step.
    static let alignmentBytes = 8
    /// Numbers of files are below: names beyond are left alone.
    static let fileNumberEnd: UInt64 = 1 << 31
    /// Longest payload of a record.
    package static let payloadBytesMax = 64 << 20
    /// Smallest useful file.
    static let fileBytesMin = 4096
    /// Largest file: an offset fits the low word of a record's seed. A file made for one longest record is far below.
    package static let fileBytesMax = 1 << 31
    /// The first file of a log is no larger: a store that was filled by imports alone, whose events are in segments at
    /// once, has little in its log and does not keep room for more.
    static let firstFileBytesMax = 4 << 20
    /// Most bytes of records that room is made for at once: they stand in one file.
    static let reservedBytesMax = fileBytesMax - fileHeaderBytes

    /// Zeros go ahead of the records in steps of this.
    static let fillStepBytes = 256 << 10
    /// The same where nobody waits: fewer flushes move metadata.
    static let fillAheadBytes = 1 << 20

    /// The end of the step that `offset` lies in.
    static func filledOffset(after offset: Int) -> Int { (offset + fillStepBytes - 1) / fillStepBytes * fillStepBytes }

    /// Bytes that a record occupies.
    package static func recordBytes(payloadBytes: Int) -> Int {
        recordHeaderBytes + (payloadBytes + alignmentBytes - 1) / alignmentBytes * alignmentBytes
    }

    /// The same bytes with a header and records that pass for what was written, as far as these can be made out:
    /// whoever tries readers with what nobody wrote would else try checksums alone.
    /// - Parameter number: of the file, as its name has it.
    /// - Complexity: O(bytes).
    package static func resealed(_ bytes: [UInt8], number: UInt64) -> [UInt8] {
        guard bytes.count >= fileHeaderBytes + recordHeaderBytes else { return bytes }
        var file = bytes
        func put(_ number: UInt64, at offset: Int, bytes count: Int = 8) {
            for index in 0..<count { file[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(index))) }
        }
        func word(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(file[offset + $1]) << (8 * UInt64($1)) } }
        file.replaceSubrange(0..<magic.count, with: magic)
        put(number, at: 16)
        put(UInt64(file.count), at: 24)
        put(0, at: 52, bytes: 4)
        var checksum = xxh3(file[..<LogFileHeader.checkedBytes], seed: number)
        put(checksum, at: LogFileHeader.checkedBytes)
        file.replaceSubrange(64..<fileHeaderBytes, with: repeatElement(0, count: fileHeaderBytes - 64))
        let logID = word(8)
        var offset = fileHeaderBytes
        while file.count - offset >= recordHeaderBytes {
            let payload = Int(UInt32(truncatingIfNeeded: word(offset + 8)))
            guard payload <= payloadBytesMax, recordBytes(payloadBytes: payload) <= file.count - offset,
                word(offset + LogRecordHeader.idOffset) == logID
            else { break }
            let end = offset + recordBytes(payloadBytes: payload)
            put(UInt64(UInt16(truncatingIfNeeded: number)), at: offset + 14, bytes: 2)
            put(UInt64(UInt32(truncatingIfNeeded: checksum)), at: offset + 20, bytes: 4)
            checksum = LogRecordHeader.checksum(of: file[offset..<end], fileNumber: number, offset: offset)
            put(checksum, at: offset)
            offset = end
        }
        return file
    }

    /// Binds a record's checksum to its place.
    static func seed(fileNumber: UInt64, offset: Int) -> UInt64 { fileNumber << 32 | UInt64(offset) }
}
