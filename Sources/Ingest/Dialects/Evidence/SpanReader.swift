import Bytes
import Domain
import JSONParsing
import WireFormats

/// Makes evidence of spans as they came: keeps what dialect tables name, turns users into tokens, withholds and counts
/// the rest. One reader serves one thread.
struct SpanReader: ~Copyable {
    /// Bounds of one span's evidence; what is beyond is withheld and counted.
    enum Bounds {
        static let textBytes = 1024
        /// The same in words.
        static let textWanted = "a text of at most \(textBytes) bytes"
        static let listElements = 64
        static let attributes = 192
        /// Beside them, so that no number of a call's usage is lost among others.
        static let usageAttributes = 96
        static let unknownNames = 64
        static let nameBytes = 128
        static let moments = 32
        static let links = 16
        static let membersTextBytes = 1 << 20
    }

    let book: DialectBook
    private var tokeniser: UserTokeniser
    private var parser = JSONParser()
    private var tape = JSONTape()

    init(book: DialectBook, tokeniser: UserTokeniser) {
        self.book = book
        self.tokeniser = tokeniser
    }

    /// The evidence of one span.
    /// - Parameter resource: what ``resource(_:)`` made of the span's.
    /// - Precondition: the span is identified and its times fit 63 bits.
    mutating func record(of span: OTLPSpan, scope: OTLPScopeSpans, resource: SpanRecord) -> SpanRecord {
        var record = SpanRecord()
        record.traceID = hexadecimal(span.traceID)
        record.spanID = hexadecimal(span.spanID)
        record.parentSpanID = span.parentSpanID.contains { $0 != 0 } ? hexadecimal(span.parentSpanID) : ""
        record.name = Self.cut(NameRedaction.without(span.name), Limits.nameBytesMax)
        record.kind =
            ["", "internal", "server", "client", "producer", "consumer"][(1...5).contains(span.kind) ? span.kind : 0]
        record.scope = Self.cut(NameRedaction.without(scope.name), Limits.nameBytesMax)
        record.scopeVersion = Self.cut(NameRedaction.without(scope.version), Bounds.nameBytes)
        record.end = Int64(clamping: span.end)
        record.timeDoubt = SpanTimeDoubt(start: Int64(clamping: span.start), end: record.end)
        record.start = record.timeDoubt == nil ? Int64(clamping: span.start) : record.end
        record.statusCode = (0...2).contains(span.statusCode) ? span.statusCode : 0
        if !span.statusMessage.isEmpty { record.withheldValues += 1 }
        record.resource = resource.attributes
        for attribute in span.attributes { keep(attribute, &record) }
        record.withheldValues += resource.withheldValues
        // After the span's own, so that a large resource keeps none of them out; in order, so that equal spans give
        // equal rows.
        for name in resource.unknownAttributes.keys.sorted() {
            if let type = resource.unknownAttributes[name] { noteUnknown(name.text, type, &record) }
        }
        // Beside the bound of names, since the protocol has only so many.
        if let name = span.lost { record.unknownAttributes[name] = ValueFault.misnamed.rawValue }
        forgetCostParts(&record)
        noteUnusedOutcomes(span.attributes, &record)
        for event in span.events {
            guard record.moments.count < Bounds.moments else {
                record.withheldValues += 1
                continue
            }
            record.moments.append(moment(event, &record))
        }
        for link in span.links.prefix(Bounds.links) {
            record.links.append("\(hexadecimal(link.traceID))-\(hexadecimal(link.spanID))")
        }
        return record
    }

    /// What the sender of a span should know that is kept; nil: nothing.
    func remark(on record: SpanRecord) -> String? {
        record.unknownAttributes.isEmpty ? nil : MappedSpan(record, book).tenantRemark
    }

    /// What is kept, withheld and unknown of a resource, as of a span that says nothing else.
    mutating func resource(_ attributes: [OTLPAttribute]) -> SpanRecord {
        var scratch = SpanRecord()
        for attribute in attributes { keep(attribute, &scratch) }
        return scratch
    }

