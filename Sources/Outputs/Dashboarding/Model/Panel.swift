import JSONTexts

/// A question of a panel.
package struct PanelTarget: Sendable {
    /// By which tables name its values.
    package var refID: String
    /// In PromQL, with variables in it.
    package var expression: String
    /// Asked once, at the end of the range.
    package var isInstant: Bool
    /// Names series.
    package var legend: LegendFormat
    /// ms; no step is shorter.
    var stepMin: Int64?
    /// Not asked.
    var isHidden: Bool

    /// - Parameter place: among the panel's questions.
    init(_ fields: Fields, at place: Int) {
        let letter = String(decoding: [UInt8(ascii: "A") + UInt8(truncatingIfNeeded: place % 26)], as: UTF8.self)
        refID = fields.text("refId") ?? letter
        expression = fields.text("expr") ?? ""
        let (instant, range) = (fields.flag("instant") ?? false, fields.flag("range"))
        isInstant = instant && range != true
        if instant, range == true { fields.refuse("instant", "it is asked over the range alone") }
        _ = fields.word("format", among: ["time_series", "table", "heatmap"])
        legend = fields.legend("legendFormat")
        stepMin = fields.milliseconds("interval")
        isHidden = fields.flag("hide") ?? false
        if fields.flag("exemplar") == true {
            fields.refuse("exemplar", "no example is drawn: conversations of the time are found on their page")
        }
        fields.ignore("datasource", "editorMode")
    }
}

/// A link of a panel or of a dashboard.
struct PageLink: Sendable {
    var title: String
    var url: String
    var opensNew: Bool
    var keepsTime = false
    var hasVariables = false

    /// What a page may lead to: another page of this server, or one of the web.
    static func isSafe(_ url: String) -> Bool {
        let isOwn = url.hasPrefix("/") && !url.hasPrefix("//") && !url.hasPrefix("/\\")
        return isOwn || url.lowercased().hasPrefix("https://") || url.lowercased().hasPrefix("http://")
    }

    /// nil where it leads nowhere that a page may lead to.
    init?(_ fields: Fields) {
        title = fields.text("title") ?? ""
        (url, keepsTime) = Self.own(fields.text("url") ?? "")
        opensNew = fields.flag("targetBlank") ?? false
        guard Self.isSafe(url) else {
            fields.refuse("url", "it leads to no page")
            return nil
        }
    }

    /// Runbooks are the server's own pages, and so is what stands beside them, such as a report; it is of the same time
    /// where Grafana's word for that stands behind it.
    private static func own(_ url: String) -> (url: String, keepsTime: Bool) {
        let (start, beside, range) = ("${runbooks}/", "../", "?${__url_time_range}")
        guard url.hasPrefix(start) else { return (url, false) }
        let name = url.dropFirst(start.count)
        guard name.hasPrefix(beside) else {
            return ("/runbooks/" + (name.hasSuffix(".md") ? name.dropLast(3) : name), false)
        }
        let keepsTime = name.hasSuffix(range)
        return ("/" + name.dropFirst(beside.count).dropLast(keepsTime ? range.count : 0), keepsTime)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("title", title)
            json.member("url", url)
            json.member("newTab", opensNew)
            if keepsTime { json.member("keepTime", true) }
            if hasVariables { json.member("includeVars", true) }
        }
    }
}

/// Where a panel stands, in 24 columns.
struct GridPlace: Sendable {
    var (x, y, width, height) = (0, 0, 12, 8)

    init(_ fields: Fields?) {
        guard let fields else { return }
        x = fields.integer("x", in: 0...23) ?? x
        y = fields.integer("y", in: 0...1_000_000) ?? y
        width = min(fields.integer("w", in: 1...24) ?? width, 24 - x)
        height = fields.integer("h", in: 1...200) ?? height
        fields.finish()
    }
}

