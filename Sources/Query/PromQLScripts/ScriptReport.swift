// tests: as `ScriptRunner`.
/// How the questions of a script were answered.
package struct ScriptReport: Sendable {
    // tests: as `ScriptRunner`.
    /// How one was.
    package struct Verdict: Sendable {
        /// What was asked.
        package let question: Question
        /// The part of the language that is not promised yet and that it needs; nil for none.
        package let feature: String?
        /// What is wrong with the answer; nil for nothing.
        package let fault: ScriptFault?
    }

    /// In the order of the script.
    package private(set) var verdicts: [Verdict] = []

    mutating func add(_ verdict: Verdict) { verdicts.append(verdict) }

    /// The questions that the language promises to answer, and how many were.
    package var promised: (answered: Int, asked: Int) {
        let promised = verdicts.filter { $0.feature == nil }
        return (promised.count { $0.fault == nil }, promised.count)
    }

    /// Those that need more, by what they need.
    package var experimental: [(feature: String, answered: Int, asked: Int)] {
        Set(verdicts.compactMap(\.feature)).sorted().map { feature in
            let asked = verdicts.filter { $0.feature == feature }
            return (feature, asked.count { $0.fault == nil }, asked.count)
        }
    }

    /// What went wrong, a line each: where, what was asked, what was expected and what came.
    /// - Parameter file: the script's name.
    package func failures(in file: String) -> [String] {
        verdicts.compactMap { verdict in
            verdict.fault.map { fault in
                let feature = verdict.feature.map { " (\($0))" } ?? ""
                return "\(file):\(verdict.question.line): \(verdict.question.expression)\(feature): expected "
                    + "\(fault.expected), got \(fault.got)"
            }
        }
    }
}

// tests: as `ScriptRunner`.
/// What was expected, and what came.
package struct ScriptFault: Hashable, Sendable {
    /// In words.
    package let expected: String
    /// Likewise.
    package let got: String

    init(_ expected: String, _ got: String) { (self.expected, self.got) = (expected, got) }
}
