import EventStores
import Testing

/// The record of a backup is refused whatever its bytes are, and never more than that.
@Suite struct BackupRecordTests {
    /// A header that has room for no body, with a hash of all before that passes.
    @Test(arguments: 33..<64) func shortOnesAreRefused(count: Int) {
        let sample = StoreFileRewriting.sampleBackup
        let short = StoreFileRewriting.ending(backup: Array(sample.prefix(count - 32)))
        #expect(short.count == count)
        #expect(throws: (any Error).self) { try StoreFileRewriting.backup(short) }
    }

    @Test func whatIsWrittenIsRead() throws {
        let sample = StoreFileRewriting.sampleBackup
        #expect(try StoreFileRewriting.backup(sample) == sample)
        #expect(StoreFileRewriting.resealed(backup: sample) == sample)
    }

    /// Lengths that nobody can add up are none of a store.
    @Test func lengthsAddUp() {
        var sample = StoreFileRewriting.sampleBackup
        // Two lengths of two bytes each become the largest number.
        for (text, next) in [("0000000000000001.segment", 2), ("events-000000000001.log", 3)] {
            let place = sample.indices.first { sample[$0...].starts(with: Array(text.utf8)) } ?? 0
            let start = place + text.utf8.count
            let longest = [UInt8](repeating: 0xFF, count: 8) + [0x7F]
            sample.replaceSubrange(start..<(start + next), with: longest)
        }
        #expect(throws: (any Error).self) {
            try StoreFileRewriting.backup(StoreFileRewriting.resealed(backup: sample))
        }
    }
}
