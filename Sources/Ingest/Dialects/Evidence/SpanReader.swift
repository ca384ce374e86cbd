import Bytes
import Domain
import JSONParsing
import WireFormats

/// Makes evidence of spans as they came: keeps what dialect tables name, turns users into tokens, withholds and counts
/// the rest. One reader serves one thread.
struct SpanReader: ~Copyable {
    /// Bounds of one span's evidence; what is beyond is withheld and counted.
    private enum Bounds {
        static let textBytes = 1024
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
        if NameRedaction.without(name) != name {
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
            record.withheldValues += Self.valueCount(attribute.value)
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
        case .kept:
            // In a form that the field does not take it may be anything.
            if let reported = book.native.byAttribute[name],
                Self.spanValue(attribute.value).flatMap({ reported.value(of: $0) }) == nil
            {
                noteUnknown(name, attribute.value, &record)
                record.withheldValues += Self.valueCount(attribute.value)
                return
            }
            store(attribute.value, name, &record)
            if !isReadable(attribute.value, name) { noteUnknown(name, attribute.value, &record) }
            let isWanted = Self.isOfResponse(name) && Self.isNumberOrJSON(attribute.value)
            if isWanted, !book.reads(name) { noteUnknown(name, attribute.value, &record) }
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

    /// Whether what is kept under the name of a time can be read as such.
    private func isReadable(_ value: OTLPValue, _ name: String) -> Bool {
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

    /// A word, or words in a list; the list may be a text, as JSON or as Python prints it.
    private static func areWords(_ value: OTLPValue) -> Bool {
        switch value {
        case .text(let bytes):
            func isBeside(_ byte: UInt8) -> Bool { byte == 0x20 || "[]\"'".utf8.contains(byte) }
            return bytes.split(separator: UInt8(ascii: ",")).allSatisfy { part in
                let word = part.drop(while: isBeside)
                let end = word.lastIndex { !isBeside($0) }.map { $0 + 1 } ?? word.startIndex
                return isWord(word[..<end])
            }
        case .array(let elements):
            return elements.allSatisfy { if case .text(let bytes) = $0 { isWord(unquoted(bytes)) } else { false } }
        case .empty, .boolean, .integer, .double, .bytes, .map: return true
        }
    }

    /// Whether it is made of what words in programs are made of.
    private static func isWord(_ text: ArraySlice<UInt8>) -> Bool {
        text.count <= Bounds.nameBytes
            && text.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"): true
                default: false
                }
            }
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
        case .text(let bytes) where !bytes.isEmpty: record.attributes[name] = .text(token(Self.unquoted(bytes)))
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

    /// Keeps the numbers of an attribute that speaks of usage or cost, and notes those that no field reads.
    /// - Returns: whether it had any; a table may name it as content all the same.
    private mutating func keep(
        _ attribute: OTLPAttribute, _ usage: UsageName, _ treatment: DialectBook.Treatment?, _ record: inout SpanRecord
    ) -> Bool {
        let leaves: [NumberExtractor.Leaf]
        switch attribute.value {
        case .integer, .double:
            guard let number = Self.spanValue(attribute.value) else { return false }
            leaves = [NumberExtractor.Leaf(path: "", value: number)]
        case .text(let bytes):
            guard bytes.count <= Bounds.membersTextBytes else { return false }
            if let number = Self.number(bytes) {
                leaves = [NumberExtractor.Leaf(path: "", value: number)]
            } else {
                leaves = NumberExtractor.leaves(in: bytes) ?? []
                record.withheldValues += leaves.isEmpty ? 0 : 1
            }
        case .map, .array:
            leaves = Self.leaves(of: attribute.value)
            record.withheldValues += leaves.isEmpty ? 0 : Self.textCount(attribute.value)
        case .empty, .boolean, .bytes: return false
        }
        guard !leaves.isEmpty else { return false }
        if treatment == .content || treatment == .unread {
            noteUnknown(attribute.key, attribute.value, &record)
            return true
        }
        let isKept = treatment == .kept || treatment == .numbers || treatment == .plain
        for leaf in Self.withSums(leaves) { keep(leaf, of: attribute.key, usage, isKept: isKept, &record) }
        return true
    }

    /// The numbers with those of a call's goes added up: names are the same in each, and each was billed.
    private static func withSums(_ leaves: [NumberExtractor.Leaf]) -> [NumberExtractor.Leaf] {
        guard leaves.contains(where: { UsageWords.isOfIterations($0.path) }) else { return leaves }
        var result: [NumberExtractor.Leaf] = []
        var places: [String: Int] = [:]
        for leaf in leaves {
            guard UsageWords.isOfIterations(leaf.path), let count = leaf.value.wholeNumber,
                (0...Limits.tokensMax).contains(count)
            else {
                result.append(leaf)
                continue
            }
            if let place = places[leaf.path], let before = result[place].value.wholeNumber {
                // What is beyond the limit stays there, so that it is no count.
                result[place].value = .integer(min(before + count, Limits.tokensMax + 1))
            } else {
                places[leaf.path] = result.count
                result.append(leaf)
            }
        }
        return result
    }

    /// - Parameter isKept: whether a table has the attribute kept whatever it says.
    private func keep(
        _ leaf: NumberExtractor.Leaf, of name: String, _ usage: UsageName, isKept: Bool, _ record: inout SpanRecord
    ) {
        let reported = leaf.path.isEmpty ? name : name + "/" + leaf.path
        guard leaf.path.isEmpty || UsageName(reported) != nil else { return }
        let key = leaf.path.isEmpty || book.reads(reported) ? reported : name + "/" + UsageWords.shown(leaf.path)
        guard let usage = leaf.path.isEmpty ? usage : UsageName(key), key.utf8.count <= 2 * Bounds.nameBytes else {
            return
        }
        var isRead = usage != .unread || book.reads(key)
        if case .field(let field) = usage, field != .reportedCost {
            isRead = leaf.value.wholeNumber.map { (0...Limits.tokensMax).contains($0) } ?? false
        }
        if usage == .costPart { isRead = book.reads(key) }
        if !isRead { noteUnknown(key, leaf.value.typeName, &record) }
        // A text that nobody here reads as usage may be anything, and so may a number whose name is not shown.
        if !isRead, key.hasSuffix("/*") || !isKept && leaf.value.typeName == "string" {
            record.withheldValues += leaf.path.isEmpty ? 1 : 0
            return
        }
        // Of numbers whose names are shown alike the largest.
        if key != reported, let other = record.attributes[key]?.number, other >= leaf.value.number ?? 0 { return }
        if record.attributes.count < Bounds.attributes + Bounds.usageAttributes { record.attributes[key] = leaf.value }
    }

    /// A text that is a number.
    private static func number(_ text: ArraySlice<UInt8>) -> SpanValue? {
        guard text.count <= 32 else { return nil }
        let value = SpanValue.text(String(decoding: text, as: UTF8.self))
        return value.number.flatMap { $0.isFinite ? value : nil }
    }

    /// Numbers of a map or list that came as such, with the names that lead to them. Longer names than a name of usage
    /// has lead to none: each number carries its own.
    private static func leaves(of value: OTLPValue, _ path: [String] = []) -> [NumberExtractor.Leaf] {
        guard path.count < 16, path.last?.utf8.count ?? 0 <= 2 * Bounds.nameBytes else { return [] }
        switch value {
        case .map(let members): return members.prefix(64).flatMap { leaves(of: $0.value, path + [$0.key]) }
        case .array(let elements): return elements.prefix(64).flatMap { leaves(of: $0, path) }
        case .integer(let number) where !path.isEmpty:
            return [NumberExtractor.Leaf(path: path.joined(separator: "/"), value: .integer(number))]
        case .double(let number) where number.isFinite && !path.isEmpty:
            return [NumberExtractor.Leaf(path: path.joined(separator: "/"), value: .double(number))]
        default: return []
        }
    }

    /// The parts of a cost whose total was told need nobody who reads them.
    private func forgetCostParts(_ record: inout SpanRecord) {
        let costParts = record.unknownAttributes.keys.filter { UsageName($0.text) == .costPart }
        guard !costParts.isEmpty, SpanUsage(MappedSpan(record, book)).reportedCost != nil else { return }
        // order: each is removed for itself.
        for name in costParts { record.unknownAttributes[name] = nil }
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

    /// What OpenTelemetry calls an error of a kind that has no name.
    private static let otherError = "_OTHER"

    /// Whether what should be the kind of an error is what was said of it: a kind has one word, but for Python's way to
    /// print a class, and is no list of texts.
    private static func isSentence(_ value: OTLPValue) -> Bool {
        if case .array = value { return textCount(value) > 0 }
        guard case .text(let bytes) = value else { return false }
        if bytes.starts(with: "<class '".utf8) { return bytes.count(where: { $0 == 0x20 }) > 1 }
        if bytes.contains(where: { $0 <= 0x20 || $0 >= 0x80 }) { return true }
        let text = String(decoding: bytes, as: UTF8.self)
        return NameRedaction.without(text) != text
    }

    /// A number, or a text of digits and what stands between them in numbers and times.
    private static func isMeasure(_ value: OTLPValue) -> Bool {
        switch value {
        case .integer, .double: return true
        case .text(let bytes):
            return bytes.count <= 40 && unquoted(bytes).allSatisfy { byte in
                switch byte {
                case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
                    UInt8(ascii: "T"), UInt8(ascii: "Z"), UInt8(ascii: "E"), UInt8(ascii: "e"), 0x20:
                    true
                default: false
                }
            }
        case .empty, .boolean, .bytes, .array, .map: return false
        }
    }

    private static func text(_ value: OTLPValue) -> String? {
        guard case .text(let bytes) = value else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A number, yes or no, a word that settings are chosen from, or a few of these words.
    private static func isPlain(_ value: OTLPValue) -> Bool {
        switch value {
        case .integer, .double, .boolean: true
        case .text(let bytes): number(bytes) != nil || AllowedValues.contain(unquoted(bytes))
        case .array(let elements):
            elements.allSatisfy { if case .text(let bytes) = $0 { AllowedValues.contain(bytes) } else { false } }
        case .empty, .bytes, .map: false
        }
    }

    private static func isOfResponse(_ name: String) -> Bool {
        name.hasPrefix("gen_ai.response.") || name.hasPrefix("ai.response.")
    }

    private static func isNumberOrJSON(_ value: OTLPValue) -> Bool {
        switch value {
        case .integer, .double, .map: true
        case .text(let bytes): bytes.first == UInt8(ascii: "{") || bytes.first == UInt8(ascii: "[")
        default: false
        }
    }

    private func noteUnknown(_ name: String, _ value: OTLPValue, _ record: inout SpanRecord) {
        noteUnknown(name, Self.typeName(value), &record)
    }

    private func noteUnknown(_ name: String, _ type: String, _ record: inout SpanRecord) {
        let plain = Self.cut(DialectBook.withoutNumbers(NameRedaction.without(name)), Bounds.nameBytes)
        if record.unknownAttributes.count < Bounds.unknownNames { record.unknownAttributes[plain] = type }
    }

    private func store(_ value: OTLPValue, _ name: String, _ record: inout SpanRecord) {
        if let kept = Self.spanValue(value) {
            record.attributes[name] = kept
        } else {
            record.withheldValues += Self.textCount(value)
        }
    }

    /// Whether a field can take its number from what stands under a name that some field reads; true for all others.
    private func isCount(_ value: OTLPValue, _ name: String) -> Bool {
        let usage = UsageName(name)
        let isOfField = if case .field? = usage { true } else { false }
        guard isOfField || book.reads(name) else { return true }
        guard let said = Self.spanValue(value) else { return false }
        let isCost =
            usage == .field(.reportedCost)
            || (book.rules[.reportedCost] ?? []).contains { $0.key.hasSameBytes(as: name) }
        return isCost ? said.number != nil : said.wholeNumber.map { $0 >= 0 } ?? false
    }

    /// Keeps what is a number, yes or no, or a container of numbers under names that may be shown; the rest is
    /// withheld.
    private func storeNumbers(_ value: OTLPValue, _ name: String, _ record: inout SpanRecord) {
        var leaves: [NumberExtractor.Leaf] = []
        switch value {
        case _
        where CredentialDetection.isLikely(name, value)
            || UsageWords.isCredential(UsageWords.segments(of: name).flatMap { $0 }):
            record.withheldValues += Self.valueCount(value)
        case .integer, .double, .boolean:
            if !isCount(value, name) { noteUnknown(name, value, &record) }
            return store(value, name, &record)
        case .text(let bytes):
            record.withheldValues += 1
            if let number = Self.number(bytes) {
                record.withheldValues -= 1
                if !isCount(value, name) { noteUnknown(name, value, &record) }
                record.attributes[name] = number
            } else if bytes.count <= Bounds.membersTextBytes {
                leaves = NumberExtractor.leaves(in: bytes) ?? []
                if leaves.isEmpty { noteUnknown(name, value, &record) }
            }
        case .array(let elements):
            if !isCount(value, name) { noteUnknown(name, value, &record) }
            guard Self.textCount(value) > 0 || elements.isEmpty else { return store(value, name, &record) }
            record.withheldValues += Self.textCount(value)
        case .map:
            leaves = Self.leaves(of: value)
            record.withheldValues += Self.textCount(value)
        case .empty, .bytes: record.withheldValues += Self.textCount(value)
        }
        for leaf in leaves {
            let key = name + "/" + UsageWords.shown(leaf.path)
            guard !key.hasSuffix("/*"), key.utf8.count <= 2 * Bounds.nameBytes else { continue }
            if record.attributes.count < Bounds.attributes { record.attributes[key] = leaf.value }
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
                guard !text.isEmpty, text.count <= Bounds.textBytes else { continue }
                if !member.isToken, CredentialText.holds(text, under: Array(member.key.utf8)[...]) {
                    record.withheldValues += 1
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

    /// Whether a member's name looks like one that a program has: letters, and few digits.
    private static func isName(_ text: String) -> Bool {
        var digits = 0
        for (place, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): break
            case UInt8(ascii: ".") where place > 0, UInt8(ascii: "-") where place > 0: break
            case UInt8(ascii: "0")...UInt8(ascii: "9") where place > 0: digits += 1
            default: return false
            }
        }
        return !text.isEmpty && text.utf8.count <= 64 && digits <= 3
    }

    /// Nil for nothing.
    private static func typeName(_ kind: JSONKind) -> String? {
        switch kind {
        case .string: "string"
        case .integer, .unsigned: "int"
        case .double: "double"
        case .true, .false: "bool"
        case .array: "array"
        case .object: "map"
        case .null: nil
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

    /// Without JSON's own quotes, which some senders put around a text.
    private static func unquoted(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let quote = UInt8(ascii: "\"")
        return text.count > 2 && text.first == quote && text.last == quote ? text.dropFirst().dropLast() : text
    }

    private static func spanValue(_ value: OTLPValue) -> SpanValue? {
        switch value {
        case .empty, .bytes, .map: return nil
        case .text(let bytes):
            return bytes.count <= Bounds.textBytes ? .text(String(decoding: bytes, as: UTF8.self)) : nil
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .double(let value): return value.isFinite ? .double(value) : nil
        case .array(let values):
            guard values.count <= Bounds.listElements else { return nil }
            let kept = values.compactMap { element -> SpanValue? in
                if case .array = element { return nil }
                return spanValue(element)
            }
            return kept.count == values.count ? .list(kept) : nil
        }
    }

    private static func textCount(_ value: OTLPValue) -> Int64 {
        switch value {
        case .text, .bytes: 1
        case .array(let values): values.reduce(0) { $0 + textCount($1) }
        case .map(let pairs): pairs.reduce(0) { $0 + textCount($1.value) }
        default: 0
        }
    }

    /// Texts and numbers.
    private static func valueCount(_ value: OTLPValue) -> Int64 {
        switch value {
        case .text, .bytes, .integer, .double: 1
        case .array(let values): values.reduce(0) { $0 + valueCount($1) }
        case .map(let pairs): pairs.reduce(0) { $0 + valueCount($1.value) }
        case .empty, .boolean: 0
        }
    }

    private static func typeName(_ value: OTLPValue) -> String {
        switch value {
        case .empty: "empty"
        case .text: "string"
        case .boolean: "bool"
        case .integer: "int"
        case .double: "double"
        case .bytes: "bytes"
        case .array: "array"
        case .map: "map"
        }
    }

    private static func cut(_ text: String, _ bytesMax: Int) -> String {
        guard text.utf8.count > bytesMax else { return text }
        var end = text.startIndex
        var count = 0
        for index in text.unicodeScalars.indices {
            count += UTF8.width(text.unicodeScalars[index])
            if count > bytesMax { break }
            end = text.unicodeScalars.index(after: index)
        }
        return String(text[..<end])
    }
}
