import Foundation
import Platform
import StoreSimulations
import Testing

/// A share of `make simulate` and of `make failing-calls` with every change.
///
/// `PLIMSOLL_SEEDS` sets how many histories are tried (default 300), `PLIMSOLL_SEED` the first one.
@Suite struct SimulationTests {
    private static func number(_ name: String, _ other: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init) ?? other
    }

    @Test func storesDoWhatTheirModelSays() {
        let (first, count) = (Self.number("PLIMSOLL_SEED", 1), Self.number("PLIMSOLL_SEEDS", 300))
        let (report, failures) = Simulation.run(seeds: first..<(first + count), workers: ThreadWorkers(parallelism: 2))
        print("\(count) histories from seed \(first): \(report.summary)")
        for failure in failures {
            Issue.record("\(failure.violation); again with workshop simulate --seed \(failure.seed)")
        }
        #expect(report.crashes > 0 && report.faults > 0 && report.acknowledged > 0 && report.damages > 0)
        #expect(report.replayedEvents > 0 && report.compactions > 0 && report.refusals > 0)
        #expect(report.backups > 0 && report.dropped > 0 && report.repairs > report.losses && report.losses > 0)
    }

    /// The same calls, the same files to the last byte.
    @Test(arguments: [3, 14, 159]) func aSeedIsOneHistory(_ seed: UInt64) {
        let (first, second) = (Simulation.run(seed: seed), Simulation.run(seed: seed))
        #expect(first.report == second.report && first.violation == second.violation)
        #expect(Simulation.run(seed: seed + 1).report.fingerprint != first.report.fingerprint)
    }

    /// Each so-manieth call of a workload fails, in every way.
    @Test func callsThatFailEndWell() {
        let result = FailingCalls.all(events: 60, first: 5, step: 211, workers: ThreadWorkers(parallelism: 2))
        print("\(result.runs) runs, up to \(result.callsMost) calls of a life")
        for failure in result.failures { Issue.record("\(failure)") }
        #expect(result.runs > 3 * FailingCalls.Kind.allCases.count)
    }

    @Test func everyPlantedFaultHasASeed() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Goldens/StoreSimulations/planted-bugs.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
        let names = lines.compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names == PlantedBug.allCases.map(\.rawValue))
        // Where `?` stands, whoever runs them looks for a seed.
        let seeds = lines.map { $0.split(separator: " ").dropFirst().first ?? "" }
        #expect(seeds.allSatisfy { $0 == "?" || UInt64($0) != nil })
    }
}
