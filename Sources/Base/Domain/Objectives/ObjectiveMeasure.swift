import JSONTexts

/// What an objective is about, and so its name, its unit and which side of the target is good.
package enum ObjectiveMeasure: Hashable, Sendable {
    /// Good questions of all that are decided.
    case availability
    /// A percentile of the time from question to whole answer.
    case answerDuration(Percentile)
    /// A percentile of the time from question to the first token of the answer.
    case firstToken(Percentile)
    /// Answers with an error of all answers.
    case errorRate
    /// Booked cost of model and embedding calls by answers.
    case costPerAnswer
    /// Ratings of 4 or 5 of all ratings.
    case satisfaction

    /// The measure with a name: `availability`, `error_rate`, `cost_per_answer`, `satisfaction`, `answer_p95`,
    /// `first_token_p50`; any percentile from 1 to 99.9 will do (`answer_p99_9`). nil for other texts.
    package init?(name: String) {
        switch name {
        case "availability": self = .availability
        case "error_rate": self = .errorRate
        case "cost_per_answer": self = .costPerAnswer
        case "satisfaction": self = .satisfaction
        default:
            if let percentile = Percentile(name: name, behind: "answer_p") {
                self = .answerDuration(percentile)
            } else if let percentile = Percentile(name: name, behind: "first_token_p") {
                self = .firstToken(percentile)
            } else {
                return nil
            }
        }
    }

    /// All names, for who wrote another one.
    package static let namesText =
        "availability, answer_pN, first_token_pN (such as answer_p95), error_rate, cost_per_answer, satisfaction"

    /// One of each kind, of durations those that most ask for: what a mistyped name is compared with.
    package static let usual: [ObjectiveMeasure] = [
        "availability", "answer_p50", "answer_p95", "first_token_p50", "error_rate", "cost_per_answer", "satisfaction",
    ].compactMap(ObjectiveMeasure.init(name:))

    /// Stable name, as in reports, settings and rule files.
    package var name: String {
        switch self {
        case .availability: "availability"
        case .answerDuration(let percentile): "answer_\(percentile.name)"
        case .firstToken(let percentile): "first_token_\(percentile.name)"
        case .errorRate: "error_rate"
        case .costPerAnswer: "cost_per_answer"
        case .satisfaction: "satisfaction"
        }
    }

    /// As reports and dashboards print it.
    package var title: String {
        switch self {
        case .availability: "Availability"
        case .answerDuration(let percentile): "Answer \(percentile.title)"
        case .firstToken(let percentile): "First token \(percentile.title)"
        case .errorRate: "Error rate"
        case .costPerAnswer: "Cost per answer"
        case .satisfaction: "Satisfaction"
        }
    }

    /// Which side of the target is good.
    package var direction: Objective.Direction {
        switch self {
        case .availability: .atLeast
        case .satisfaction: .above
        case .answerDuration, .firstToken, .errorRate, .costPerAnswer: .below
        }
    }

    /// Whether bad ones use up an error budget: those that are a share of things that went wrong one by one.
    package var hasBudget: Bool { self == .availability || self == .errorRate }

    /// The metrics that rules and dashboards measure it by.
    private var metrics: [String] {
        switch self {
        case .availability: ["support_questions_total"]
        case .answerDuration: ["support_answer_duration_seconds"]
        case .firstToken: ["support_time_to_first_token_seconds"]
        case .errorRate: ["support_answers_total"]
        case .costPerAnswer: ["support_llm_cost_usd_total", "support_answers_total"]
        case .satisfaction: ["support_feedback_total"]
        }
    }

    /// Whether it can be promised of certain channels: all that it is measured by names the channel.
    package var knowsChannels: Bool {
        metrics.allSatisfy { name in
            MetricCatalogue.metric(named: name)?.labels.contains { $0.name == "channel" } ?? false
        }
    }

    /// A bound of so many whole units: parts per million, nanoseconds or pico-USD.
    package func bound(_ units: Int64) -> ObjectiveBound {
        switch self {
        case .availability, .errorRate, .satisfaction: .share(partsPerMillion: units)
        case .answerDuration, .firstToken: .duration(nanoseconds: units)
        case .costPerAnswer: .costPerAnswer(picoUSD: units)
        }
    }
}

/// A percentile in tenths, so that 99.9 is one of them.
package struct Percentile: Hashable, Comparable, Sendable {
    /// 950 for the 95th percentile; within 10...999.
    package var permille: Int

    /// nil outside of 1 to 99.9.
    package init?(permille: Int) {
        guard (10...999).contains(permille) else { return nil }
        self.permille = permille
    }

    /// Reads what ``name`` writes, behind a prefix that ends in `p`.
    init?(name: String, behind prefix: String) {
        guard name.utf8.starts(with: prefix.utf8) else { return nil }
        let digits = Array(name.utf8.dropFirst(prefix.utf8.count))
        let parts = digits.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        let isPlain = { (part: ArraySlice<UInt8>) in
            !part.isEmpty && part.count <= 2 && part.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard (1...2).contains(parts.count), parts.allSatisfy(isPlain),
            let whole = Int(String(decoding: parts[0], as: UTF8.self))
        else {
            return nil
        }
        var tenths = 0
        if parts.count == 2 {
            guard parts[1].count == 1, let digit = Int(String(decoding: parts[1], as: UTF8.self)), digit > 0 else {
                return nil
            }
            tenths = digit
        }
        self.init(permille: whole * 10 + tenths)
        guard self.name.utf8.elementsEqual(name.utf8.dropFirst(prefix.utf8.count - 1)) else { return nil }
    }

    /// `p95`, `p99_9`.
    package var name: String { "p\(permille / 10)" + (permille % 10 == 0 ? "" : "_\(permille % 10)") }

    /// `p95`, `p99.9`.
    package var title: String { "p\(number)" }

    /// `95`, `99.9`.
    package var number: String { DecimalText.render(Int128(permille), scale: 1) }

    /// `0.95`, `0.999`.
    package var quantile: String { DecimalText.render(Int128(permille), scale: 3) }

    /// `Median`, `95th percentile`.
    package var words: String {
        if permille == 500 { return "Median" }
        let (tens, units) = (permille / 10 % 100 / 10, permille / 10 % 10)
        let ending =
            permille % 10 != 0 || tens == 1 ? "th" : units == 1 ? "st" : units == 2 ? "nd" : units == 3 ? "rd" : "th"
        return "\(number)\(ending) percentile"
    }

    package static func < (left: Percentile, right: Percentile) -> Bool { left.permille < right.permille }
}
