import Domain
import Testing

@Suite struct ObjectiveSetTests {
    static var changed: ObjectiveSet {
        var set = ObjectiveSet.builtIn
        set.objectives.removeAll { $0.name == "answer_p95" }
        set.add(
            Objective(
                .answerDuration(Percentile(permille: 900)!), target: .duration(nanoseconds: 4_000_000_000),
                alertLimit: nil))
        set.answerLimits = AnswerLimits(
            nanoseconds: 20_000_000_000,
            channels: [
                AnswerLimits.Channel(name: Array("Rückgabe".utf8), nanoseconds: 60_000_000_000),
                AnswerLimits.Channel(name: Array("email".utf8), nanoseconds: 300_000_000_000),
            ])
        set.budgetDays = 28
        return set
    }

    @Test func namesAreReadAsTheyAreWritten() {
        for name in [
            "availability", "answer_p50", "answer_p99", "answer_p99_9", "first_token_p5", "error_rate",
            "cost_per_answer", "satisfaction",
        ] {
            #expect(ObjectiveMeasure(name: name)?.name == name)
        }
        for name in [
            "answer", "answer_p", "answer_p0", "answer_p100", "answer_p050", "answer_p99_", "answer_p99_0",
            "answer_p9x",
            "Availability", "",
        ] {
            #expect(ObjectiveMeasure(name: name) == nil, "\(name)")
        }
        let words = [
            10: "1st", 20: "2nd", 30: "3rd", 110: "11th", 120: "12th", 220: "22nd", 500: "Median", 950: "95th",
            999: "99.9th",
        ]
        for (permille, word) in words { #expect(Percentile(permille: permille)!.words.hasPrefix(word)) }
    }

    /// No alert was asked for in the last one: that is kept, and is another set than one that says nothing of an alert.
    @Test func aSetIsReadBackFromItsRecord() throws {
        var silent = ObjectiveSet.builtIn
        silent.objectives[6].isSilent = true
        #expect(silent.hash != ObjectiveSet.builtIn.hash && silent != .builtIn)
        for set in [ObjectiveSet.builtIn, Self.changed, silent] {
            let version = ObjectiveVersion(number: 2, set: set, since: 7)
            #expect(ObjectiveVersion(data: version.data, since: 7) == version)
            // Damage is seen, whatever it hits.
            #expect(ObjectiveVersion(data: version.data.replacing("budget_days", with: "budget_dayz"), since: 7) == nil)
            #expect(
                ObjectiveVersion(
                    data: version.data.replacing("\"target\":2000000000", with: "\"target\":2000000001"), since: 7)
                    == nil)
        }
        #expect(ObjectiveSet.builtIn.hash != Self.changed.hash)
    }

    private static func limited(_ measure: ObjectiveMeasure, to channels: [String]) -> ObjectiveSet {
        var set = ObjectiveSet.builtIn
        for index in set.objectives.indices where set.objectives[index].measure == measure {
            set.objectives[index].channels = channels.map { Array($0.utf8) }
        }
        return set
    }

    /// A record of before has no channels and is read as it was; its hash is what it was.
    @Test func aLineOfCertainChannelsIsAnotherLine() throws {
        #expect(!String(decoding: ObjectiveSet.builtIn.canonicalJSON, as: UTF8.self).contains("channels"))
        let set = Self.limited(.satisfaction, to: ["chat", "email"])
        #expect(set.hash != ObjectiveSet.builtIn.hash)
        let line = #""alert":800000,"channels":["chat","email"],"name":"satisfaction","target":850000}"#
        #expect(String(decoding: set.canonicalJSON, as: UTF8.self).contains(line))
        let version = ObjectiveVersion(number: 2, set: set, since: 7)
        #expect(ObjectiveVersion(data: version.data, since: 7) == version)
        for damage in [#"["email","chat"]"#, "[]", "3", #"["chat","chat"]"#] {
            #expect(
                ObjectiveVersion(data: version.data.replacing(#"["chat","email"]"#, with: damage), since: 7) == nil,
                "\(damage)")
        }
        let objective = try #require(set.objective(.satisfaction))
        #expect(objective.title == "Satisfaction (chat, email)" && objective.name == "satisfaction")
        let sorted = Objective(
            .errorRate, target: objective.target, alertLimit: nil, channels: [Array("b".utf8), Array("a".utf8)])
        #expect(sorted.channelsText == "a, b")
    }

    @Test func channelsThatMakeNoSenseAreRefused() {
        func problems(_ measure: ObjectiveMeasure, _ channels: [String]) -> [String] {
            Self.limited(measure, to: channels).objective(measure)?.problems.map(\.description) ?? []
        }
        for measure in ObjectiveSet.builtIn.objectives.map(\.measure) {
            #expect(measure.knowsChannels == (measure != .costPerAnswer), "\(measure.name)")
            #expect(problems(measure, ["email"]).isEmpty == measure.knowsChannels, "\(measure.name)")
        }
        #expect(problems(.costPerAnswer, ["email"]).first?.contains("no channels") == true)
        #expect(problems(.errorRate, ["a\"b"]).first?.contains("letters, digits") == true)
        #expect(problems(.errorRate, ["a", "a"]) == ["each channel once"])
        #expect(
            problems(.errorRate, (0...AnswerLimits.channelsMax).map { "c\($0)" }).first?.contains("at most") == true)
    }