    private mutating func keep(_ attribute: OTLPAttribute, _ record: inout SpanRecord) {
        let name = attribute.key
        let usage = UsageName(name)
        let room = Bounds.attributes + (usage == nil ? 0 : Bounds.usageAttributes)
        guard !name.isEmpty, record.attributes.count < room else {
            record.withheldValues += Self.textCount(attribute.value)
            return
        }
        if name.utf8.count > 2 * Bounds.nameBytes || NameRedaction.without(name) != name {
            noteUnknown(name, attribute.value, &record)
            record.withheldValues += max(1, Self.valueCount(attribute.value))
            return
        }
        let treatment = book.treatment(of: name)
        if case .members(let members) = treatment, case .text(let bytes) = attribute.value {
            // Of usage all numbers are walked below.
            keep(members, of: bytes, listedAs: usage == nil ? name : nil, &record)
        }
        if let usage, keep(attribute, usage, treatment, &record) { return }
        switch treatment {
        case .kept where CredentialDetection.isLikely(name, attribute.value):
            withholdCredential(attribute, &record)
        case .kept where book.beginnings[ExactText(name)] != nil:
            keepBeginning(of: attribute, &record)
        case .kept where book.measureNames.contains(ExactText(name)) && !Self.isMeasure(attribute.value):
            noteUnknown(name, attribute.value, &record)
            record.withheldValues += Self.textCount(attribute.value)
        case .kept where book.errorNames.contains(ExactText(name)) && Self.isSentence(attribute.value):
            record.withheldValues += Self.textCount(attribute.value)
            record.attributes[name] = .text(Self.otherError)
        case .kept where !isOfItsForm(attribute.value, name):
            // It may be anything, and what somebody said.
            noteUnknown(name, attribute.value, &record)
            record.withheldValues += Self.valueCount(attribute.value)
        case .kept: keepNamed(attribute, &record)
        case .plain:
            if Self.isPlain(attribute.value), !UsageWords.isCredential(UsageWords.segments(of: name).flatMap { $0 }) {
                store(attribute.value, name, &record)
            } else {
                record.withheldValues += Self.valueCount(attribute.value)
            }
            if Self.isOfResponse(name), Self.isNumberOrJSON(attribute.value) {
                noteUnknown(name, attribute.value, &record)
            }
        case .numbers: storeNumbers(attribute.value, name, &record)
        case .token: keepToken(attribute.value, name, &record)
        case .members, .content: record.withheldValues += Self.textCount(attribute.value)
        case .unread, nil:
            noteUnknown(name, attribute.value, &record)
            // A number whose name nobody knows may be somebody's: of an account, a telephone, a card. Yes and no tell
            // nobody.
            if case .boolean = attribute.value {
                store(attribute.value, name, &record)
            } else {
                record.withheldValues += Self.valueCount(attribute.value)
            }
        }
    }

    /// Keeps what a table has kept, where a field of ours takes it, and notes what nobody can read of it.
    private func keepNamed(_ attribute: OTLPAttribute, _ record: inout SpanRecord) {
        let name = attribute.key
        let fault = ValueFault(attribute.value)
        if let fault, book.tenantNames.contains(ExactText(name)) { noteOwner(name, fault, &record) }
        // In a form that the field does not take it may be anything.
        if let reported = book.native.byAttribute[name],
            Self.spanValue(attribute.value).flatMap({ reported.value(of: $0) }) == nil
        {
            noteUnknown(name, fault?.rawValue ?? Self.typeName(attribute.value), &record)
            record.withheldValues += Self.valueCount(attribute.value)
            return
        }
        store(attribute.value, name, &record)
        if !isReadable(attribute.value, name) { noteUnknown(name, attribute.value, &record) }
        let isWanted = Self.isOfResponse(name) && Self.isNumberOrJSON(attribute.value)
        if isWanted, !book.reads(name) { noteUnknown(name, attribute.value, &record) }
    }

