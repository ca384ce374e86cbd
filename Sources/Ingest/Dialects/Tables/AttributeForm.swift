import Bytes
import Domain

/// What an attribute has to say, so that a field is read of it, or the kind of its span.
package struct AttributeForm: Hashable, Sendable {
    /// What it is about.
    package enum Matter: Hashable, Sendable {
        /// What a call used and cost.
        case usage
        /// What kind of work a span is.
        case kind
        /// What became of a conversation.
        case outcome
        /// Anything else.
        case other
    }

    /// What it is about.
    package var matter: Matter
    /// In words: `a whole number from 0 to 5`.
    package var wanted: String
    /// The values that are understood, in small letters, sorted; empty: any of that form.
    package var values: [String] = []

    private init(_ matter: Matter, _ wanted: String) { (self.matter, self.wanted) = (matter, wanted) }

    private init(_ matter: Matter, oneOf values: [String]) {
        (self.matter, wanted) = (matter, "one of " + values.joined(separator: ", "))
        self.values = values
    }

    /// Of a value that says what kind of work a span is.
    /// - Parameter kinds: empty where beginnings are known, and no values.
    fileprivate init(kinds: [String]) {
        if kinds.isEmpty {
            self.init(.kind, "as its instrumentation has it")
        } else {
            self.init(.kind, oneOf: kinds)
        }
    }

    /// Of a field that only our own name has.
    fileprivate init(_ field: NativeField) { self.init(.other, field.wanted) }

    /// Of a number whose name says what it counts; nil where nobody reads such a one.
    fileprivate init?(_ usage: UsageName) {
        switch usage {
        case .field(.reportedCost), .inputCost, .outputCost: self.init(.usage, Self.usd)
        case .field, .cacheWrite5m: self.init(.usage, Self.tokens)
        case .other, .costPart, .part, .unread: return nil
        }
    }

    /// Of a field, where a table's rule has it read.
    fileprivate init(_ field: DialectField, _ rule: DialectRule, _ native: NativeField?) {
        switch field {
        case .reportedCost: self.init(.usage, Self.usd)
        case .outcome: self.init(.outcome, oneOf: MappedSpan.Outcome.allCases.map(\.rawValue).sorted())
        case .feedbackScore: self.init(.outcome, "a whole number from 1 to 5")
        case .evaluationScore: self.init(.outcome, "a number")
        case .dimensions, .resends: self.init(.other, "a whole number from 0 on")
        case .stream: self.init(.other, "true or false")
        case _ where SpanUsage.tokenFields.contains(field): self.init(.usage, Self.tokens)
        case _ where rule.unit == .instant: self.init(.other, "an RFC 3339 time after the span's start")
        case _ where rule.unit != nil:
            self.init(.other, "a number of \(rule.unit?.rawValue ?? ""), from 0 to those of a day")
        default:
            let matter = MappedSpan.outcomeFields.contains(field) ? Matter.outcome : .other
            self.init(matter, native?.wanted ?? SpanReader.Bounds.textWanted)
        }
    }

    private static let tokens = "a whole number from 0 to \(Limits.tokensMax)"
    private static let usd = "USD as a number"
}

extension DialectBook {
    /// What an attribute has to say; nil for a name that nobody reads, whatever it says.
    /// - Complexity: O(rules).
    package func form(of name: String) -> AttributeForm? {
        let treatment = treatment(of: name)
        if treatment == .content || treatment == .unread { return nil }
        let kinds = Set(kinds.filter { $0.attribute.hasSameBytes(as: name) }.flatMap { Array($0.values.keys) })
        if !kinds.isEmpty { return AttributeForm(kinds: kinds.sorted()) }
        if self.kinds.contains(where: { $0.attribute.hasSameBytes(as: name) }) { return AttributeForm(kinds: []) }
        let native = native.byAttribute[ExactText(name)]
        for field in DialectField.allCases {
            let rule = rules[field]?.first { $0.suffix == nil && !$0.key.isEmpty && $0.key.hasSameBytes(as: name) }
            if let rule { return AttributeForm(field, rule, native) }
        }
        if let native { return AttributeForm(native) }
        return UsageName(name).flatMap { AttributeForm($0) }
    }

    /// Whether some rule knows what kind of span a value of an attribute means.
    package func tellsKind(_ value: String, of name: String) -> Bool {
        kinds.contains { $0.attribute.hasSameBytes(as: name) && $0.kind(of: value) != nil }
    }

    /// The attributes whose values say what kind a span is, ascending, and of each whether a value that no rule knows
    /// is a fault, since it is the name of an operation. Others have values for spans that are no work of an agent's.
    package var kindNames: [(name: String, isClosed: Bool)] {
        let operations = Set((rules[.operation] ?? []).map { ExactText($0.key) })
        return kindAttributes.map { ($0.text, operations.contains($0)) }
    }

    /// The attributes of OpenTelemetry by which a call is priced and told to be somebody's, ascending, and of each
    /// whether it may be a whole number, as ids of conversations are.
    package var identifyingNames: [(name: String, isNumberFine: Bool)] {
        let fields: [DialectField] = [.conversation, .provider, .requestModel, .responseModel, .agent, .tool]
        var names: [ExactText: Bool] = [:]
        for field in fields {
            for rule in rules[field] ?? [] where rule.path.isEmpty && rule.attribute.hasPrefix("gen_ai.") {
                names[ExactText(rule.attribute)] = field == .conversation
            }
        }
        return names.sorted { $0.key < $1.key }.map { ($0.key.text, $0.value) }
    }

    /// The attributes that somebody reads, ascending: what a mistyped name may have meant.
    package var readAttributes: [String] {
        // order: sorted at the end.
        let own = native.byAttribute.keys
        return readNames.union(own).filter { name in
            !name.utf8.isEmpty && !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(UInt8(ascii: "*"))
        }.sorted().map(\.text)
    }
}