    /// Canonically equivalent names are different bytes, so different channels.
    @Test func limitsGoByTheBytesOfTheChannel() {
        let limits = Self.changed.answerLimits
        #expect(limits.nanoseconds(channel: Array("email".utf8)) == 300_000_000_000)
        #expect(limits.nanoseconds(channel: Array("Rückgabe".utf8)) == 60_000_000_000)
        #expect(limits.nanoseconds(channel: Array("Ru\u{308}ckgabe".utf8)) == 20_000_000_000)
        #expect(limits.nanoseconds(channel: [UInt8]?.none) == 20_000_000_000)
        #expect(limits.text == "20 s; Rückgabe 60 s; email 300 s")
        #expect(Self.changed.definition(.availability).contains("within 20 s; Rückgabe 60 s; email 300 s"))
    }

    @Test func bucketsEndWhereObjectivesDo() {
        #expect(ObjectiveSet.builtIn.bucketBounds == MetricCatalogue.bucketBoundsNanoseconds)
        #expect(Self.changed.bucketBounds == (MetricCatalogue.bucketBoundsNanoseconds + [4_000_000_000]).sorted())
        #expect(Self.changed.objectives.map(\.name)[1...2] == ["answer_p50", "answer_p90"])
    }

    @Test func historiesGoByTimeAndNumber() {
        var history = ObjectiveHistory()
        #expect(history.next(.builtIn, since: 5) == nil)
        let second = history.next(Self.changed, since: 100)!
        let isAdded = history.add(second)
        let isAddedAgain = history.add(second)
        #expect(second.number == 2 && isAdded && !isAddedAgain)
        #expect(history.inForce(at: 99).number == 1 && history.inForce(at: 100).number == 2)
        #expect(
            history[1]?.set == .builtIn && history[2]?.set == Self.changed && history[3] == nil && history[0] == nil)
        #expect(history.next(.builtIn, since: 200)?.number == 3)
    }

    @Test func setsThatMakeNoSenseAreRefused() {
        func problem(_ change: (inout ObjectiveSet) -> Void) -> String? {
            var set = ObjectiveSet.builtIn
            change(&set)
            do throws(ObjectiveProblem) {
                try set.check()
                return nil
            } catch {
                return error.description
            }
        }
        #expect(problem { _ in } == nil)
        #expect(
            problem { $0.objectives[0].target = .share(partsPerMillion: 1_000_000) }?.contains("below 100 %") == true)
        #expect(
            problem { $0.objectives[0].alertLimit = .share(partsPerMillion: 999_500) }?.contains("99.9 % or less")
                == true)
        #expect(
            problem { $0.objectives[1].alertLimit = .duration(nanoseconds: 1_000_000_000) }?.contains("2 s or more")
                == true)
        #expect(
            problem { $0.objectives[1].target = .duration(nanoseconds: 1_500) }?.contains("whole milliseconds") == true)
        #expect(problem { $0.objectives = [] } != nil)
        #expect(problem { $0.budgetDays = 0 } != nil)
        #expect(problem { $0.answerLimits.nanoseconds = 0 } != nil)
        #expect(
            problem {
                let quoted = AnswerLimits.Channel(name: Array("a\"b".utf8), nanoseconds: 1_000_000_000)
                $0.answerLimits = AnswerLimits(nanoseconds: 1_000_000_000, channels: [quoted])
            }
                != nil)
    }

    /// A cost whose range crosses a bound is at risk; one whose both ends say the same is what they say.
    @Test func rangesAreJudgedByBothEnds() throws {
        let cost = try #require(ObjectiveSet.builtIn.objective(.costPerAnswer))
        func state(_ low: Int128, _ high: Int128?) -> ObjectiveState {
            cost.state(
                low: .costPerAnswer(picoUSD: low, answers: 1),
                high: high.map { .costPerAnswer(picoUSD: $0, answers: 1) })
        }
        let cent: Int128 = 10_000_000_000
        #expect(state(cent, cent) == .met && state(cent, 2 * cent) == .met && state(2 * cent, 2 * cent) == .met)
        #expect(state(cent, 2 * cent + 1) == .atRisk && state(cent, 6 * cent) == .atRisk && state(cent, nil) == .atRisk)
        #expect(
            state(3 * cent, 4 * cent) == .atRisk && state(3 * cent, 6 * cent) == .atRisk
                && state(3 * cent, nil) == .atRisk)
        #expect(state(6 * cent, 7 * cent) == .breached && state(6 * cent, nil) == .breached)
        #expect(cost.state(low: .costPerAnswer(picoUSD: 0, answers: 0), high: nil) == .noData)
    }
}