    /// Withholds what may open something; whoever misses it in a figure is told why.
    private func withholdCredential(_ attribute: OTLPAttribute, _ record: inout SpanRecord) {
        record.withheldValues += Self.valueCount(attribute.value)
        let name = attribute.key
        if book.ownerNames.contains(ExactText(name)) {
            noteOwner(name, .credential, &record)
        } else if book.reads(name) || book.native.byAttribute[name] != nil {
            noteUnknown(name, ValueFault.credential.rawValue, &record)
        }
    }

    /// Whether what is kept under the name of a time can be read as such.
    func isReadable(_ value: OTLPValue, _ name: String) -> Bool {
        guard book.timeNames.contains(ExactText(name)) else { return true }
        return Self.spanValue(value)?.number.map { $0 >= 0 } ?? true
    }

    /// Whether what a table has kept is what stands there: yes or no, words for why a model stopped, and one text
    /// everywhere else. Texts in a list are more than a name.
    private func isOfItsForm(_ value: OTLPValue, _ name: String) -> Bool {
        let name = ExactText(name)
        if book.flagNames.contains(name) { return Self.spanValue(value)?.flag != nil }
        if book.reasonNames.contains(name) { return Self.areWords(value) }
        if case .array = value { return Self.textCount(value) == 0 }
        return true
    }

    /// Keeps what of a template is known; whatever else is in the text may be anybody's.
    private func keepBeginning(of attribute: OTLPAttribute, _ record: inout SpanRecord) {
        let known = Self.text(attribute.value).flatMap { text in
            book.beginnings[ExactText(attribute.key)]?.filter { text.hasPrefix($0) }.max {
                $0.utf8.count < $1.utf8.count
            }
        }
        record.withheldValues += known == nil ? Self.textCount(attribute.value) : 0
        if let known { record.attributes[attribute.key] = .text(known) }
    }

    /// Keeps a token in place of a text or number that names somebody.
    private mutating func keepToken(_ value: OTLPValue, _ name: String, _ record: inout SpanRecord) {
        switch value {
        case .text(let bytes) where !namesNothing(bytes.span):
            record.attributes[name] = .text(token(Self.unquoted(bytes)))
        case .integer(let number): record.attributes[name] = .text(token(number))
        case .double(let number):
            // Some senders have no other numbers.
            if let whole = Int64(exactly: number) {
                record.attributes[name] = .text(token(whole))
            } else {
                record.withheldValues += 1
            }
        case .empty, .text: break
        default: record.withheldValues += Self.valueCount(value)
        }
    }

    /// Notes what the span says became of the conversation in a form that settling cannot use.
    private func noteUnusedOutcomes(_ attributes: [OTLPAttribute], _ record: inout SpanRecord) {
        let span = MappedSpan(record, book)
        for field in MappedSpan.outcomeFields where !span.hasUsable(field) {
            for rule in book.rules[field] ?? [] {
                let reported = attributes.last { $0.key.hasSameBytes(as: rule.key) }
                // Beside the bound of names, since tables name only so many.
                if let type = reported.map({ Self.typeName($0.value) }) ?? record.resource[rule.key]?.typeName {
                    record.unknownAttributes[rule.key] = type
                }
            }
        }
    }

    /// Notes why a value does not say whose the span is; beside the bound of names, since tables name only so many.
    private func noteOwner(_ name: String, _ fault: ValueFault, _ record: inout SpanRecord) {
        record.unknownAttributes[name] = fault.rawValue
    }

    /// What OpenTelemetry calls an error of a kind that has no name.
    private static let otherError = "_OTHER"

    func noteUnknown(_ name: String, _ value: OTLPValue, _ record: inout SpanRecord) {
        noteUnknown(name, Self.typeName(value), &record)
    }

    func noteUnknown(_ name: String, _ type: String, _ record: inout SpanRecord) {
        let plain = Self.cut(DialectBook.withoutNumbers(NameRedaction.without(name)), Bounds.nameBytes)
        if record.unknownAttributes.count < Bounds.unknownNames { record.unknownAttributes[plain] = type }
    }

