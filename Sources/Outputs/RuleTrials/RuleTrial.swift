import AlertRules
import Bytes
import PromQLEvaluation
import PromQLText
package import RuleFiles

/// Runs unit tests of rules, with the verdicts of `promtool test rules`.
package struct RuleTrial {
    private let file: RuleTestFile
    private let rules: [RuleFile]

    /// So many evaluations one test may have.
    private static let evaluationsMax: Int64 = 1_000_000

    /// - Parameter rules: the files that the tests are of.
    package init(_ file: RuleTestFile, of rules: [RuleFile]) { (self.file, self.rules) = (file, rules) }

    /// What is otherwise than expected, each with the test's name; empty where all is as it should be.
    /// - Complexity: the evaluations of all rules, as often as the tests' times and interval say.
    package func faults() -> [String] {
        file.tests.flatMap { test in
            let name = test.name.isEmpty ? "" : "test \"\(test.name)\": "
            return faults(of: test).map { name + $0 }
        }
    }

    private func faults(of test: RuleTest) -> [String] {
        let last = (test.alerts.map(\.time) + test.expressions.map(\.time)).max() ?? 0
        guard last / file.interval < Self.evaluationsMax else {
            return ["more than \(Self.evaluationsMax) evaluations until \(Self.written(last))"]
        }
        var run = TrialRun(test, groups: ordered(), interval: file.interval)
        var faults: [String] = []
        let times = Set(test.alerts.map(\.time)).sorted()
        var next = 0
        for offset in stride(from: 0, through: last, by: Int64.Stride(file.interval)) {
            let errors = run.evaluate(at: offset)
            // What follows would speak of these mistakes only.
            guard errors.isEmpty else { return faults + errors.map { "time: \(Self.written(offset)), \($0)" } }
            // The alerts at a time are those of the last evaluation until then.
            while next < times.count, times[next] < offset.saturatingAdd(file.interval) {
                for expectation in test.alerts where expectation.time == times[next] {
                    faults += check(expectation, run.firing(expectation.alert))
                }
                next += 1
            }
        }
        return faults + test.expressions.flatMap { check($0, run) }
    }

    /// All groups: those of the order behind the others, which go with its first.
    private func ordered() -> [RuleGroup] {
        // texts: bytes of names of groups.
        let places = Dictionary(uniqueKeysWithValues: file.order.enumerated().map { ($0.element, $0.offset) })
        return rules.flatMap(\.groups).enumerated().sorted {
            (places[$0.element.name] ?? 0, $0.offset) < (places[$1.element.name] ?? 0, $1.offset)
        }.map(\.element)
    }

    private func check(_ expectation: RuleTest.Alerts, _ got: [RuleTest.Alert]) -> [String] {
        let expected = expectation.expected.sorted()
        guard expected != got else { return [] }
        func shown(_ alerts: [RuleTest.Alert]) -> String {
            let texts = alerts.map { "\n          Labels: \($0.labels)\n          Annotations: \($0.annotations)" }
            return texts.isEmpty ? " []" : texts.joined(separator: "\n")
        }
        return [
            "alertname: \(expectation.alert), time: \(Self.written(expectation.time)),\n        exp:"
                + shown(expected) + "\n        got:" + shown(got)
        ]
    }

    private func check(_ expectation: RuleTest.Answer, _ run: TrialRun) -> [String] {
        let asked = "expr: \"\(expectation.expression)\", time: \(Self.written(expectation.time))"
        let got: [RuleTest.Sample]
        switch run.answer(expectation.expression, at: expectation.time) {
        case .success(let samples): got = samples.sorted { $0.labels < $1.labels }
        case .failure(let failure): return ["\(asked), err: \(failure.reason)"]
        }
        let expected = expectation.expected.sorted { $0.labels < $1.labels }
        let isAsExpected = expected.elementsEqual(got) { $0.labels == $1.labels && isEqual($0.value, $1.value) }
        func shown(_ samples: [RuleTest.Sample]) -> String {
            samples.isEmpty ? "nil" : samples.map { "\($0.labels) \($0.value.shown)" }.joined(separator: ", ")
        }
        return isAsExpected ? [] : ["\(asked),\n        exp: \(shown(expected))\n        got: \(shown(got))"]
    }

    /// No number is equal to another that is none, as in Go.
    private func isEqual(_ left: SampleValue, _ right: SampleValue) -> Bool {
        switch (left, right) {
        case (.float(let left), .float(let right)):
            return left == right || (file.isFuzzy && (left.nextDown == right || left.nextUp == right))
        case (.histogram(let left), .histogram(let right)): return left.compacted == right.compacted
        default: return false
        }
    }

    /// ms as people write them: `1h30m`.
    private static func written(_ milliseconds: Int64) -> String {
        var rest = milliseconds
        var text = ""
        for (unit, size) in [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)] as [(String, Int64)]
        where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text.isEmpty ? "0s" : text
    }
}

extension SampleValue {
    fileprivate var shown: String {
        switch self {
        case .float(let float): WrittenNumber.general(float)
        case .histogram(let histogram): "{{count:\(histogram.count) sum:\(histogram.sum)}}"
        }
    }
}
