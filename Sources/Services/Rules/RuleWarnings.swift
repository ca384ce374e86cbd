import Asking
import Bytes
import Domain
import JSONTexts
package import PromQLText
import RuleFiles

/// Why a rule says nothing for ever, though it is read without a mistake.
package struct RuleWarning: Hashable, Sendable, CustomStringConvertible {
    /// File and line.
    package let place: String
    /// What is so.
    package let reason: String

    /// On one line.
    package var description: String { "\(place): warning: \(reason)" }
}

extension RuleSet {
    /// Of each kind no more are told where they stand among other things.
    private static var shownWarningsMax: Int { 20 }
    private static var command: String { "`plimsoll alerts check FILE…` names all of them" }

    /// What is told of rules of which nothing is wrong: metrics that neither the catalogue has nor a rule of the set
    /// records, labels that a metric has not and values that a label has not, ranges in which two samples never are,
    /// and labels that a text names and the alert has not, in the order of the files; then recording rules that have no
    /// samples.
    /// - Complexity: O(rules and what they lead to), and for each name that is not known O(names).
    package var warnings: [RuleWarning] { RuleWarnings.all(files, max: .max) + withoutSamples }

    /// The first of them, for a log or an answer.
    /// - Complexity: O(rules and what they lead to + names).
    package var firstWarnings: [RuleWarning] {
        let max = Self.shownWarningsMax
        var first = RuleWarnings.all(files, max: max + 1)
        if first.count > max {
            let reason = "more rules ask for what nobody gives: \(Self.command)"
            first[max] = RuleWarning(place: first[max].place, reason: reason)
        }
        let empty = withoutSamples
        guard empty.count > max else { return first + empty }
        let rest = "\(empty.count - max) more rules have no samples: \(Self.command)"
        return first + Array(empty.prefix(max)) + [RuleWarning(place: empty[max].place, reason: rest)]
    }
}

extension PromQLExpression {
    /// Why it finds nothing at any time, as far as that can be told without rules: metrics and labels that there are
    /// not, ranges in which two samples never are, and sides whose series do not find each other. What a rule may
    /// record (`level:metric:operations`) is not judged.
    /// - Complexity: O(expression), and for each name that is not known O(names).
    package var reasonsForSilence: [String] { RuleWarnings.reasons(of: self) }

    /// Whether it asks for what only rules make: alerts, or a name as that of a recording rule.
    /// - Complexity: O(expression).
    package var asksForRules: Bool {
        root.selectors.compactMap(RuleWarnings.name(of:)).contains {
            AlertHistory.names.contains($0) || $0.bytes.contains(UInt8(ascii: ":"))
        }
    }
}

/// What rules ask for that nobody gives.
struct RuleWarnings {
    /// Labels of series by their names; nil: nobody knows which.
    private var labels: [ByteText: Set<ByteText>?] = [:]
    private var names: [String] = []
    /// Of labels that say nothing else, what they say, by names of series.
    private var values: [ByteText: [ByteText: [String]]] = [:]
    /// Names of series of the catalogue, which have a sample each ``PinnedSeries/stepNanoseconds``.
    private var stepped: Set<ByteText> = []
    /// Whether it is known what rules there are.
    private let knowsRules: Bool
    /// Of the rule that is looked at.
    private var found: [String] = []
    private var foundMax = 0
    private var seen: Set<ExactText> = []

    private static let target = Set(PinnedSeries.target.map(\.name))
    private static let bound: ByteText = "le"
    /// Functions that say nothing of a single sample.
    private static let wantingTwo: Set<String> = [
        "rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "double_exponential_smoothing",
    ]

    /// See ``PromQLText/PromQLExpression/reasonsForSilence``.
    static func reasons(of expression: PromQLExpression) -> [String] {
        var warnings = RuleWarnings([], knowsRules: false)
        warnings.foundMax = .max
        _ = warnings.look(at: expression.root)
        return warnings.found
    }

    /// With the names that may have been meant, in the order of the files.
    /// - Parameter max: no more are looked for.
    static func all(_ files: [RuleFile], max: Int) -> [RuleWarning] {
        var (warnings, all) = (RuleWarnings(files, knowsRules: true), [RuleWarning]())
        for file in files {
            for rule in file.groups.flatMap(\.rules) {
                warnings.look(at: rule, max: max - all.count)
                let place = "\(file.name):\(rule.expressionLine ?? 1)"
                all += warnings.found.map { RuleWarning(place: place, reason: "\(rule.name): \($0)") }
                if all.count >= max { return Array(all.prefix(max)) }
            }
        }
        return all
    }

