/// What of a service level objective counts, and what of it is good.
package struct ServiceLevelIndicator: Hashable, Sendable {
    /// What is counted.
    package enum Measure: Hashable, Sendable {
        /// Questions whose time is up; those answered ok in time are good.
        case questions
        /// Answers; those without an error are good.
        case answers
        /// Answers with a measured time; those that were whole within it (ns), the time itself included, are good.
        case answerDuration(within: Int64)
        /// The same of the time to the first token.
        case firstToken(within: Int64)
        /// Rated conversations; those whose last rating is one of these are good, ascending.
        case ratings(good: [Int])
        /// Slices of time of a length (ns) in which something was answered; those in which an answer cost (pico-USD) at
        /// most so much are good.
        case costPerAnswer(atMost: Int64, slice: Int64)
    }

    /// What is counted.
    package var measure: Measure
    /// Which of them, ascending by label; all have to hold.
    package var labels: [LabelCondition]

    /// Sorts the conditions and takes the rest as given.
    package init(_ measure: Measure, labels: [LabelCondition] = []) {
        self.measure = measure
        self.labels = labels.sorted { left, right in
            (left.label.rawValue, left.isExcluded ? 1 : 0) < (right.label.rawValue, right.isExcluded ? 1 : 0)
        }
    }

    /// The time (ns) within which answers are good; nil where something else decides.
    package var bound: Int64? {
        switch measure {
        case .answerDuration(let within), .firstToken(let within): within
        case .questions, .answers, .ratings, .costPerAnswer: nil
        }
    }

    /// What one of them is called, many of them: `questions`.
    package var unit: String {
        switch measure {
        case .questions: "questions"
        case .answers, .answerDuration, .firstToken: "answers"
        case .ratings: "ratings"
        case .costPerAnswer: "time slices"
        }
    }

    /// Which are good, in one sentence.
    package var meaning: String {
        let text =
            switch measure {
            case .questions: "questions whose time is up; good: answered ok within the answer limit in force"
            case .answers: "answers; good: without the status error"
            case .answerDuration(let within):
                "answers with a duration; good: whole within \(ObjectiveText.seconds(within))"
            case .firstToken(let within):
                "answers with a time to the first token; good: begun within \(ObjectiveText.seconds(within))"
            case .ratings(let good):
                "rated conversations by their last rating; good: \(good.map(String.init).joined(separator: ", "))"
            case .costPerAnswer(let atMost, let slice):
                "time slices of \(ObjectiveText.seconds(slice)) with answers; good: booked cost of model and embedding "
                    + "calls ÷ answers is at most $\(ObjectiveText.usd(atMost))"
            }
        return labels.isEmpty ? text : text + "; only of " + labels.map(\.text).joined(separator: ", ")
    }
}

/// What a label of a metric must say, for an event to count.
package struct LabelCondition: Hashable, Sendable {
    /// Labels that are columns of events.
    package enum Label: String, CaseIterable, Hashable, Sendable { case agent, channel, tenant }

    /// Which one.
    package var label: Label
    /// Values byte for byte, ascending; the empty one stands for what says none.
    package var values: [[UInt8]]
    /// Whether these are what must not stand there.
    package var isExcluded: Bool

    /// Sorts the values and takes the rest as given.
    package init(_ label: Label, values: [[UInt8]], isExcluded: Bool = false) {
        (self.label, self.isExcluded) = (label, isExcluded)
        self.values = values.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// `channel chat|web`, `tenant other than acme`.
    var text: String {
        "\(label.rawValue) \(isExcluded ? "other than " : "")"
            + values.map { $0.isEmpty ? "\"\"" : String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
    }
}
