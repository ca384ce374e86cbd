import EventStores
import Platform
import Synchronization
import Testing

/// Values that several threads ask for at one time.
@Suite struct KeptValuesTests {
    private struct Mistake: Error {}

    /// What has happened; threads wait for it.
    private final class Steps: Sendable {
        private let reached = Atomic<Int>(0)

        func reach(_ step: Int) { reached.max(step, ordering: .sequentiallyConsistent) }

        func wait(for step: Int) {
            while reached.load(ordering: .sequentiallyConsistent) < step { pauseThread(milliseconds: 1) }
        }
    }

    /// One with steps says when it is looked up beside another.
    private struct Key: Hashable, Sendable {
        var number: Int
        var steps: Steps?

        static func == (left: Key, right: Key) -> Bool {
            left.steps?.reach(2)
            right.steps?.reach(2)
            return left.number == right.number
        }

        func hash(into hasher: inout Hasher) { hasher.combine(number) }
    }

    /// The first one fails while the second waits for it. The second computes and is kept; where it fails as well, what
    /// a third computed meanwhile stays.
    @Test(arguments: [false, true]) func failuresTakeNothingOfOthersAway(bothFail: Bool) async throws {
        let kept = KeptValues<Key, Int>(bytesMax: 100) { $0 }
        let steps = Steps()
        async let first: Bool = onOwnThread {
            let value = try? kept.value(of: Key(number: 1)) {
                steps.reach(1)
                steps.wait(for: 2)
                throw Mistake()
            }
            return value == nil
        }
        async let second: Int? = onOwnThread {
            steps.wait(for: 1)
            return try? kept.value(of: Key(number: 1, steps: steps)) {
                guard bothFail else { return 60 }
                #expect(try kept.value(of: Key(number: 1)) { 60 } == 60)
                throw Mistake()
            }
        }
        let (failed, value) = (await first, await second)
        #expect(failed && value == (bothFail ? nil : 60))
        #expect(kept.known(of: Key(number: 1)) == 60)
        // What it holds is what it counts.
        #expect(try kept.value(of: Key(number: 2)) { 40 } == 40)
        #expect(kept.known(of: Key(number: 1)) == 60 && kept.known(of: Key(number: 2)) == 40)
        #expect(try kept.value(of: Key(number: 3)) { 1 } == 1)
        #expect(kept.known(of: Key(number: 1)) == nil && kept.known(of: Key(number: 2)) == 40)
    }

    /// Whoever waits for one who computes goes once it does not want the value any more; who only looks what is known,
    /// and who tells a value, waits for nobody.
    @Test func nobodyStandsBehindOneWhoComputes() async throws {
        let kept = KeptValues<Int, Int>(bytesMax: 100) { $0 }
        let steps = Steps()
        let looks = Atomic<Int>(0)
        async let first: Int? = onOwnThread {
            try? kept.value(of: 1) {
                steps.reach(1)
                steps.wait(for: 2)
                return 60
            }
        }
        let hasGone: Bool = await onOwnThread {
            steps.wait(for: 1)
            #expect(kept.known(of: 1) == nil)
            kept.keep(70, of: 1)
            func look() throws { if looks.add(1, ordering: .relaxed).newValue == 3 { throw Mistake() } }
            let value = try? kept.value(of: 1, waitingWhile: look) { 50 }
            return value == nil
        }
        #expect(hasGone && looks.load(ordering: .relaxed) == 3)
        steps.reach(2)
        #expect(await first == 60)
        #expect(kept.known(of: 1) == 60)
        kept.keep(30, of: 2)
        #expect(kept.known(of: 2) == 30)
    }
}
