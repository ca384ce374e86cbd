import Bytes
import PromQLEvaluation
import PromQLText
import Testing

/// What a question may take.
@Suite struct BoundTests {
    private func fault(
        _ asking: Asking, _ text: String, _ times: PromQLQuestion.Times = .instant(600_000),
        _ budget: CountingBudget = CountingBudget()
    ) -> EvaluationError? {
        do throws(EvaluationError) {
            _ = try asking.answer(text, times, within: budget)
            return nil
        } catch { return error }
    }

    @Test func samples() throws {
        var asking = try Asking("m{i='1'} 0+1x100", "m{i='2'} 0+1x100")
        asking.samplesMax = 100
        #expect(fault(asking, "m") == nil)
        #expect(fault(asking, "count_over_time(m[2h])", .instant(6_000_000)) == .tooManySamples)
        let times = PromQLQuestion.Times.range(from: 0, through: 6_000_000, step: 1_000)
        #expect(fault(asking, "m", times) == .tooManySamples)
        #expect(fault(asking, "sum_over_time(m[10m:1s])") == .tooManySamples)
    }

    /// As many as are held at a time may be held, and not one less.
    @Test func samplesHeld() throws {
        var asking = try Asking("m{i='1'} 0+1x100", "m{i='2'} 0+1x100")
        let range = PromQLQuestion.Times.range(from: 0, through: 6_000_000, step: 60_000)
        for (text, times) in [
            ("m", .instant(600_000)), ("sum(m)", range), ("count_over_time(m[2h])", .instant(6_000_000)),
            ("m + on(i) m", range),
        ] as [(String, PromQLQuestion.Times)] {
            asking.samplesMax = 50_000_000
            let most = try asking.answer(text, times).samplesMost
            #expect(most > 1, "\(text)")
            asking.samplesMax = most
            #expect(fault(asking, text, times) == nil, "\(text)")
            asking.samplesMax = most - 1
            #expect(fault(asking, text, times) == .tooManySamples, "\(text)")
        }
    }

    @Test func steps() throws {
        let asking = try Asking("m 1")
        let all = PromQLQuestion.Times.range(from: 0, through: .max, step: 1)
        for text in ["1", "m", "time()"] {
            guard case .refused(let reason)? = fault(asking, text, all) else {
                Issue.record("\(text) was answered")
                continue
            }
            #expect(reason == "exceeded maximum resolution of 10000000 steps in one question")
        }
        #expect(fault(asking, "sum_over_time(m[290y:1ms])") != nil)
        #expect(fault(asking, "sum_over_time(vector(1)[9000s:1ms])") == nil)
    }

    @Test func memory() throws {
        let asking = try Asking("m{i='1'} 0+1x1000", "m{i='2'} 0+1x1000")
        let times = PromQLQuestion.Times.range(from: 0, through: 60_000_000, step: 6_000)
        for text in ["m", "rate(m[5m])", "count_values('v', m)", "m + on(i) m", "max_over_time(m[5m:1s])"] {
            let small = CountingBudget(bytesMax: 60_000)
            #expect(fault(asking, text, times, small) == .outOfMemory, "\(text)")
            #expect(small.bytes == 0, "all is given back after a failure: \(text)")
            let large = CountingBudget()
            #expect(fault(asking, text, times, large) == nil)
            #expect(large.bytes == 0 && large.bytesTop > 60_000, "\(text)")
        }
    }

    /// What a match holds grows with groups times instructions.
    @Test func groupsOfPatterns() throws {
        let asking = try Asking("m{a='x'} 1")
        func question(_ groups: Int) -> String {
            "label_replace(m, 'b', '$1', 'a', '" + String(repeating: "(.*)", count: groups) + "')"
        }
        #expect(fault(asking, question(256), .instant(0)) == nil)
        guard case .refused(let reason)? = fault(asking, question(257), .instant(0)) else {
            Issue.record("257 groups were taken")
            return
        }
        #expect(reason.hasSuffix("more than 256 groups"))
    }