    private init(_ files: [RuleFile], knowsRules: Bool) {
        self.knowsRules = knowsRules
        for metric in MetricCatalogue.all {
            let own = Self.target.union(metric.labels.map { ByteText($0.name.utf8) })
            var all: [(name: String, labels: Set<ByteText>)] = [(metric.name, own)]
            if metric.kind == .histogram {
                all += [
                    (metric.name + "_bucket", own.union([Self.bound])), (metric.name + "_sum", own),
                    (metric.name + "_count", own),
                ]
            }
            // order: a metric's labels are a list.
            let closed = metric.labels.compactMap { label in
                metric.values(of: label).map { (ByteText(label.name.utf8), $0) }
            }
            for (name, own) in all {
                add(ByteText(name.utf8), own)
                values[ByteText(name.utf8)] = Dictionary(uniqueKeysWithValues: closed)
            }
        }
        add("up", Self.target)
        stepped = Set(labels.keys)
        // Their labels are those of any rule.
        for name in AlertHistory.names { add(name, nil) }
        let recorded = files.flatMap(\.groups).flatMap(\.rules).filter { $0.kind == .record }
        for rule in recorded { add(rule.name, nil) }
        findLabels(of: recorded)
    }

    /// Labels of what rules record that stand on others, in any order: a rule is looked at again when it is known what
    /// another one leaves that it names. What is left then leads to itself.
    /// - Complexity: for each rule and each name in it O(its expression).
    private mutating func findLabels(of rules: [Rule]) {
        var readers: [ByteText: [Int]] = [:]
        // Of each name its labels so far, and how many rules there are of which they are not known yet.
        var sums: [ByteText: (labels: Set<ByteText>, missing: Int)] = [:]
        for (place, rule) in rules.enumerated() where known(rule.name) == nil {
            sums[rule.name, default: ([], 0)].missing += 1
            // order: each is looked at in its turn.
            for name in Set(rule.expression.root.selectors.compactMap(Self.name(of:))) {
                readers[name, default: []].append(place)
            }
        }
        var (queue, isKnown) = (Array(rules.indices.reversed()), [Bool](repeating: false, count: rules.count))
        while let place = queue.popLast() {
            let rule = rules[place]
            guard !isKnown[place], var sum = sums[rule.name], let own = left(by: rule.expression.root) else { continue }
            isKnown[place] = true
            sum.labels.formUnion(own)
            sum.labels.formUnion(rule.labels.map(\.name))
            sum.missing -= 1
            sums[rule.name] = sum
            guard sum.missing == 0 else { continue }
            labels[rule.name] = .some(sum.labels)
            queue += readers[rule.name] ?? []
        }
    }

    private mutating func add(_ name: ByteText, _ own: Set<ByteText>?) {
        guard labels[name] == nil else { return }
        labels[name] = .some(own)
        names.append("\(name)")
    }

    /// nil: nobody knows.
    private func known(_ name: ByteText) -> Set<ByteText>? { labels[name].flatMap { $0 } }

    // MARK: Looking

    private mutating func look(at rule: Rule, max: Int) {
        (found, seen, foundMax) = ([], [], max)
        let own = look(at: rule.expression.root)
        guard case .alert(let terms) = rule.kind, let own, found.count < foundMax else { return }
        look(atTexts: rule.labels, called: "label", own)
        look(atTexts: terms.annotations, called: "annotation", own)
    }

    /// A label that is not there is the empty text, which nobody misses until it is read at night.
    private mutating func look(atTexts texts: [RuleText], called kind: String, _ own: Set<ByteText>) {
        let all = own.union([LabelMatcher.metricName])
        for text in texts {
            for label in text.labelsNamed.subtracting(all).sorted() {
                let rest = own.isEmpty ? "the alert's series have none" : hint(label, own)
                warn("\(kind) \"\(text.name)\": no series of the alert has a label \(label); \(rest)")
            }
        }
    }

    private mutating func warn(_ reason: String) {
        if seen.insert(ExactText(reason)).inserted { found.append(reason) }
    }

    /// Looks at an expression and all that stands in it.
    /// - Returns: as ``left(by:)``.
    private mutating func look(at expression: Expression) -> Set<ByteText>? {
        guard found.count < foundMax else { return nil }
        let inner = expression.children.map { look(at: $0) }
        switch expression {
        case .number, .string, .subquery, .parentheses, .unary: break
        case .binary(let node): look(at: node, between: inner)
        case .call(let node): look(at: node)
        case .selector(let node): look(at: node)
        case .range(let node): look(at: node.selector)
        case .aggregation(let node): look(at: node, over: inner.last ?? nil)
        }
        return left(by: expression, inner)
    }

    /// A range is open on its left, so that one as long as a step holds one sample.
    private mutating func look(at call: FunctionCall) {
        guard Self.wantingTwo.contains(call.function.name) else { return }
        let step = PinnedSeries.stepNanoseconds
        for case .range(let node) in call.arguments {
            guard case .constant(let length) = node.range, length <= step, node.selector.boundary == nil,
                let name = Self.name(of: node.selector), stepped.contains(name)
            else { continue }
            let seconds = step / 1_000_000_000
            warn(
                "\(call.function.name) wants two samples of \(name), which come every \(seconds) s: write a range that "
                    + "is longer, such as [1m]")
        }
    }