/// A panel: what it asks, and how it shows the answer.
package struct Panel: Sendable {
    /// The only one in its dashboard.
    package var id: Int
    /// As the file has it.
    var type: String
    /// nil: it is shown as a table, with a word on why.
    var kind: PanelKind?
    /// Its heading.
    package var title: String
    var description: String
    var place: GridPlace
    /// Of a row: whether its panels are folded away.
    var isCollapsed = false
    /// The row that folds it away; nil: none does.
    package var row: Int?
    /// The row that heads it; nil: none does.
    package var section: Int?
    /// That it, or a row with all that it heads, stands once for each value of a variable; nil: it stands once.
    package var repeats: PanelRepeat?
    var links: [PageLink]
    var targetsOfFile: [PanelTarget]
    var display: FieldDisplay
    var overrides: [FieldOverride]
    var options: OptionSet
    /// What becomes of its answer before it is shown.
    package var transformations: [Transformation]
    /// ms; no step is shorter.
    var stepMin: Int64?
    /// No series has more points.
    var pointsMax: Int?
    /// ms before the end that it begins, whatever the page's range; nil: as the page.
    var ownLength: Int64?
    /// ms by which its range lies earlier.
    var shift: Int64 = 0
    /// What of it is not understood.
    var unknown: [UnknownPart]

    /// Questions that are asked.
    package var targets: [PanelTarget] { targetsOfFile.filter { !$0.isHidden } }
    /// Whether it has no answer of its own.
    package var isHeading: Bool { kind == .row || kind == .text }
    /// Whether it heads those below it.
    package var isRow: Bool { kind == .row }
    /// Whether distributions are drawn as rows of their buckets.
    package var isBanded: Bool { kind == .heatmap && isDrawn }
    /// Whether its answer is a table.
    package var isTable: Bool { kind == .table || !isDrawn }
    /// Whether it is drawn as it is meant.
    var isDrawn: Bool { kind != nil && !unknown.contains(where: \.isEssential) }
    /// How many of 24 columns it has.
    package var columns: Int { place.width }

    /// - Parameter known: finds the id of a panel that has none.
    init(_ fields: Fields, id known: () -> Int) throws(DashboardFileError) {
        id = fields.integer("id", in: 0...1_000_000_000) ?? known()
        type = fields.text("type") ?? ""
        kind = PanelKind(rawValue: type)
        if kind == nil { fields.refuse("type", "the panel `\(type)` is not understood", isEssential: true) }
        (title, description) = (fields.text("title") ?? "", fields.text("description") ?? "")
        place = GridPlace(fields.object("gridPos"))
        isCollapsed = kind == .row && fields.flag("collapsed") == true
        links = try fields.objects("links") { link throws(DashboardFileError) in PageLink(link) }.compactMap(\.self)
        var count = 0
        targetsOfFile = try fields.objects("targets") { target throws(DashboardFileError) in
            count += 1
            return PanelTarget(target, at: count - 1)
        }
        guard targetsOfFile.count <= Dashboard.targetsMax else {
            throw DashboardFileError(fields.path(of: "targets"), "at most \(Dashboard.targetsMax) are asked")
        }
        if let configuration = fields.object("fieldConfig") {
            display = try FieldDisplay(configuration.object("defaults"), of: kind)
            overrides = try configuration.objects("overrides", FieldOverride.init)
            configuration.finish()
        } else {
            (display, overrides) = (FieldDisplay(), [])
        }
        if let kind {
            options = try OptionSet(fields.object("options"), kind.options)
        } else {
            fields.ignore("options")
            options = OptionSet()
        }
        let isTable = kind == .table
        transformations = try fields.objects("transformations") { entry throws(DashboardFileError) in
            Transformation(entry, isTable: isTable)
        }.compactMap(\.self)
        unknown = []
        stepMin = fields.milliseconds("interval")
        pointsMax = fields.integer("maxDataPoints", in: 1...10_000)
        ownLength = fields.milliseconds("timeFrom").flatMap { $0 > 0 ? $0 : nil }
        shift = fields.milliseconds("timeShift") ?? 0
        repeats = PanelRepeat(fields)
        fields.ignore("datasource", "pluginVersion", "hideTimeOverride")
    }
}

extension Fields {
    /// A length of time in the words of PromQL; nil where it is missing, empty or none.
    func milliseconds(_ name: String) -> Int64? {
        guard let text = text(name), !text.isEmpty else { return nil }
        guard let length = PanelTiming.milliseconds(text) else {
            refuse(name, "`\(text)` is no length of time")
            return nil
        }
        return length
    }
}