    /// Labels that a question names by the thousand are work for each series.
    @Test func includedLabels() throws {
        let asking = try Asking("m{i='1'} 1", "m{i='2'} 1", "m{i='3'} 1", "m{i='4'} 1", "n{l7='x'} 1")
        let names = (0..<20_000).map { "l\($0)" }.joined(separator: ",")
        let question = "m * on() group_left(\(names)) n"
        #expect(fault(asking, question, .instant(0), CountingBudget(looksMax: 3)) == .timedOut)
        #expect(
            asking.lines("m * on() group_left(l7, l8) n", at: 0).first == #"{i="1", l7="x"} 1.0"#)
    }

    /// To find which series match each other is work for every label.
    @Test func matching() throws {
        var source = MemorySeries()
        var run = SampleRun()
        run.append(0, .float(1))
        for number in 0..<4000 {
            let i = ByteText("\(number)".utf8)
            source.set(LabelSet([("__name__", "a"), ("i", i)]), to: run)
            source.set(LabelSet([("__name__", "b"), ("i", i)]), to: run)
        }
        let asking = Asking(source)
        func looks(_ text: String) -> Int {
            let budget = CountingBudget()
            #expect(fault(asking, text, .instant(0), budget) == nil && budget.bytes == 0)
            return budget.looks
        }
        #expect(looks("a and on(i) b") >= looks("a") + looks("b") + 6)
        #expect(looks("a + on(i) b") >= looks("a") + looks("b") + 6)
    }

    /// Labels that double again and again.
    @Test func labelBomb() throws {
        let asking = try Asking("m{a='0123456789'} 1")
        let joined = (0..<60).reduce("m") { text, _ in "label_join(\(text), 'a', '', 'a', 'a')" }
        #expect(fault(asking, joined, .instant(0), CountingBudget(bytesMax: 1 << 24)) == .outOfMemory)
        let replaced = (0..<30).reduce("m") { text, _ in "label_replace(\(text), 'a', '$1$1$1$1', 'a', '(.*)')" }
        #expect(fault(asking, replaced, .instant(0), CountingBudget(bytesMax: 1 << 24)) == .outOfMemory)
    }

    @Test(arguments: [
        "sum_over_time(m[2000s:1s])", "m * 2 > 1", "quantile_over_time(0.5, m[900s])", "topk(1, m)",
        "sum(rate(m[5m]))", "count_values('v', m)", "m / on(i) m", "label_replace(m, 'a', '', 'i', '')",
    ])
    func clock(_ text: String) throws {
        let asking = try Asking("m{i='1'} 0+1x1000", "m{i='2'} 0+1x1000")
        let times = PromQLQuestion.Times.range(from: 0, through: 60_000_000, step: 1_000)
        #expect(fault(asking, text, times, CountingBudget(looksMax: 2)) == .timedOut)
        let patient = CountingBudget()
        #expect(fault(asking, text, times, patient) == nil)
        #expect(patient.looks > 4)
    }

    @Test func sources() throws {
        #expect(fault(Asking(FailingSource(error: .cancelled)), "m") == .cancelled)
        #expect(fault(Asking(FailingSource(error: .tooManySamples(max: 3))), "m") == .tooManySamples)
        let unavailable = fault(Asking(FailingSource(error: .unavailable("no disk"))), "m")
        #expect(unavailable == .unavailable("no disk") && unavailable?.description == "expanding series: no disk")
    }

    /// As high as the parser lets trees grow.
    @Test func depth() throws {
        let asking = try Asking("m 1")
        let sum = [String](repeating: "m", count: 900).joined(separator: " + ")
        #expect(asking.lines(sum, at: 0) == ["{} 900.0"])
        let nested = (0..<60).reduce("m") { text, _ in "abs(-(\(text)))" }
        #expect(asking.lines(nested, at: 0) == ["{} 1.0"])
        let ored = [String](repeating: "m", count: 900).joined(separator: " or ")
        #expect(asking.lines(ored, at: 0) == ["m 1.0"])
    }
}
