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
        #expect(damage.lines.count == 11 && damage.lines.last?.contains("90 more") == true)
        #expect(damage.lines.first?.contains("/data/segments/1.segment is damaged at offset 0") == true)
        #expect(!damage.met(CancellationError()) && damage.count == 100)
    }

    @Test func whatCanBeUsedAgainIsForgottenAndNotSaidAnewAtOnce() {
        let said = Mutex(0)
        let clock = SimulatedClock()
        let log = OperatorLog { _ in said.withLock { $0 += 1 } }
        let damage = ServerHealth(log: log, clock: clock).damage
        for offset in 0..<3 { damage.met(error(offset)) }
        damage.look { ($0 as? CorruptionError)?.offset != 1 }
        #expect(damage.count == 1 && damage.lines.first?.contains("offset 1:") == true)
        #expect(damage.met(error(0)) && damage.count == 2 && said.withLock { $0 } == 3)
        damage.look { _ in true }
        #expect(damage.count == 0 && damage.lines.isEmpty && said.withLock { $0 } == 4)
    }
}
