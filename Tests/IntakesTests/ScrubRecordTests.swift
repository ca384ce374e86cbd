import Exporting
import Intakes
import Platform
import Testing

/// What reading all files once more tells of itself.
@Suite struct ScrubRecordTests {
    private func note(_ record: ScrubRecord, _ bytes: Int, _ files: [String] = [], isEnd: Bool = false) {
        let found = files.map { CorruptionError(file: $0, offset: 0, expectation: "what was written") }
        record.note(bytes: bytes, found: found, isEnd: isEnd)
    }

    @Test func agesAndFindingsGoByWholePasses() throws {
        let clock = SimulatedClock(wallNanoseconds: 1_000)
        let record = ScrubRecord(clock: clock)
        #expect(record.sample == nil)
        record.begin()
        #expect(record.sample?.readSince == 1_000 && record.sample?.findings == 0)
        clock.advance(nanoseconds: 10)
        note(record, 5, ["a", "b"])
        note(record, 5, ["a"])
        #expect(record.sample?.findings == 2 && record.sample?.bytes == 10 && record.sample?.readSince == 1_000)
        note(record, 0, isEnd: true)
        clock.advance(nanoseconds: 10)
        // A file that was put back is known to be whole when a pass has read it.
        note(record, 5, ["b"])
        #expect(record.sample?.findings == 2 && record.sample?.readSince == 1_000)
        clock.advance(nanoseconds: 10)
        note(record, 0, isEnd: true)
        #expect(record.sample?.findings == 1 && record.sample?.readSince == 1_010)
    }

    @Test func theShareOfTheDiskIsBounded() {
        func seconds(_ bytes: Int, of passBytes: Int) -> Double {
            Double(ScrubPace.pause(after: bytes, isEnd: false, passBytes: passBytes)) / 1e9
        }
        // 256 KiB/s of small stores, a pass in three days, at the most 8 MiB/s of large ones.
        #expect(seconds(1 << 20, of: 1 << 20) == 4)
        #expect(seconds(1 << 20, of: 1 << 40) > 0.24 && seconds(1 << 20, of: 1 << 40) < 0.26)
        #expect(seconds(1 << 20, of: .max) == 0.125)
        #expect(seconds(0, of: 0) == 0.1 && seconds(.max, of: 0) == 600)
        #expect(ScrubPace.pause(after: 1, isEnd: true, passBytes: 1) == 3_600_000_000_000)
    }
}
