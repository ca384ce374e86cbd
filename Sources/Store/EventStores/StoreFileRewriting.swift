package import Bytes
import Domain
import EventLogs
import Hashing

/// Files and records of a store as bytes alone: read, and written again as this version writes them. Whoever tries
/// readers with what nobody wrote has no store.
package enum StoreFileRewriting {
    /// A state file.
    package static func state(_ bytes: [UInt8]) throws(DecodingError) -> [UInt8] {
        try StateFile(parsing: bytes).serialised
    }

    /// The record of a backup.
    package static func backup(_ bytes: [UInt8]) throws(DecodingError) -> [UInt8] {
        let record = try BackupRecord(parsing: bytes)
        assert(record.wholeBytes >= 0, "lengths add up")
        return record.serialised
    }

    /// A record of a backup with a length and a hash that pass for what was written.
    package static func resealed(backup bytes: [UInt8]) -> [UInt8] {
        let (head, hash) = (BackupRecord.headerBytes, SHA256.digestBytes)
        guard bytes.count >= head + hash else { return bytes }
        var file = Array(bytes.dropLast(hash))
        let length = UInt64(file.count - head)
        for index in 0..<8 { file[24 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt64(index))) }
        return ending(backup: file)
    }

    /// Bytes with the hash behind them that a record of a backup ends in.
    package static func ending(backup bytes: [UInt8]) -> [UInt8] { bytes + SHA256.hash(bytes) }

    /// A record of a backup of two files.
    package static var sampleBackup: [UInt8] {
        BackupRecord(
            number: 3, position: 7, receivedTime: 1_785_578_400_000_000_000, madeTime: 1_785_578_401_000_000_000,
            store: "0123456789abcdef",
            files: [
                BackupFile(
                    path: BackupFile.segments + "0000000000000001.segment", lengthBytes: 4_096,
                    sha256: SHA256.hash([1])),
                BackupFile(
                    path: BackupFile.log + "events-000000000001.log", lengthBytes: 16_384, sha256: SHA256.hash([2])),
            ]
        ).serialised
    }

    /// The payload of a record of the log of kind `system`.
    package static func record(_ payload: [UInt8]) throws(DecodingError) -> [UInt8] {
        try SystemRecord(position: 0, receivedTime: 0, parsing: payload[...]).serialised
    }

    /// Payloads of such records.
    package static var sampleRecords: [[UInt8]] {
        let letter = DeadLetter(id: "e-1", source: "s", type: "llm.call", time: 7, error: "no provider", fields: "{}")
        return [
            SystemRecord(
                position: 0, receivedTime: 0, content: .event(type: "trace.settled", data: #"{"trace_id":"a"}"#)),
            SystemRecord(position: 0, receivedTime: 0, content: .deadLetter(letter)),
        ].map(\.serialised)
    }
}
