import Asking
import Domain
import JSONTexts

extension PageDocument {
    /// A table with its columns, and examples to copy; complete without scripts.
    /// - Parameter common: columns of every event's table.
    init(schema table: SchemaGuide.Table, common: [SchemaGuide.Column]) {
        let time: HTML =
            table.event.map {
                "<p class=\"soft\">Events of the type <code>\($0.name)</code>. Their time: \($0.timeDescription)</p>\n"
            } ?? .empty
        let shared: HTML =
            table.event == nil
            ? .empty
            : """
            <h2>Columns of every event</h2>
            \(Self.columns(common, named: "Columns of every event", isSent: true))
            """
        let others: HTML =
            table.event == nil ? .empty : "Other fields of an event are kept in <code>attributes</code>. "
        self.init(
            table.name, at: "/schemas",
            content: """
                <p>\(table.meaning)</p>
                \(time)\(Self.examples(table))<h2>Columns</h2>
                \(Self.columns(table.columns, named: "Columns", isSent: table.event != nil))\(shared)\
                <p class="soft">\(others)<a href="/schemas">All tables</a></p>

                """,
            scripts: ["copy.js"])
    }

    private static func examples(_ table: SchemaGuide.Table) -> HTML {
        let question = table.exampleQuestion
        let event: HTML =
            table.exampleEvent.map { event in
                """
                <h2>An event</h2>
                <p>As it is sent to <code>POST /v1/events</code>; what is not known is left out.</p>
                <pre data-copy="the event"><code>\(event)</code></pre>

                """
            } ?? .empty
        return """
            <h2>A question</h2>
            <pre data-copy="the question"><code>\(question)</code></pre>
            <p><a href="/explore#\(part: question)">Ask it</a></p>
            \(event)
            """
    }

    /// - Parameter isSent: whether fields of events are among them.
    private static func columns(_ columns: [SchemaGuide.Column], named name: String, isSent: Bool) -> HTML {
        let rows = columns.map { column -> HTML in
            let sent: HTML = isSent ? "<td>\(wire(column))</td>" : .empty
            return """
                <tr><td><code>\(column.name)</code></td><td>\(column.type)\(unit(column))</td>\
                <td>\(column.meaning)\(values(column))</td>\(sent)</tr>

                """
        }
        let sent: HTML = isSent ? "<th scope=\"col\">as it is sent</th>" : .empty
        return """
            <div class="wide" tabindex="0" role="region" aria-label="\(name)"><table class="steady">
            <thead><tr><th scope="col">column</th><th scope="col">type</th><th scope="col">meaning</th>\(sent)</tr>
            </thead>
            <tbody>
            \(rows)</tbody></table></div>

            """
    }

    private static func unit(_ column: SchemaGuide.Column) -> HTML {
        column.unit.map { ", \($0)" } ?? .empty
    }

    private static func values(_ column: SchemaGuide.Column) -> HTML {
        if column.values.isEmpty { return .empty }
        let list = column.values.joined(separator: ", ")
        return "<br><span class=\"soft\">\(column.field?.isClosed == true ? "One of" : "Such as") \(list).</span>"
    }

    private static func wire(_ column: SchemaGuide.Column) -> HTML {
        guard let field = column.field else { return "<span class=\"soft\">computed</span>" }
        let required: HTML = column.isRequired ? "<b>required</b>, " : .empty
        let privacy: HTML =
            switch field.privacy {
            case .public: .empty
            case .token: ", kept as a token"
            case .personal, .content: ", withheld"
            }
        let twin: HTML =
            field.openTelemetryName.map { "<br><span class=\"soft\">OpenTelemetry: \($0)</span>" } ?? .empty
        return "\(required)\(field.wireDescription)\(privacy)\(twin)"
    }
}
