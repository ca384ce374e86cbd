import JSONTexts

/// What is marked in all charts of a dashboard.
package struct BoardAnnotation: Sendable {
    /// As people read it.
    package var name: String
    /// In PromQL, with variables in it: where it is more than 0 something is marked.
    package var expression: String
    /// ms from one look to the next.
    package var step: Int64
    /// Whether it is marked unless somebody says otherwise.
    package var isEnabled: Bool
    var isHidden: Bool
    var color: String
    /// Names what is marked.
    package var title: LegendFormat
    /// Says more of it.
    package var text: LegendFormat
    /// Labels that are shown with it.
    package var tagKeys: [String]

    private static let stepStandard: Int64 = 60_000

    /// nil for what Grafana adds of its own, and for what asks nothing.
    init?(_ fields: Fields) {
        guard fields.integer("builtIn", in: 0...1) != 1 else {
            for name in fields.names { fields.ignore(name) }
            return nil
        }
        name = fields.text("name") ?? ""
        expression = fields.text("expr") ?? ""
        step = max(1_000, fields.milliseconds("step") ?? Self.stepStandard)
        (isEnabled, isHidden) = (fields.flag("enable") ?? true, fields.flag("hide") ?? false)
        color = fields.text("iconColor") ?? ""
        title = fields.legend("titleFormat")
        text = fields.legend("textFormat")
        let trimmed = (fields.text("tagKeys") ?? "").split(separator: ",").map { $0.filter { $0 != " " } }
        tagKeys = trimmed.filter { !$0.isEmpty }
        if fields.flag("useValueForTime") == true { fields.refuse("useValueForTime", "marks stand at their samples") }
        fields.ignore("datasource", "target", "type")
        guard !expression.isEmpty else {
            fields.refuse("expr", "it asks nothing")
            return nil
        }
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
            json.member("color", color)
            json.member("enabled", isEnabled)
            json.member("hidden", isHidden)
        }
    }
}
