import AlertRules
import Asking
import Intakes
import OperatorLogs
import Platform
import PromQLEvaluation
import PromQLText
import Rules
import Synchronization
import Testing

/// When rules are evaluated, and looked at again, that want more time than there is.
@Suite struct RulePaceTests {
    /// Each look takes 40 ms.
    private final class Slow: SeriesSource {
        private let state = Mutex<(now: Int64, looks: Int)>((0, 0))

        /// ns.
        var now: Int64 { state.withLock { $0.now } }
        var looks: Int { state.withLock { $0.looks } }

        func pass(milliseconds: Int64) { state.withLock { $0.now += milliseconds * 1_000_000 } }

        func series(_ request: SeriesRequest) -> [Series] {
            state.withLock { $0 = ($0.now + 40_000_000, $0.looks + 1) }
            return []
        }
    }

    private static func groups(_ count: Int, interval: String) throws -> RuleSet {
        let groups = (0..<count).map {
            "  - {name: g\($0), interval: \(interval), rules: [{record: \"r\($0)\", expr: \"m\($0)\"}]}\n"
        }
        return try RuleWorld.rules("groups:\n" + groups.joined())
    }

    /// Evaluates as time passes, a millisecond where nothing is due.
    private static func run(_ manager: RuleManager, _ source: Slow, milliseconds: Int64) {
        while source.now < milliseconds * 1_000_000 {
            let step = manager.step(at: RuleWorld.start + source.now / 1_000_000, monotonic: { source.now }) { _ in
                (source, UnboundedBudget())
            }
            if step == nil { source.pass(milliseconds: 1) }
        }
    }

    /// Eight groups want 32 times the time that there is.
    @Test func halfOfTheTimeIsLeftWhateverGroupsThereAre() throws {
        let (manager, source) = (RuleManager(try Self.groups(8, interval: "10ms"), from: []) { [] }, Slow())
        Self.run(manager, source, milliseconds: 10_000)
        // One begins every 80 ms.
        #expect(source.looks == 125)
        // Each has its turn.
        let last = manager.groups.map { $0.evaluatedAt / 1_000_000 - RuleWorld.start }
        #expect(last.allSatisfy { $0 >= 10_000 - 8 * 80 }, "\(last)")
    }

    /// Groups that have the time are evaluated at each of their times, one after the other.
    @Test func groupsOfOneTimeFollowEachOther() throws {
        let (manager, source) = (RuleManager(try Self.groups(8, interval: "1s"), from: []) { [] }, Slow())
        Self.run(manager, source, milliseconds: 330)
        #expect(source.looks == 8)
        Self.run(manager, source, milliseconds: 9_900)
        #expect(source.looks == 80)
    }

    // MARK: Files

    private struct Gone: Error {}

    /// Another evaluation is due whenever somebody looks, and the store takes nothing.
    private final class Hurry: Sendable {
        private let time = Mutex(RuleWorld.start * 1_000_000)
        private let asked = Mutex(true)

        func now() -> Int64 {
            time.withLock { time in
                time += 1_000_000_000
                return time
            }
        }

        func isAsked() -> Bool {
            asked.withLock { asked in
                defer { asked = false }
                return asked
            }
        }
    }

    @Test func filesAreLookedAtWhateverIsDue() async throws {
        let (path, hurry) = ("/etc/rules.yaml", Hurry())
        let (disk, clock, log) = (SimulatedFileSystem(seed: 5), SimulatedClock(), OperatorLog { _ in })
        try disk.createDirectories("/etc")
        func write(_ name: String) throws {
            let text = "groups: [{name: g, interval: 1ms, rules: [{record: \(name), expr: \"vector(1)\"}]}]\n"
            try disk.replace(path, with: Array(text.utf8))
        }
        try write("one")
        let manager = RuleManager(try RuleSet([path], in: disk, RuleOptions()), from: []) { [] }
        let inputs = RuleTicker.Inputs(
            now: { hurry.now() }, present: { [] }, open: { _, _ in (MemorySeries(), UnboundedBudget()) },
            files: RuleFileWatch([path], in: disk, RuleOptions(), clock: clock), isAsked: { hurry.isAsked() })
        let thread = ThreadPool(threadCount: 1)
        let ticker = RuleTicker(
            manager, inputs, senders: [], thread: thread,
            committer: GroupCommitter(thread: thread, groupWeightMax: 1, clock: clock, waitNanoseconds: 0) { _, _ in
                throw Gone()
            },
            clock: clock,
            health: ServerHealth(log: log, clock: clock), log: log)
        func names() async -> [String] {
            for _ in 0..<3 { try? await ticker.step() }
            return manager.groups.flatMap(\.rules).map(\.name)
        }
        try write("two")
        #expect(await names() == ["two"], "somebody asked")
        try write("three")
        #expect(await names() == ["two"])
        clock.advance(nanoseconds: 15_000_000_000)
        #expect(await names() == ["three"])
        await thread.stop()
    }
}
