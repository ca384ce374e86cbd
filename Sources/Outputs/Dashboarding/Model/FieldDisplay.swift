import JSONTexts

/// From which value on which colour counts.
struct Thresholds: Sendable {
    /// Names of colours as the file has them; of the first one the value is nil: from below.
    var steps: [(color: String, value: Double?)]

    init?(_ fields: Fields?) throws(DashboardFileError) {
        guard let fields else { return nil }
        _ = fields.word("mode", among: ["absolute"], isEssential: true)
        steps = try fields.objects("steps") { step throws(DashboardFileError) in
            (color: step.text("color") ?? "", value: step.number("value"))
        }
        fields.finish()
    }

    func write(to json: inout JSONWriter) {
        json.array(steps) { step, json in
            json.object { json in
                json.member("color", step.color)
                json.key("value")
                if let value = step.value { json.value(value) } else { json.null() }
            }
        }
    }
}

/// A word in place of values.
struct ValueMapping: Sendable {
    enum Values: Sendable {
        case one(String)
        case range(from: Double?, to: Double?)
        /// `null`, `nan`, `null+nan`, `true`, `false`, `empty`.
        case special(String)
    }

    var values: Values
    var text: String
    var color: String

    /// The mappings of an entry: an entry of values has one for each.
    static func read(_ fields: Fields) throws(DashboardFileError) -> [ValueMapping] {
        guard let kind = fields.word("type", among: ["value", "range", "special"]),
            let options = fields.object("options")
        else { return [] }
        defer { options.finish() }
        func mapping(_ values: Values, _ result: Fields?) -> [ValueMapping] {
            guard let result else { return [] }
            result.ignore("index")
            defer { result.finish() }
            return [ValueMapping(values: values, text: result.text("text") ?? "", color: result.text("color") ?? "")]
        }
        switch kind {
        case "value": return options.names.flatMap { mapping(.one($0), options.object($0)) }
        case "range":
            let (from, to) = (options.number("from"), options.number("to"))
            return mapping(.range(from: from, to: to), options.object("result"))
        default:
            let match = options.word("match", among: ["null", "nan", "null+nan", "true", "false", "empty"])
            return match.map { mapping(.special($0), options.object("result")) } ?? []
        }
    }

    func write(to json: inout JSONWriter) {
        func bound(_ name: String, _ value: Double?) {
            json.key(name)
            if let value { json.value(value) } else { json.null() }
        }
        json.beginObject()
        switch values {
        case .one(let value): json.member("value", value)
        case .range(let from, let to):
            bound("from", from)
            bound("to", to)
        case .special(let match): json.member("match", match)
        }
        json.member("text", text)
        json.member("color", color)
        json.endObject()
    }
}

/// How values are shown.
struct FieldDisplay: Sendable {
    var unit: String?
    var decimals: Int?
    var min: Double?
    var max: Double?
    var noValue: String?
    var colorMode: String?
    var thresholds: Thresholds?
    var mappings: [ValueMapping] = []
    var style = OptionSet()

    init() {}

    /// - Parameter kind: nil: nobody knows what its styles mean.
    init(_ fields: Fields?, of kind: PanelKind?) throws(DashboardFileError) {
        guard let fields else { return }
        (unit, decimals) = (fields.unit("unit"), fields.integer("decimals", in: 0...20))
        (min, max, noValue) = (fields.number("min"), fields.number("max"), fields.text("noValue"))
        if let color = fields.object("color") {
            colorMode = color.word("mode", among: ["palette-classic", "thresholds"])
            color.finish()
        }
        thresholds = try Thresholds(fields.object("thresholds"))
        mappings = try fields.objects("mappings", ValueMapping.read).flatMap { $0 }
        if let kind { style = try OptionSet(fields.object("custom"), kind.styles) } else { fields.ignore("custom") }
        fields.finish()
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        if let unit { json.member("unit", unit) }
        if let decimals { json.member("decimals", decimals) }
        if let min { json.member("min", min) }
        if let max { json.member("max", max) }
        if let noValue { json.member("noValue", noValue) }
        if let colorMode { json.member("color", colorMode) }
        if let thresholds {
            json.key("thresholds")
            thresholds.write(to: &json)
        }
        if !mappings.isEmpty {
            json.key("mappings")
            json.array(mappings) { $0.write(to: &$1) }
        }
        json.key("style")
        style.write(to: &json)
        json.endObject()
    }
}

/// Another way to show the values of a name; a later one wins.
struct FieldOverride: Sendable {
    /// After renaming.
    var name: String
    var unit: String?
    var decimals: Int?
    var thresholds: Thresholds?
    var cell: String?

    init(_ fields: Fields) throws(DashboardFileError) {
        name = ""
        if let matcher = fields.object("matcher") {
            _ = matcher.word("id", among: ["byName"], isEssential: true)
            name = matcher.text("options") ?? ""
            matcher.finish()
        }
        var (unit, decimals, thresholds, cell): (String?, Int?, Thresholds?, String?) = (nil, nil, nil, nil)
        _ = try fields.objects("properties") { property throws(DashboardFileError) in
            switch property.word("id", among: ["unit", "decimals", "thresholds", "custom.cellOptions"]) {
            case "unit": unit = property.unit("value")
            case "decimals": decimals = property.integer("value", in: 0...20)
            case "thresholds": thresholds = try Thresholds(property.object("value"))
            case "custom.cellOptions":
                let options = property.object("value")
                cell = options?.word("type", among: ["auto", "color-text"])
                options?.finish()
            default: property.ignore("value")
            }
        }
        (self.unit, self.decimals, self.thresholds, self.cell) = (unit, decimals, thresholds, cell)
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("name", name)
        if let unit { json.member("unit", unit) }
        if let decimals { json.member("decimals", decimals) }
        if let thresholds {
            json.key("thresholds")
            thresholds.write(to: &json)
        }
        if let cell { json.member("cell", cell) }
        json.endObject()
    }
}
