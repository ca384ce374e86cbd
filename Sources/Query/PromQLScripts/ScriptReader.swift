import PromQLText

extension Script {
    /// Reads a script.
    package init(_ text: String) throws(ScriptError) {
        var reader = ScriptReader(text)
        commands = try reader.read()
    }
}

/// Goes through the lines of a script.
struct ScriptReader {
    private let lines: [String]
    private var next = 0

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let trimmed = String(line.trimmed)
            return trimmed.hasPrefix("#") ? "" : trimmed
        }
    }

    mutating func read() throws(ScriptError) -> [Script.Command] {
        var commands: [Script.Command] = []
        while next < lines.count {
            let line = lines[next]
            guard !line.isEmpty else {
                next += 1
                continue
            }
            let words = line.words(2)
            switch words[0].lowercased() {
            case "clear":
                next += 1
                commands.append(.clear)
            case "load", "load_with_nhcb": commands.append(.load(try readLoad()))
            case let word where word.hasPrefix("eval"): commands.append(.ask(try readQuestion()))
            default: throw fault("neither load, nor clear, nor eval: \(line)")
            }
        }
        return commands
    }

    func fault(_ reason: String) -> ScriptError { ScriptError(line: next + 1, reason: reason) }

    /// The current line, if it belongs to the command.
    private var current: String? { next < lines.count && !lines[next].isEmpty ? lines[next] : nil }

    func duration(_ text: some StringProtocol) throws(ScriptError) -> Int64 {
        let isNegative = text.hasPrefix("-")
        let digits = Array(text.utf8.dropFirst(isNegative ? 1 : 0))
        do throws(PromQLError) {
            let milliseconds = try PromQLDuration.nanoseconds(digits) / 1_000_000
            return isNegative ? -milliseconds : milliseconds
        } catch { throw fault("no duration: \(text)") }
    }

    private func description(_ line: String) throws(ScriptError) -> SeriesDescription {
        do throws(PromQLError) { return try SeriesDescription(Array(line.utf8)) } catch { throw fault("\(error)") }
    }
}

// Series that come.
extension ScriptReader {
    private mutating func readLoad() throws(ScriptError) -> Script.Load {
        let words = lines[next].words(3)
        guard words.count == 2 else { throw fault("load has a step and nothing else") }
        let step = try duration(words[1])
        let makesHistograms = words[0].lowercased() != "load"
        next += 1
        var series: [Script.LoadedSeries] = []
        var starts: [Int64?]?
        while let line = current {
            if let mark = line.firstRange(of: "@st ") {
                starts = try readStarts(line[mark.upperBound...])
            } else {
                series.append(Script.LoadedSeries(description: try description(line), starts: starts))
                if let starts, starts.count != series.last?.description.values.count {
                    throw fault("a series has as many starts as values")
                }
                starts = nil
            }
            next += 1
        }
        return Script.Load(step: step, makesHistograms: makesHistograms, series: series)
    }

    /// `-1m`, `30s+30sx4`, `_`, `_x3`.
    private func readStarts(_ text: Substring) throws(ScriptError) -> [Int64?] {
        var starts: [Int64?] = []
        for item in text.words(.max) {
            let parts = item.split(separator: "x", maxSplits: 1)
            let repetitions = parts.count == 2 ? Int(parts[1]) : 0
            guard let repetitions, let first = parts.first, (0...1_000_000).contains(repetitions) else {
                throw fault("no start: \(item)")
            }
            if first == "_" {
                starts += [Int64?](repeating: nil, count: parts.count == 2 ? repetitions : 1)
                continue
            }
            let sign = first.dropFirst().firstIndex { $0 == "+" || $0 == "-" } ?? first.endIndex
            let base = try duration(first[..<sign])
            let added = sign < first.endIndex ? try duration(first[sign...].drop { $0 == "+" }) : 0
            for index in 0...Int64(repetitions) { starts.append(base &+ index &* added) }
        }
        return starts
    }
}

// What is asked.
extension ScriptReader {
    private mutating func readQuestion() throws(ScriptError) -> Question {
        let start = next
        let words = lines[next].words(3)
        let suffix = words[0].lowercased().dropFirst("eval".count)
        guard words.count == 3 else { throw fault("eval has a time and an expression") }
        let (times, expression) = try readTimes(words[1].lowercased(), words[2])
        var question = Question(
            line: start + 1, expression: String(expression), times: times, expectations: [], answer: .series([]))
        if !suffix.isEmpty {
            guard let kind = Expectation.Kind(rawValue: String(suffix.dropFirst())) else {
                throw fault("an eval that is not known: \(words[0])")
            }
            question.expectations.append(Expectation(kind: kind, words: nil))
        }
        next += 1
        try readAnswer(into: &question)
        return question
    }

