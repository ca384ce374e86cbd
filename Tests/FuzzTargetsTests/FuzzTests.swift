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

    /// Whether a file is another one's: of a store of an earlier version, which stands among the fixtures of its tests.
    private static func isLink(_ path: URL) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: path.path)) != nil
    }

    /// Inputs that are kept: seeds, forms that no seed has, and what was found once.
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
        // What is larger is tried as it lies: to draw from it would take minutes.
        let small = kept.map(\.bytes).filter { $0.count <= 16_384 }
        var mutator = FuzzMutator(seed: seed, corpus: seeds + small, words: target.words, bytesMax: target.bytesMax)
        for run in 0..<Self.number("PLIMSOLL_FUZZ_RUNS", 2_000) {
            guard let finding = target.finding(in: mutator.next()) else { continue }
            Issue.record("\(name), input \(run) of seed \(seed): \(finding)")
            return
        }
    }

    /// What is kept belongs to a reader, and stays small.
    @Test func theCorpusIsSmall() throws {
        let names = FuzzTarget.all.map(\.name)
        #expect(Set(names).count == names.count)
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: Self.folder.path)) ?? []
        #expect(folders.count > 20, "the folder is where it is looked for")
        var bytes = 0
        for folder in folders {
            let target = try #require(FuzzTarget.all.first { $0.name == folder }, "a reader of the name \(folder)")
            for (file, content) in Self.corpus(folder) {
                #expect(content.count <= target.bytesMax, "\(folder)/\(file) is longer than what is tried")
                let isLink = Self.isLink(Self.folder.appendingPathComponent("\(folder)/\(file)"))
                if !isLink { bytes += content.count }
            }
        }
        #expect(bytes <= 300_000)
    }

    /// As libFuzzer reads them: a word in quotes on each line, what is no plain letter by its digits.
    @Test func wordsAreADictionary() {
        let text = String(decoding: FuzzWords.dictionary(["select", "\"a\\\n", "", "\u{E9}"]), as: UTF8.self)
        #expect(text == "\"select\"\n\"\\x22a\\x5C\\x0A\"\n\"\\xC3\\xA9\"\n")
        let languages = ["sql", "promql", "rules", "openslo", "template", "dashboard", "prices", "json", "times"]
        for target in FuzzTarget.all where languages.contains(target.name) { #expect(target.words.count > 10) }
        #expect(FuzzTarget.all.allSatisfy { $0.words.allSatisfy { (1...100).contains($0.utf8.count) } })
    }

    /// The same seed draws the same inputs.
    @Test func drawsFollowFromTheSeed() {
        func drawn(_ seed: UInt64) -> [[UInt8]] {
            var mutator = FuzzMutator(
                seed: seed, corpus: [Array("select 1".utf8)], words: ["from", "where"], bytesMax: 64)
            return (0..<50).map { _ in mutator.next() }
        }
        #expect(drawn(3) == drawn(3) && drawn(3) != drawn(4))
        #expect(drawn(3).allSatisfy { $0.count <= 64 })
    }
}
