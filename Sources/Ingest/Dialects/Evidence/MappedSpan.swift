import Bytes
import Domain
import JSONTexts

/// A span read through the dialect tables.
struct MappedSpan {
    let record: SpanRecord
    let book: DialectBook
    /// Fields that have a place which the span fills; most spans fill few.
    private let fields: Set<DialectField>

    init(_ record: SpanRecord, _ book: DialectBook) {
        self.record = record
        self.book = book
        fields = book.fields(of: record)
    }

    private func rules(_ field: DialectField) -> [DialectRule] { fields.contains(field) ? book.rules[field] ?? [] : [] }

    /// What kind of work it is, and in whose words it says so.
    var classified: (kind: SpanClass, dialect: String?) {
        let byScope = book.dialect(ofScope: record.scope)
        for rule in book.kinds {
            guard holds(rule.condition), let value = attribute(rule.attribute)?.plainText,
                let kind = rule.kind(of: value)
            else { continue }
            let exception = book.exceptions.first { $0.applies(to: record.name, by: rule.attribute, as: kind) }
            return (exception?.becomes ?? kind, byScope ?? rule.dialect)
        }
        return (.other, byScope)
    }

    /// The first place of the field that has a text which counts.
    /// - Parameter responseIDs: ids of responses in the trace, for places that must not repeat them.
    func text(_ field: DialectField, responseIDs: Set<String> = []) -> String? {
        for rule in rules(field) {
            guard let text = value(rule)?.plainText, isCounted(text, rule, field) else { continue }
            if rule.passesOverResponseIDs, responseIDs.contains(text) { continue }
            return book.translated(text, field) ?? text
        }
        return nil
    }

    /// The first place of the field that has a whole number of at least zero and at most `maximum`.
    /// - Parameter isRollUp: whether places that add up several calls are asked, or the others.
    func count(_ field: DialectField, maximum: Int64, isRollUp: Bool = false) -> Int64? {
        for rule in rules(field) where rule.isRollUp == isRollUp {
            if let number = value(rule)?.wholeNumber, (0...maximum).contains(number) { return number }
        }
        return nil
    }

    /// What the span or its resource says of a field in our own name for it; nil where it is in no form that the field
    /// takes.
    func native(_ field: NativeField) -> EventValue? { attribute(field.attribute).flatMap { field.value(of: $0) } }

    /// The first place of the field that has a time span, ns.
    func nanoseconds(_ field: DialectField) -> Int64? {
        for rule in rules(field) {
            if let event = rule.event {
                let moment = record.moments.first { $0.name == event }
                let offset = moment?.offsetNanoseconds ?? -1
                if (0..<SpanTimeDoubt.durationNanosecondsMax).contains(offset) { return offset }
                continue
            }
            guard let value = value(rule), let scale = rule.unit else { continue }
            if scale == .instant {
                guard record.timeDoubt == nil, let text = value.plainText, let time = try? RFC3339.parse(text),
                    time >= record.start
                else { continue }
                let (span, isBeyond) = time.subtractingReportingOverflow(record.start)
                guard !isBeyond, span < SpanTimeDoubt.durationNanosecondsMax else { continue }
                return span
            }
            let factor: Double = scale == .seconds ? 1e9 : scale == .milliseconds ? 1e6 : 1
            if let number = value.number, number >= 0, number * factor < Double(SpanTimeDoubt.durationNanosecondsMax) {
                return Int64((number * factor).rounded())
            }
        }
        return nil
    }

    /// Whether the field was told, but not as a time from zero to a day.
    func hasUnusableTime(_ field: DialectField) -> Bool {
        nanoseconds(field) == nil
            && rules(field).contains { rule in
                if let event = rule.event { return record.moments.contains { $0.name == event } }
                return value(rule).map { rule.unit == .instant || $0.number != nil } ?? false
            }
    }

    /// The first place of the field that says yes or no.
    func flag(_ field: DialectField) -> Bool? {
        for rule in rules(field) { if let flag = value(rule)?.flag { return flag } }
        return nil
    }

    /// The first place of the field that has an amount of USD, in pico-USD.
    func picoUSD(_ field: DialectField) -> Int64? {
        rules(field).lazy.compactMap { Self.picoUSD(value($0)?.number) }.first
    }

