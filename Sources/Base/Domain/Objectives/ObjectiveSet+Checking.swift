import Bytes

/// Why something cannot be an objective.
package struct ObjectiveProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was expected.
    package var description: String
}

extension Objective {
    /// Whether bounds make sense together.
    /// - Throws: ``ObjectiveProblem`` saying what would.
    package func check() throws(ObjectiveProblem) {
        if let problem = problems.first { throw problem }
    }

    /// All that makes no sense in the bounds and the channels, each alone and then together.
    package var problems: [ObjectiveProblem] {
        let problems =
            Self.problems(target: target, alertLimit: alertLimit) + Self.problems(channels: channels, of: measure)
        guard problems.isEmpty, let alertLimit else { return problems }
        let isBelow = direction == .below
        if isBelow ? alertLimit.units >= target.units : alertLimit.units <= target.units { return [] }
        return [
            ObjectiveProblem(
                description:
                    "an alert limit on the bad side of the target, so \(target.text) or \(isBelow ? "more" : "less")")
        ]
    }

    /// What makes no sense in bounds where one of them may not be known.
    package static func problems(target: ObjectiveBound?, alertLimit: ObjectiveBound?) -> [ObjectiveProblem] {
        var problems: [ObjectiveProblem] = []
        for case (let bound?, let part) in [(target, "target"), (alertLimit, "alert")] {
            do throws(ObjectiveProblem) {
                try check(bound, part)
            } catch {
                problems.append(error)
            }
        }
        return problems
    }

    /// What makes no sense in the channels of a line.
    package static func problems(channels: [[UInt8]], of measure: ObjectiveMeasure) -> [ObjectiveProblem] {
        guard !channels.isEmpty else { return [] }
        var problems: [ObjectiveProblem] = []
        if !measure.knowsChannels {
            problems.append(
                ObjectiveProblem(description: "no channels, since the cost of calls is not counted by channel"))
        }
        if channels.count > AnswerLimits.channelsMax || !channels.allSatisfy(AnswerLimits.isPlain) {
            problems.append(
                ObjectiveProblem(
                    description: "at most \(AnswerLimits.channelsMax) channels, with \(AnswerLimits.namesText)"))
        }
        if Set(channels).count != channels.count { problems.append(ObjectiveProblem(description: "each channel once")) }
        return problems
    }

    private static func check(_ bound: ObjectiveBound, _ part: String) throws(ObjectiveProblem) {
        switch bound {
        case .share(let partsPerMillion):
            // All or nothing leaves no error budget and cannot be exceeded.
            guard (1..<1_000_000).contains(partsPerMillion) else {
                throw ObjectiveProblem(
                    description:
                        "a share as \(part) that is above 0 % and below 100 %, which would leave no error budget")
            }
        case .duration(let nanoseconds):
            guard (1_000_000...Nanoseconds.hour).contains(nanoseconds), nanoseconds % 1_000_000 == 0 else {
                throw ObjectiveProblem(description: "a duration as \(part) from 1 ms to an hour, in whole milliseconds")
            }
        case .costPerAnswer(let picoUSD):
            guard (1...1_000_000_000_000_000).contains(picoUSD) else {
                throw ObjectiveProblem(description: "an amount as \(part) above $0, at most $1000")
            }
        }
    }
}

extension ObjectiveSet {
    /// Whether the set can be in force.
    /// - Throws: ``ObjectiveProblem`` saying what is expected instead.
    package func check() throws(ObjectiveProblem) {
        guard (1...Self.objectivesMax).contains(objectives.count) else {
            throw ObjectiveProblem(description: "1 to \(Self.objectivesMax) objectives")
        }
        guard Set(objectives.map(\.measure)).count == objectives.count else {
            throw ObjectiveProblem(description: "each objective once")
        }
        for objective in objectives { try objective.check() }
        guard Self.budgetDaysRange.contains(budgetDays) else {
            throw ObjectiveProblem(description: "a budget of 1 to 366 days")
        }
        let limits = answerLimits.bounds
        guard AnswerLimits.range.contains(limits.lowerBound), AnswerLimits.range.contains(limits.upperBound) else {
            throw ObjectiveProblem(description: "answer limits from 1 ms to 7 days")
        }
        guard answerLimits.channels.count <= AnswerLimits.channelsMax,
            answerLimits.channels.allSatisfy({ AnswerLimits.isPlain($0.name) })
        else {
            throw ObjectiveProblem(
                description:
                    "at most \(AnswerLimits.channelsMax) channels with a limit of their own, with \(AnswerLimits.namesText)"
            )
        }
    }
}

extension AnswerLimits {
    /// Which names channels with a limit of their own may have, for messages.
    package static let namesText = "names of 1 to 255 bytes: letters, digits, blanks, - _ . / @ +"

    /// Whether a channel with such a name can have a limit of its own. Names stand in rules, dashboards and commands of
    /// runbooks: none may be read there as anything else.
    package static func isPlain(_ name: [UInt8]) -> Bool {
        (1...255).contains(name.count)
            && name.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
                default: " -_./@+".utf8.contains(byte)
                }
            }
    }
}
