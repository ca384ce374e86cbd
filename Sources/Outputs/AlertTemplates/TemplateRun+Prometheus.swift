import Bytes
import PromQLText
import RegularExpressions

// What Prometheus adds to Go's functions.
extension TemplateRun {
    mutating func prometheusValue(
        of function: TemplateFunction, _ arguments: [TemplateValue]
    ) throws(TemplateError) -> TemplateValue {
        switch function {
        case .query, .first, .label, .value, .strvalue, .sortByLabel: return try sampleValue(of: function, arguments)
        case .humanize: return .text(HumanNumber.decimal(try number(arguments[0], of: function)))
        case .humanize1024: return .text(HumanNumber.binary(try number(arguments[0], of: function)))
        case .humanizeDuration: return .text(HumanNumber.duration(try number(arguments[0], of: function)))
        case .humanizePercentage: return .text(HumanNumber.percentage(try number(arguments[0], of: function)))
        case .humanizeTimestamp:
            let seconds = try number(arguments[0], of: function)
            guard seconds.isFinite else { return .text(HumanNumber.short(seconds)) }
            return .text(TemplateTime.written(try milliseconds(seconds)))
        case .toTime: return .time(try milliseconds(try number(arguments[0], of: function)))
        case .now: return .float(Double(data.time) / 1000)
        case .args:
            let members = arguments.enumerated().map {
                TemplateMember(name: ByteText("arg\($0.offset)".utf8), value: $0.element)
            }
            return .members(members.sorted { $0.name < $1.name })
        case .tmpl: return try text(of: try text(arguments[0], of: "tmpl"), arguments[1])
        case .pathPrefix: return .text(path(of: data.externalURL))
        case .externalURL: return .text(data.externalURL)
        case .safeHtml: return .text(try text(arguments[0], of: "safeHtml"))
        default: return try textValue(of: function, arguments)
        }
    }

    // MARK: Samples

    private mutating func sampleValue(
        of function: TemplateFunction, _ arguments: [TemplateValue]
    ) throws(TemplateError) -> TemplateValue {
        switch function {
        case .query:
            let expression = try text(arguments[0], of: "query")
            try bookQuestion()
            let samples: [TemplateSample]
            do throws(TemplateError) { samples = try ask(expression) } catch { throw self.error(error.reason) }
            try spend(128 * samples.count)
            return .list(samples.map { .sample($0) })
        case .first:
            guard let first = try list(arguments[0], of: function).first else {
                throw error("error calling first: first() called on vector with no elements")
            }
            return first
        case .label:
            let name = try text(arguments[0], of: "label")
            return .text(try sample(arguments[1], of: function).labels[name])
        case .value: return .float(try sample(arguments[0], of: function).value)
        case .strvalue: return .text(try sample(arguments[0], of: function).labels["__value__"])
        default:
            let name = try text(arguments[0], of: "sortByLabel")
            var samples: [TemplateSample] = []
            for one in try list(arguments[1], of: function) { samples.append(try sample(one, of: function)) }
            let sorted = samples.enumerated().sorted {
                let (left, right) = ($0.element.labels[name], $1.element.labels[name])
                return left < right || (left == right && $0.offset < $1.offset)
            }
            return .list(sorted.map { .sample($0.element) })
        }
    }

    private func list(_ value: TemplateValue, of function: TemplateFunction) throws(TemplateError) -> [TemplateValue] {
        if case .list(let list) = value { return list }
        throw wrongType(value, of: function, wanted: "what query found")
    }

    private func sample(_ value: TemplateValue, of function: TemplateFunction) throws(TemplateError) -> TemplateSample {
        if case .sample(let sample) = value { return sample }
        throw wrongType(value, of: function, wanted: "a sample")
    }

    private func wrongType(_ value: TemplateValue, of function: TemplateFunction, wanted: String) -> TemplateError {
        error("error calling \(function): wrong type for value; expected \(wanted); got \(value.typeName)")
    }

    // MARK: Numbers

    private func number(_ value: TemplateValue, of function: TemplateFunction) throws(TemplateError) -> Double {
        switch value {
        case .float(let float): return float
        case .integer(let integer): return Double(integer)
        case .text(let text):
            if let number = Self.number(text) { return number }
            throw error("error calling \(function): parsing \(QuotedText.quoted(text.bytes)): invalid syntax")
        default: throw error("error calling \(function): can't convert \(value.typeName) to float")
        }
    }

    private static func number(_ text: ByteText) -> Double? {
        let word = text.description.lowercased()
        if ["inf", "+inf", "infinity", "+infinity"].contains(word) { return .infinity }
        if ["-inf", "-infinity"].contains(word) { return -.infinity }
        return word == "nan" ? .nan : Double(word)
    }