    /// Series of two sides find each other by their labels. One that only one side has is empty for some series, so
    /// that it is no mistake, and the reason where nothing is found.
    private mutating func look(at operation: BinaryOperation, between sides: [Set<ByteText>?]) {
        guard !knowsRules, let matching = operation.matching, ![.or, .unless].contains(operation.operation),
            sides.count == 2, let left = sides[0], let right = sides[1]
        else { return }
        let named = Set(matching.labels)
        let apart = left.symmetricDifference(right).filter { named.contains($0) == matching.isOn }
        guard !apart.isEmpty else { return }
        let labels = apart.sorted().map { "\($0)" }.joined(separator: ", ")
        let (stand, empty) = apart.count == 1 ? ("stands", "it is empty") : ("stand", "they are empty")
        warn(
            "\(labels) \(stand) on one side of \(operation.operation.rawValue) alone: series of both find each other "
                + "only where \(empty), or by on (…) or ignoring (…)")
    }

    private mutating func look(at aggregation: Aggregation, over own: Set<ByteText>?) {
        guard let own, !own.isEmpty else { return }
        let words = "\(aggregation.operation.rawValue) \(aggregation.isWithout ? "without" : "by")"
        for label in aggregation.grouping where !own.contains(label) {
            warn("nothing in \(words) (…) has a label \(label); \(hint(label, own))")
        }
    }

    private mutating func look(at selector: VectorSelector) {
        guard let name = Self.name(of: selector) else { return }
        guard let entry = labels[name] else {
            if !knowsRules, name.bytes.contains(UInt8(ascii: ":")) { return }
            let near = nearestName(to: "\(name)", among: names)
            let rest = "it is no metric of plimsoll" + (knowsRules ? ", and no rule of these files records it" : "")
            return warn("\(name) is not known; \(nameHint(near: near, orElse: rest))")
        }
        guard let own = entry else { return }
        for matcher in selector.matchers where matcher.label != LabelMatcher.metricName {
            if own.contains(matcher.label) {
                look(atBound: matcher)
                look(atValue: matcher, of: name)
            } else if !matcher.value.bytes.isEmpty {
                // That a label is missing may be asked.
                warn("\(name) has no label \(matcher.label); \(hint(matcher.label, own))")
            }
        }
    }

    /// Where a bucket ends is written with a point.
    private mutating func look(atBound matcher: LabelMatcher) {
        let text = "\(matcher.value)"
        guard matcher.label == Self.bound, matcher.comparison == .equal, Int64(text) != nil else { return }
        warn("\(Self.bound)=\"\(text)\" is no end of a bucket; did you mean \(Self.bound)=\"\(text).0\"?")
    }

    /// What is beyond a metric's cap says `other`, and what nobody told is empty.
    private mutating func look(atValue matcher: LabelMatcher, of name: ByteText) {
        let text = "\(matcher.value)"
        guard matcher.comparison == .equal, !text.isEmpty, text != MetricCatalogue.otherLabel,
            let known = values[name]?[matcher.label], !known.contains(text)
        else { return }
        warn("\(matcher.label) of \(name) is never \"\(text)\"; \(nameHint(to: text, known: known))")
    }

    private func hint(_ label: ByteText, _ own: Set<ByteText>) -> String {
        nameHint(to: "\(label)", known: own.sorted().map { "\($0)" })
    }

    /// The one name that is asked for; nil: there may be several.
    fileprivate static func name(of selector: VectorSelector) -> ByteText? {
        selector.name
            ?? selector.matchers.first { $0.label == LabelMatcher.metricName && $0.comparison == .equal }?.value
    }

    // MARK: Labels

    /// Labels that the series of an answer may have, and maybe more; nil: nobody knows.
    private func left(by expression: Expression) -> Set<ByteText>? {
        left(by: expression, expression.children.map { left(by: $0) })
    }

    /// - Parameter inner: the same of what stands directly in the expression.
    private func left(by expression: Expression, _ inner: [Set<ByteText>?]) -> Set<ByteText>? {
        switch expression {
        case .selector(let node): Self.name(of: node).flatMap(known)
        case .range(let node): Self.name(of: node.selector).flatMap(known)
        case .call(let node): left(byCall: node, inner)
        case .aggregation(let node): left(byAggregation: node, inner.last ?? nil)
        case .number, .string, .subquery, .parentheses, .unary, .binary: Self.all(of: inner)
        }
    }

    private static func all(of inner: [Set<ByteText>?]) -> Set<ByteText>? {
        var sum: Set<ByteText> = []
        for labels in inner {
            guard let labels else { return nil }
            sum.formUnion(labels)
        }
        return sum
    }

    private func left(byCall node: FunctionCall, _ inner: [Set<ByteText>?]) -> Set<ByteText>? {
        switch node.function.name {
        // What is absent has the labels that were asked for; what is looked up, those of others.
        case "absent", "absent_over_time", "info": return nil
        case "label_replace", "label_join":
            guard node.arguments.count > 1, case .string(let made) = node.arguments[1] else { return nil }
            return inner[0]?.union([made.value])
        default: return Self.all(of: inner)
        }
    }

    private func left(byAggregation node: Aggregation, _ own: Set<ByteText>?) -> Set<ByteText>? {
        switch node.operation {
        case .topk, .bottomk, .limitk, .limitRatio: return own
        case .countValues: return nil
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar, .quantile:
            return node.isWithout ? own?.subtracting(node.grouping) : Set(node.grouping)
        }
    }
}
