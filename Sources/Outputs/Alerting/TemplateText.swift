import JSONTexts

/// Values of a template by name, and lists of more values for what is repeated.
struct TemplateValues {
    /// Texts by name.
    var texts: [String: String] = [:]
    /// What `if` finds true.
    var flags: Set<String> = []
    /// What `for` repeats, in order.
    var lists: [String: [TemplateValues]] = [:]
    /// Alerts that may be missing, and whether they are there.
    var alerts = AlertNames()

    /// These over those of `outer`.
    func over(_ outer: TemplateValues) -> TemplateValues {
        var values = outer
        values.texts.merge(texts) { $1 }
        values.flags.formUnion(flags)
        values.lists.merge(lists) { $1 }
        return values
    }
}

/// A text with holes: `<<name>>` is a value, `<<if name>>`, `<<if not name>>` and `<<for list>>` up to `<<end>>` keep,
/// drop or repeat what is between, `<<links A B /reports/C>>` writes links of a dashboard to the runbooks of those
/// alerts that there are, and to a report of the same time. A line that holds nothing but an `if`, `for` or `end`
/// leaves no line.
///
/// Templates are part of the program: a hole that nothing fills is a mistake of ours and traps.
struct TemplateText {
    private enum Part {
        case text(ArraySlice<UInt8>)
        case value(String)
        case links([String])
        case block(Block)
    }

    private struct Block {
        var kind: Kind
        var name: String
        var parts: [Part]

        enum Kind { case isTrue, isFalse, each }
    }

    private let parts: [Part]

    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        parts = Self.parse(bytes, &rest, isInner: false)
    }

    func rendered(_ values: TemplateValues) -> [UInt8] {
        var bytes: [UInt8] = []
        Self.append(parts, values, to: &bytes)
        return bytes
    }

    // MARK: Reading

    private static func parse(_ bytes: [UInt8], _ rest: inout ArraySlice<UInt8>, isInner: Bool) -> [Part] {
        var parts: [Part] = []
        while let start = place(of: UInt8(ascii: "<"), in: rest) {
            guard let end = place(of: UInt8(ascii: ">"), in: rest[start...]) else {
                preconditionFailure("a hole of a template ends")
            }
            let words = String(decoding: rest[(start + 2)..<end], as: UTF8.self).split(separator: " ").map(String.init)
            let before = rest[..<start]
            if !before.isEmpty { parts.append(.text(before)) }
            // Nothing else on its line: what came before it ended one, and so does what follows.
            let isAlone = start == 0 || bytes[start - 1] == 0x0A
            rest = rest[(end + 2)...]
            if isAlone, ["if", "for", "end"].contains(words.first ?? ""), rest.first == 0x0A {
                rest = rest.dropFirst()
            }
            switch words.first {
            case "end":
                precondition(isInner, "a template ends what it began")
                return parts
            case "if" where words.count == 3 && words[1] == "not":
                parts.append(.block(Block(kind: .isFalse, name: words[2], parts: parse(bytes, &rest, isInner: true))))
            case "if" where words.count == 2:
                parts.append(.block(Block(kind: .isTrue, name: words[1], parts: parse(bytes, &rest, isInner: true))))
            case "for" where words.count == 2:
                parts.append(.block(Block(kind: .each, name: words[1], parts: parse(bytes, &rest, isInner: true))))
            case "links": parts.append(.links(Array(words.dropFirst())))
            default:
                precondition(words.count == 1, "a hole of a template has one name")
                parts.append(.value(words[0]))
            }
        }
        precondition(!isInner, "a template ends what it began")
        if !rest.isEmpty { parts.append(.text(rest)) }
        return parts
    }

    /// Where two of the byte stand beside each other.
    private static func place(of byte: UInt8, in bytes: ArraySlice<UInt8>) -> Int? {
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            if bytes[index] == byte, bytes[index + 1] == byte { return index }
            index += 1
        }
        return nil
    }

    // MARK: Writing

    private static func append(_ parts: [Part], _ values: TemplateValues, to bytes: inout [UInt8]) {
        for part in parts {
            switch part {
            case .text(let text): bytes += text
            case .value(let name):
                guard let text = values.texts[name] else { preconditionFailure("nothing fills \(name)") }
                bytes += Array(text.utf8)
            case .links(let names):
                let written = names.map { $0.replacing("*", with: values.texts["percentile.camel"] ?? "*") }
                append(links: written.filter { isReport($0) || values.alerts.contains($0) }, to: &bytes)
            case .block(let block):
                switch block.kind {
                case .isTrue: if values.flags.contains(block.name) { append(block.parts, values, to: &bytes) }
                case .isFalse: if !values.flags.contains(block.name) { append(block.parts, values, to: &bytes) }
                case .each:
                    guard let list = values.lists[block.name] else {
                        preconditionFailure("nothing is listed as \(block.name)")
                    }
                    for inner in list { append(block.parts, inner.over(values), to: &bytes) }
                }
            }
        }
    }

    /// Links stand beside each other as in a list of JSON. Reports are served where runbooks are.
    private static func append(links: [String], to bytes: inout [UInt8]) {
        var json = JSONWriter(.spaced)
        for name in links {
            let place = isReport(name) ? "..\(name)?${__url_time_range}" : name
            json.object { json in
                json.member("title", isReport(name) ? "Report of the same time" : "Runbook: \(name)")
                json.member("url", "${runbooks}/\(place)")
                json.member("targetBlank", true)
            }
        }
        bytes += json.bytes
    }

    private static func isReport(_ name: String) -> Bool { name.hasPrefix("/reports/") }
}
