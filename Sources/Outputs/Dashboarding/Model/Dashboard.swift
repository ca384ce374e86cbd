import Bytes
import Hashing
import JSONTexts

/// A dashboard of Grafana's JSON, as much of it as is drawn here: what else stands in the file is kept by its path, so
/// that a panel says why it looks otherwise.
package struct Dashboard: Sendable {
    /// Its address; stays whatever its title becomes.
    package var uid: String
    /// Its heading.
    package var title: String
    var description: String
    var tags: [String]
    /// As they are written: `now-6h`, `now`.
    package var defaultTimes: (from: String, to: String)
    /// `browser`, `utc`, or an IANA name.
    var timeZone: String
    var refresh: String
    /// Whether the place of the pointer shows in all charts.
    var sharesCrosshair: Bool
    /// Day on which weeks begin: `monday`, `sunday`, `saturday`.
    package var weekStart: String
    /// With which month years begin, from 0.
    package var fiscalYearStartMonth: Int
    /// In the order of the file: later ones use earlier ones.
    package var variables: [BoardVariable]
    /// In the order of the page: row by row, from the left; panels that a row folds away behind it.
    package var panels: [Panel]
    /// What is marked in all charts.
    package var annotations: [BoardAnnotation]
    var links: [PageLink]
    /// Everything in the file that is not understood.
    var unknown: [UnknownPart]
    /// How much more there is of that.
    var moreUnknownCount: Int
    /// Of the whole file: another one for another file.
    package private(set) var contentHash: UInt64 = 0

    /// A file is no longer.
    static let bytesMax = 4 << 20
    static let depthMax = 32
    static let panelsMax = 500
    static let targetsMax = 50
    static let variablesMax = 50
    static let annotationsMax = 50
    /// What a newer version adds may be missing.
    private static let schemaVersion = 38

    /// Reads a file.
    /// - Throws: where the file is none or lacks what every dashboard has.
    /// - Complexity: O(bytes).
    package init(_ bytes: [UInt8]) throws(DashboardFileError) {
        let file: JSONValue
        do throws(DecodingError) {
            file = try JSONReader.parse(
                bytes[...], limits: JSONReader.Limits(depthMax: Self.depthMax, bytesMax: Self.bytesMax))
        } catch {
            throw DashboardFileError(Self.place(error.offset, in: bytes), "expected \(error.expectation)")
        }
        // As Grafana's API wraps it.
        let (root, path) = file["dashboard"]?.members.map { ($0, "dashboard") } ?? (file.members ?? [], "")
        guard file.members != nil else { throw DashboardFileError("1:1", "a dashboard is an object") }
        let unknown = UnknownParts()
        try self.init(Fields(root, at: path, unknown), unknown)
        contentHash = xxh3(bytes)
    }

    private init(_ fields: Fields, _ unknown: UnknownParts) throws(DashboardFileError) {
        guard let uid = fields.text("uid"), Self.isAddress(uid) else {
            throw DashboardFileError(
                fields.path(of: "uid"), "expected up to 40 letters, digits, dashes and underscores: its address")
        }
        guard let title = fields.text("title"), !title.isEmpty else {
            throw DashboardFileError(fields.path(of: "title"), "expected a text")
        }
        (self.uid, self.title) = (uid, title)
        (description, tags) = (fields.text("description") ?? "", fields.texts("tags") ?? [])
        let time = fields.object("time")
        defaultTimes = (time?.text("from") ?? "now-6h", time?.text("to") ?? "now")
        time?.finish()
        (timeZone, refresh) = (fields.text("timezone") ?? "browser", fields.text("refresh") ?? "")
        sharesCrosshair = (fields.integer("graphTooltip", in: 0...2) ?? 0) > 0
        weekStart = fields.word("weekStart", among: ["", "monday", "sunday", "saturday"]) ?? ""
        fiscalYearStartMonth = fields.integer("fiscalYearStartMonth", in: 0...11) ?? 0
        if let version = fields.integer("schemaVersion", in: 0...10_000), version > Self.schemaVersion {
            let known = Self.schemaVersion
            fields.refuse("schemaVersion", "\(version) is newer than \(known): what it adds may be missing")
        }
        let (templating, marks) = (fields.object("templating"), fields.object("annotations"))
        variables = try templating?.objects("list") { entry throws(DashboardFileError) in BoardVariable(entry) } ?? []
        annotations = try marks?.objects("list") { entry throws(DashboardFileError) in BoardAnnotation(entry) }
            .compactMap(\.self) ?? []
        templating?.finish()
        marks?.finish()
        links = try fields.objects("links", Self.link).compactMap(\.self)
        panels = PanelRepeat.settled(try Self.panels(fields), variables, unknown)
        fields.ignore("editable", "liveNow", "style", "version", "timepicker", "id")
        fields.finish()
        for (name, count, most) in [
            ("variables", variables.count, Self.variablesMax),
            ("annotations", annotations.count, Self.annotationsMax),
        ] where count > most {
            throw DashboardFileError(fields.path(of: name), "\(count) are too many: at most \(most)")
        }
        (self.unknown, moreUnknownCount) = (unknown.parts, unknown.moreCount)
    }

    private static func link(_ fields: Fields) throws(DashboardFileError) -> PageLink? {
        _ = fields.word("type", among: ["link"])
        if fields.flag("asDropdown") == true { fields.refuse("asDropdown", "it is a link like others") }
        fields.ignore("icon", "tooltip", "tags")
        let (keepsTime, hasVariables) = (fields.flag("keepTime") ?? false, fields.flag("includeVars") ?? false)
        guard var link = PageLink(fields) else { return nil }
        (link.keepsTime, link.hasVariables) = (keepsTime, hasVariables)
        return link
    }

    // MARK: Panels

    private static func panels(_ fields: Fields) throws(DashboardFileError) -> [Panel] {
        var ids: Set<Int> = []
        let found = try fields.objects("panels") { entry throws(DashboardFileError) in
            let row = try panel(entry, known: &ids)
            var inner = try entry.objects("panels") { other throws(DashboardFileError) in
                try panel(other, known: &ids)
            }
            for place in inner.indices { inner[place].row = row.isCollapsed ? row.id : nil }
            return (row, Self.ordered(inner))
        }
        let order = found.indices.sorted { (found[$0].0.key, $0) < (found[$1].0.key, $1) }
        return order.flatMap { [found[$0].0] + found[$0].1 }
    }

    /// Reads a panel but for those that it folds away. What is not understood of it stands with it, too.
    private static func panel(_ fields: Fields, known ids: inout Set<Int>) throws(DashboardFileError) -> Panel {
        // Looked at for each: who counts them afterwards has read a file of nothing but panels.
        guard ids.count < panelsMax else {
            throw DashboardFileError(fields.path, "more than \(panelsMax) panels are too many")
        }
        let own = UnknownParts()
        let inner = Fields(fields, noting: own)
        var taken = ids
        var panel = try Panel(inner) {
            // Beyond those that a file gives.
            var id = 1_000_000_001
            while taken.contains(id) { id += 1 }
            return id
        }
        guard taken.insert(panel.id).inserted else {
            throw DashboardFileError(fields.path(of: "id"), "another panel has the id \(panel.id), too")
        }
        ids = taken
        inner.ignore("panels")
        inner.finish()
        fields.ignoreAll(but: "panels")
        panel.unknown = own.parts
        fields.unknown.add(own)
        return panel
    }

    private static func ordered(_ panels: [Panel]) -> [Panel] {
        panels.indices.sorted { (panels[$0].key, $0) < (panels[$1].key, $1) }.map { panels[$0] }
    }

    // MARK: Texts

    private static func isAddress(_ uid: String) -> Bool {
        (1...40).contains(uid.utf8.count)
            && uid.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
    }

    /// `line:column` of a byte.
    private static func place(_ offset: Int, in bytes: [UInt8]) -> String {
        let before = bytes[..<min(max(offset, 0), bytes.count)]
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
        return "\(line):\(column)"
    }
}

extension Panel {
    /// By which panels stand in the order of a page.
    fileprivate var key: Int { place.y * 24 + place.x }
}
