import JSONTexts

/// A variable of a dashboard.
package struct BoardVariable: Sendable {
    /// Where its values come from.
    package enum Source: Sendable {
        /// The label of series.
        case labelValues(LabelValuesQuery)
        /// This one.
        case constant(String)
        /// Us.
        case datasource
        /// Not understood: what the file says it was set to.
        case fixed
    }

    /// As expressions have it.
    package var name: String
    /// As people read it.
    package var label: String
    var description: String
    /// Whether people do not choose it.
    var isHidden: Bool
    /// Where its values come from.
    package var source: Source
    /// Whether it may have several values.
    package var isMultiple: Bool
    /// Whether all of them may be chosen.
    package var includesAll: Bool
    /// What stands for all, as it is; empty: each.
    package var allValue: String
    /// Whether the last value stands first.
    package var isDescending: Bool
    /// Which values it has, and what of each; nil: all, as they are.
    package var filter: ValueFilter?
    /// Whether the address has it.
    var isInAddress: Bool
    /// What is chosen where nobody says.
    package var chosen: [String]

    /// As which all values are chosen.
    package static let all = "$__all"

    init(_ fields: Fields) {
        name = fields.text("name") ?? ""
        label = fields.text("label").flatMap { $0.isEmpty ? nil : $0 } ?? name
        description = fields.text("description") ?? ""
        let hide = fields.integer("hide", in: 0...2) ?? 0
        isMultiple = fields.flag("multi") ?? false
        includesAll = fields.flag("includeAll") ?? false
        allValue = fields.text("allValue") ?? ""
        isInAddress = fields.flag("skipUrlSync") != true
        let sort = fields.integer("sort", in: 0...8) ?? 0
        isDescending = sort == 2
        if sort > 2 { fields.refuse("sort", "values are sorted by name") }
        _ = fields.integer("refresh", in: 0...2)
        filter = ValueFilter(fields)
        fields.ignore("definition", "options", "datasource")
        chosen = []
        if let current = fields.object("current") {
            if case .array? = current.take("value") {
                chosen = current.texts("value") ?? []
            } else {
                chosen = current.text("value").map { [$0] } ?? []
            }
            current.ignore("text", "selected")
            current.finish()
        }
        source = .fixed
        switch fields.word("type", among: ["query", "constant", "datasource"], isEssential: true) {
        case "query": source = Self.query(fields)
        case "constant": source = .constant(fields.text("query") ?? "")
        case "datasource":
            source = .datasource
            _ = fields.text("query")
        default: fields.ignore("query")
        }
        if case .datasource = source { isHidden = true } else { isHidden = hide == 2 }
    }

    /// Older files have a text in place of the object.
    private static func query(_ fields: Fields) -> Source {
        var text: String?
        if case .string? = fields.take("query") {
            text = fields.text("query")
        } else if let inner = fields.object("query") {
            text = inner.text("query")
            inner.ignore("refId")
            inner.finish()
        }
        guard let query = LabelValuesQuery(text ?? "") else {
            fields.refuse("query", "only label_values(…) is understood", isEssential: true)
            return .fixed
        }
        return .labelValues(query)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
            json.member("label", label)
            if !description.isEmpty { json.member("description", description) }
            json.member("hidden", isHidden)
            json.member("multi", isMultiple)
            json.member("includeAll", includesAll)
            json.member("inAddress", isInAddress)
            json.key("chosen")
            json.array(chosen) { $1.value($0) }
        }
    }
}

/// `label_values(selector, label)`, or `label_values(label)` for all series.
package struct LabelValuesQuery: Hashable, Sendable {
    /// With variables in it; empty: all series.
    package var selector: String
    /// Whose values.
    package var label: String

    /// nil for anything else.
    init?(_ text: String) {
        let trimmed = Self.trimmed(text[...])
        let start = "label_values("
        guard trimmed.hasPrefix(start), trimmed.hasSuffix(")") else { return nil }
        let inner = trimmed.dropFirst(start.count).dropLast()
        let comma = inner.lastIndex(of: ",")
        label = String(Self.trimmed(comma.map { inner[inner.index(after: $0)...] } ?? inner))
        selector = String(comma.map { Self.trimmed(inner[..<$0]) } ?? "")
        let isName = label.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        guard isName, !label.isEmpty, comma == nil || !selector.isEmpty else { return nil }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }
}
