import Foundation
import FuzzTargets
import Testing

/// A share of `make fuzz` with every change: all inputs that are kept, and others drawn from them.
///
/// `PLIMSOLL_FUZZ_RUNS` sets how many are drawn for each reader (default 2,000), `PLIMSOLL_SEED` which ones.
@Suite struct FuzzTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/fuzz")

    private static func number(_ name: String, _ other: UInt64) -> UInt64 {
        ProcessInfo.processInfo.environment[name].flatMap(UInt64.init) ?? other
    }

    /// Inputs that are kept: seeds, and what was found once.
    private static func corpus(_ name: String) -> [(file: String, bytes: [UInt8])] {
        let folder = folder.appendingPathComponent(name)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.sorted().compactMap { file in
            (try? Data(contentsOf: folder.appendingPathComponent(file))).map { (file, Array($0)) }
        }
    }

    @Test(arguments: FuzzTarget.all.map(\.name)) func promisesHold(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let kept = Self.corpus(name)
        for (file, bytes) in kept {
            if let finding = target.finding(in: bytes) { Issue.record("\(name)/\(file): \(finding)") }
        }
        let seeds = try target.seeds()
        #expect(!seeds.isEmpty && seeds.allSatisfy { $0.count <= target.bytesMax })
        for seed in seeds {
            if let finding = target.finding(in: seed) { Issue.record("a seed of \(name): \(finding)") }
        }
        let seed = Self.number("PLIMSOLL_SEED", 1)
        var mutator = FuzzMutator(seed: seed, corpus: seeds + kept.map(\.bytes), bytesMax: target.bytesMax)
        for run in 0..<Self.number("PLIMSOLL_FUZZ_RUNS", 2_000) {
            guard let finding = target.finding(in: mutator.next()) else { continue }
            Issue.record("\(name), input \(run) of seed \(seed): \(finding)")
            return
        }
    }

    /// What is kept belongs to a reader, and stays small.
    @Test func theCorpusIsSmall() {
        let names = FuzzTarget.all.map(\.name)
        #expect(Set(names).count == names.count)
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: Self.folder.path)) ?? []
        for folder in folders { #expect(names.contains(folder), "a reader of the name \(folder)") }
        let bytes = folders.flatMap(Self.corpus).reduce(0) { $0 + $1.bytes.count }
        #expect(bytes <= 200_000)
    }

    /// The same seed draws the same inputs.
    @Test func drawsFollowFromTheSeed() {
        func drawn(_ seed: UInt64) -> [[UInt8]] {
            var mutator = FuzzMutator(seed: seed, corpus: [Array("select 1".utf8)], bytesMax: 64)
            return (0..<50).map { _ in mutator.next() }
        }
        #expect(drawn(3) == drawn(3) && drawn(3) != drawn(4))
        #expect(drawn(3).allSatisfy { $0.count <= 64 })
    }
}
