import Domain
import EventStores
import Intakes
import OperatorLogs
import Platform
import Synchronization
import Testing

@Suite struct DamagedPlacesTests {
    private func error(_ offset: Int) -> CorruptionError {
        CorruptionError(file: "/data/segments/1.segment", offset: offset, expectation: "a checksum")
    }

    @Test func eachIsSaidOnceAndNoMoreThanSoManyAreKnown() {
        let said = Mutex(0)
        let log = OperatorLog { _ in said.withLock { $0 += 1 } }
        let damage = ServerHealth(log: log, clock: SimulatedClock()).damage
        for _ in 0..<2 {
            for offset in 0..<500 { #expect(damage.met(error(offset))) }
        }
        #expect(damage.count == 100 && said.withLock { $0 } == 100)
        #expect(damage.troubles.count == 11 && damage.troubles.last?.line.contains("90 more") == true)
        // Those that are not named want the same as those that are.
        #expect(damage.troubles.allSatisfy { $0.remedy == .backup })
        #expect(damage.troubles.first?.line.contains("/data/segments/1.segment is damaged at offset 0") == true)
        #expect(!damage.met(CancellationError()) && damage.count == 100)
    }

    /// Ingest tells places of either kind as questions do.
    @Test func placesThatHideRepeatsAreToldWhateverTheirKind() throws {
        let lines = Mutex<[String]>([])
        let log = OperatorLog { line in lines.withLock { $0.append("\(line)") } }
        let damage = ServerHealth(log: log, clock: SimulatedClock()).damage
        let newer = NewerFormatError(file: "/data/segments/2.segment", expectation: "encoding 4, found 99")
        let places = [UnreadablePlace(error(7)), UnreadablePlace(newer)]
        let verdicts = [.accepted(position: 1), .duplicate] + places.flatMap { [EventVerdict.unreadable($0), .tooOld] }
        let result = AppendResult(verdicts: verdicts + verdicts, accepted: 2, duplicates: 2, lastPosition: 1)
        damage.met(in: [result, result])
        #expect(damage.count == 2 && lines.withLock { $0.count } == 2)
        #expect(damage.troubles.first?.line.hasSuffix("shows the extent; restore the file from a backup") == true)
        let last = try #require(damage.troubles.last)
        #expect(last.line.hasPrefix("a newer version of plimsoll wrote /data/segments/2.segment"), "\(last)")
        #expect(last.line.contains("use the version that wrote it"), "\(last)")
        #expect(damage.troubles.map(\.remedy) == [.backup, .laterVersion])
        // What a question meets afterwards is known.
        #expect(damage.met(newer) && damage.count == 2 && lines.withLock { $0.count } == 2)
        damage.look { $0 is NewerFormatError }
        #expect(damage.count == 1)
    }

    @Test func whatCanBeUsedAgainIsForgottenAndNotSaidAnewAtOnce() {
        let said = Mutex(0)
        let clock = SimulatedClock()
        let log = OperatorLog { _ in said.withLock { $0 += 1 } }
        let damage = ServerHealth(log: log, clock: clock).damage
        for offset in 0..<3 { damage.met(error(offset)) }
        damage.look { ($0 as? CorruptionError)?.offset != 1 }
        #expect(damage.count == 1 && damage.troubles.first?.line.contains("offset 1:") == true)
        #expect(damage.met(error(0)) && damage.count == 2 && said.withLock { $0 } == 3)
        damage.look { _ in true }
        #expect(damage.count == 0 && damage.troubles.isEmpty && said.withLock { $0 } == 4)
    }
}