    /// An amount of USD below a million, in pico-USD.
    static func picoUSD(_ number: Double?) -> Int64? {
        guard let number, number.isFinite, abs(number) < 1_000_000 else { return nil }
        return Int64((number * 1e12).rounded())
    }

    /// Why the model stopped, in the words of OpenTelemetry.
    var finishReason: String? {
        guard var text = text(.finishReason) else { return nil }
        // A list that came as JSON text, and a Python enumeration's own name.
        text = text.filter { !"[]\"' ".contains($0) }.split(separator: ",").first.map(String.init) ?? ""
        text = text.lowercased()
        if let dot = text.lastIndex(of: ".") { text = String(text[text.index(after: dot)...]) }
        return text.isEmpty ? nil : book.translations[.finishReason]?[text] ?? text
    }

    /// Who runs the model; where only the model's name says it, as in `openai/gpt-4o`, what stands before the slash.
    var provider: String? {
        if let reported = text(.provider) { return reported }
        guard let model = text(.responseModel) ?? text(.requestModel), let slash = model.firstIndex(of: "/"),
            slash > model.startIndex
        else { return nil }
        return book.translated(String(model[..<slash]), .provider)
    }

    /// Whether it failed: by its status, or by an attribute that says so.
    var hasFailed: Bool { record.statusCode == 2 || text(.failure) != nil }

    /// What went wrong, without module and Python's decoration.
    var errorType: String? {
        guard let text = text(.errorType) else { return nil }
        let name = text.hasPrefix("<class '") ? text.dropFirst(8).prefix { $0 != "'" } : text[...]
        return name.split(separator: ".").last.map(String.init)
    }

    /// What its sender should know, since its events are another's or nobody's where no span around it says whose they
    /// are; nil where it says that itself, or does not try to.
    var tenantRemark: String? {
        // order: the least is taken.
        guard let name = book.tenantNames.filter({ record.unknownAttributes[$0] != nil }).min(),
            let found = record.unknownAttributes[name], text(.tenant) == nil
        else { return nil }
        let wanted = book.form(of: name.text)?.wanted ?? SpanReader.Bounds.textWanted
        return "\(name.text): \(wanted), not \(found); the span is kept, as one that names no tenant"
    }

    /// Whose a span is when neither it nor one around it says so.
    static let unnamedTenant = "default"

    /// Whose the evidence of the span is, which is written before the spans around it are known: what it or its
    /// resource says.
    var tenant: String { text(.tenant) ?? Self.unnamedTenant }

    // MARK: Places

    private func attribute(_ name: String) -> SpanValue? {
        name == "span.name" ? .text(record.name) : record.attributes[name] ?? record.resource[name]
    }

    /// Of the attributes that end so the one with the least name.
    private func attribute(endingIn suffix: String) -> SpanValue? {
        record.attributes.keys.filter { $0.text.hasSuffix(suffix) && !book.isNamed($0) }.min().flatMap {
            record.attributes[$0]
        }
    }

    private func value(_ rule: DialectRule) -> SpanValue? {
        guard holds(rule.condition) else { return nil }
        if rule.isExceptionType { return record.moments.lazy.compactMap(\.exceptionType).first.map { .text($0) } }
        guard rule.event == nil, let value = rule.suffix.map(attribute(endingIn:)) ?? attribute(rule.key) else {
            return nil
        }
        switch (rule.type, value) {
        case ("integer"?, .integer), ("double"?, .double), (nil, _): return value
        default: return nil
        }
    }

    private func holds(_ condition: DialectCondition?) -> Bool {
        guard let condition else { return true }
        guard let value = attribute(condition.attribute)?.plainText else { return false }
        if let equals = condition.equals { return value.lowercased() == equals }
        return condition.prefix.map { value.hasPrefix($0) } ?? true
    }

    private func isCounted(_ text: String, _ rule: DialectRule, _ field: DialectField) -> Bool {
        if !rule.values.isEmpty, !rule.values.contains(text.lowercased()) { return false }
        if (book.passOverPrefixes + rule.passOverPrefixes).contains(where: { text.hasPrefix($0) }) { return false }
        return !(book.notA[field]?.contains(text.lowercased()) ?? false)
    }
}