    func store(_ value: OTLPValue, _ name: String, _ record: inout SpanRecord) {
        if let kept = Self.spanValue(value) {
            record.attributes[name] = kept
        } else {
            record.withheldValues += Self.textCount(value)
        }
    }

    /// Keeps the named members of a JSON text; a text that is no JSON has none.
    /// - Parameter name: of the attribute, where members that nobody reads are to be noted.
    private mutating func keep(
        _ members: [DialectBook.Member], of text: ArraySlice<UInt8>, listedAs name: String?, _ record: inout SpanRecord
    ) {
        guard text.count <= Bounds.membersTextBytes, (try? parser.parse(text, into: &tape)) != nil else { return }
        if let name { noteUnread(of: name, besides: members, &record) }
        for member in members {
            var place: Int? = tape.root
            for step in member.path { place = place.flatMap { tape.value($0, step) } }
            guard let place else { continue }
            switch tape.kind(place) {
            case .string:
                let text = tape.string(place)
                if let fault = ValueFault(text) {
                    if book.tenantNames.contains(ExactText(member.key)) { noteOwner(member.key, fault, &record) }
                    continue
                }
                if !member.isToken, CredentialText.holds(text, under: Array(member.key.utf8)[...]) {
                    record.withheldValues += 1
                    if book.ownerNames.contains(ExactText(member.key)) { noteOwner(member.key, .credential, &record) }
                    continue
                }
                record.attributes[member.key] = .text(
                    member.isToken ? token(text) : String(decoding: text, as: UTF8.self))
            case .integer where member.isToken: record.attributes[member.key] = .text(token(tape.integer(place)))
            case .integer: record.attributes[member.key] = .integer(tape.integer(place))
            case .double where !member.isToken: record.attributes[member.key] = .double(tape.double(place))
            case .true, .false: record.attributes[member.key] = .boolean(tape.kind(place) == .true)
            default: break
            }
        }
    }

    /// Notes the outermost members of the JSON text at hand that nobody reads and no table names.
    private func noteUnread(of name: String, besides members: [DialectBook.Member], _ record: inout SpanRecord) {
        let root = tape.root
        guard tape.kind(root) == .object else { return }
        var key = tape.firstChild(root)
        var left = Bounds.unknownNames
        while key < tape.end(root), left > 0 {
            defer { key = tape.next(key + 1) }
            left -= 1
            let member = tape.text(key)
            guard let type = Self.typeName(tape.kind(key + 1)), !members.contains(where: { $0.path.first == member })
            else { continue }
            // What is no name may be anything, a person's for one.
            let listed = name + "/" + (Self.isName(member) ? member : "*")
            if book.treatment(of: listed) == nil { noteUnknown(listed, type, &record) }
        }
    }

    private func moment(_ event: OTLPSpanEvent, _ record: inout SpanRecord) -> SpanMoment {
        var exceptionType: String?
        for attribute in event.attributes {
            if attribute.key == "exception.type", case .text(let bytes) = attribute.value {
                let isSentence = Self.isSentence(attribute.value)
                exceptionType =
                    isSentence ? Self.otherError : Self.cut(String(decoding: bytes, as: UTF8.self), Bounds.nameBytes)
                record.withheldValues += isSentence ? 1 : 0
            } else {
                record.withheldValues += Self.textCount(attribute.value)
            }
        }
        let offset = Int64(clamping: event.time).subtractingReportingOverflow(record.start)
        return SpanMoment(
            name: Self.cut(NameRedaction.without(event.name), Bounds.nameBytes),
            offsetNanoseconds: offset.overflow || record.timeDoubt != nil ? -1 : offset.partialValue,
            exceptionType: exceptionType)
    }

    /// Of an id that is a number its decimal text.
    private mutating func token(_ number: Int64) -> String { token(Array(String(number).utf8)[...]) }

    private mutating func token(_ id: ArraySlice<UInt8>) -> String {
        var output: [UInt8] = []
        tokeniser.append(id.span, to: &output)
        return String(decoding: output, as: UTF8.self)
    }
}