    private func readTimes(
        _ kind: String, _ rest: Substring
    ) throws(ScriptError) -> (Question.Times, expression: Substring) {
        if kind == "instant" {
            let words = rest.words(3)
            guard words[0] == "at" else { return (.instant(0), rest) }
            guard words.count == 3 else { throw fault("eval has a time and an expression") }
            return (.instant(try duration(words[1])), words[2])
        }
        let words = rest.words(7)
        guard kind == "range", words.count == 7, words[0] == "from", words[2] == "to", words[4] == "step" else {
            throw fault("eval is instant at T, or range from T to T step D")
        }
        let (from, through, step) = (try duration(words[1]), try duration(words[3]), try duration(words[5]))
        return (.range(from: from, through: through, step: step), words[6])
    }

    private mutating func readAnswer(into question: inout Question) throws(ScriptError) {
        var series: [SeriesDescription] = []
        var ranges: (from: Int64, through: Int64, step: Int64)?
        while let line = current {
            let words = line.words(3)
            if words[0] == "expect" || words[0].hasPrefix("expected_fail_") {
                if words[0] == "expect", words.count > 1, words[1] == "range" {
                    let all = line.words(.max)
                    guard all.count == 9, all[2] == "vector", all[3] == "from", all[5] == "to", all[7] == "step" else {
                        throw fault("expect range vector from T to T step D")
                    }
                    ranges = (try duration(all[4]), try duration(all[6]), try duration(all[8]))
                } else if words[0] == "expect", words.count == 3, words[1] == "string" {
                    question.answer = .string(try literal(words[2]))
                } else {
                    question.expectations.append(try readExpectation(words))
                }
            } else if let scalar = scalar(line) {
                question.answer = .scalar(scalar)
                next += 1
                return
            } else {
                series.append(try description(line))
            }
            next += 1
        }
        if let ranges {
            question.answer = .ranges(series, from: ranges.from, through: ranges.through, step: ranges.step)
        } else if !series.isEmpty {
            question.answer = .series(series)
        }
    }

    private func readExpectation(_ words: [Substring]) throws(ScriptError) -> Expectation {
        if words[0] != "expect" {
            // As it was written before: message and pattern of a failure.
            let text = words.dropFirst().joined(separator: " ")
            let isPattern = words[0] == "expected_fail_regexp"
            return Expectation(kind: .fail, words: isPattern ? .pattern(text) : .exact(text))
        }
        guard words.count > 1, let kind = Expectation.Kind(rawValue: String(words[1])) else {
            throw fault("an expectation that is not known: \(words.joined(separator: " "))")
        }
        guard words.count == 3 else { return Expectation(kind: kind, words: nil) }
        for (beginning, isPattern) in [("msg:", false), ("regex:", true)] where words[2].hasPrefix(beginning) {
            let text = String(words[2].dropFirst(beginning.count).trimmed)
            return Expectation(kind: kind, words: isPattern ? .pattern(text) : .exact(text))
        }
        throw fault("words are expected as msg: or regex:")
    }

    private func literal(_ text: Substring) throws(ScriptError) -> PromQLExpression {
        guard let literal = try? PromQLExpression(Array(text.utf8)), literal.type == .string else {
            throw fault("no text in quotes: \(text)")
        }
        return literal
    }

    /// A line that is a number and nothing else.
    private func scalar(_ line: String) -> SeriesDescription.Value? {
        guard !line.contains(where: { $0.isWhitespace || $0 == "{" || $0 == "_" }), line != "stale",
            let values = try? SeriesDescription(Array(("m " + line).utf8)).values, values.count == 1
        else { return nil }
        return values[0]
    }
}

extension StringProtocol {
    /// Without spaces around it.
    fileprivate var trimmed: SubSequence {
        var rest = self[...]
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest.drop(while: \.isWhitespace)
    }

    /// The first words, and as the last one whatever is behind them.
    fileprivate func words(_ countMax: Int) -> [SubSequence] {
        var words: [SubSequence] = []
        var rest = self[...].drop(while: \.isWhitespace)
        while !rest.isEmpty, words.count < countMax - 1 {
            let word = rest.prefix { !$0.isWhitespace }
            words.append(word)
            rest = rest[word.endIndex...].drop(while: \.isWhitespace)
        }
        if !rest.isEmpty { words.append(rest.trimmed) }
        return words
    }
}