    private func milliseconds(_ seconds: Double) throws(TemplateError) -> Int64 {
        let nanoseconds = seconds * 1e9
        guard nanoseconds.isFinite, abs(nanoseconds) < 9.2e18 else {
            throw error("\(TemplateValue.shown(seconds)) cannot be represented as a nanoseconds timestamp")
        }
        return Int64(nanoseconds) / 1_000_000
    }

    // MARK: Texts

    private mutating func textValue(
        of function: TemplateFunction, _ arguments: [TemplateValue]
    ) throws(TemplateError) -> TemplateValue {
        let name = "\(function)"
        let first = try text(arguments[0], of: name)
        switch function {
        case .title: return .text(TemplateTexts.titled(first))
        case .toUpper: return .text(TemplateTexts.mapped(first) { $0.properties.uppercaseMapping })
        case .toLower: return .text(TemplateTexts.mapped(first) { $0.properties.lowercaseMapping })
        case .urlQueryEscape: return .text(ByteText(TemplateEscapes.query(first.bytes)))
        case .graphLink: return .text(TemplateTexts.link(to: first, tab: 0))
        case .tableLink: return .text(TemplateTexts.link(to: first, tab: 1))
        case .stripPort: return .text(HostAndPort(first)?.host ?? first)
        case .stripDomain: return .text(TemplateTexts.withoutDomain(first))
        case .parseDuration:
            do throws(PromQLError) {
                return .float(Double(try PromQLDuration.nanoseconds(first.bytes)) / 1e9)
            } catch {
                throw self.error("error calling parseDuration: " + (error.faults.first?.message ?? ""))
            }
        case .match:
            let subject = try text(arguments[1], of: name)
            try spend(subject.bytes.count)
            return .flag(try compiled(first, captures: false).matches(subject.bytes.span))
        case .reReplaceAll:
            let (replacement, subject) = (try text(arguments[1], of: name), try text(arguments[2], of: name))
            return .text(try replaced(first, replacement, subject))
        default: preconditionFailure("every function has its case")
        }
    }

    private mutating func compiled(
        _ pattern: ByteText, captures: Bool
    ) throws(TemplateError) -> RegularExpression {
        try bookPattern()
        let expression: RegularExpression
        do throws(RegularExpressionError) {
            expression = try RegularExpression(pattern.description, captures: captures)
        } catch {
            throw self.error("error parsing regexp: \(error.reason)")
        }
        guard !captures || expression.groupCount <= RegularExpression.groupsMax else {
            throw self.error("error parsing regexp: more than \(RegularExpression.groupsMax) groups")
        }
        return expression
    }

    /// What matches, from left to right, becomes what the replacement says. The engine tells groups of whole matches
    /// only, so the pattern is asked for between what stands before and behind it.
    private mutating func replaced(
        _ pattern: ByteText, _ replacement: ByteText, _ subject: ByteText
    ) throws(TemplateError) -> ByteText {
        _ = try compiled(pattern, captures: false)
        let inside = Array("((?:".utf8) + pattern.bytes + Array("))(?s:.*)".utf8)
        let atStart = try compiled(ByteText(Array("(?s:(.*?))".utf8) + inside), captures: true)
        // Behind the first match a character stands before, which anchors and word boundaries see.
        let later = try compiled(ByteText(Array("(?s:(..*?))".utf8) + inside), captures: true)
        let text = QuotedText.isUTF8(subject.bytes) ? subject.bytes : Array(subject.description.utf8)
        var result: [UInt8] = []
        var (copied, context, isFirst) = (0, 0, true)
        while context <= text.count {
            try spend(text.count - context + 1)
            let rest = Array(text[context...])
            guard let groups = (isFirst ? atStart : later).groups(of: rest.span), let match = groups[2] else { break }
            let (start, end) = (match.lowerBound + context, match.upperBound + context)
            // A match of nothing directly behind the one before is none.
            if start >= copied, !(start == end && start == copied && !isFirst) {
                result += text[copied..<start]
                result += TemplateTexts.filled(replacement, rest, groups)
                copied = end
            }
            isFirst = false
            guard result.count <= TemplateLimits.valueMax, let next = Self.characterBefore(max(end, start + 1), text)
            else { break }
            context = next
        }
        return ByteText(result + text[copied...])
    }

    /// Where the character begins that ends at or around a place; nil beyond the text.
    private static func characterBefore(_ place: Int, _ text: [UInt8]) -> Int? {
        guard place <= text.count else { return nil }
        var start = place - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    private func path(of address: ByteText) -> ByteText {
        let text = address.description
        guard let scheme = text.firstRange(of: "://") else { return ByteText(text.utf8) }
        let rest = text[scheme.upperBound...].prefix { $0 != "?" && $0 != "#" }
        return ByteText((rest.firstIndex(of: "/").map { rest[$0...] } ?? "").utf8)
    }
}
