import JSONTexts

/// What an option may say.
enum OptionKind: Sendable {
    case flag
    /// A flag that has to be false: what it turns on is not drawn, for this reason.
    case off(String)
    case number
    case text
    case unit
    /// One of these.
    case word([String])
    /// Some of these.
    case words([String])
    /// By which columns a table is sorted.
    case sorting
    /// Nothing that shows here.
    case ignored
}

/// An option and what it may say. Its path has points between its parts, as pages have it.
struct OptionRule: Sendable {
    var path: String
    var kind: OptionKind

    init(_ path: String, _ kind: OptionKind) { (self.path, self.kind) = (path, kind) }
}

/// What options say that were understood, in the order of their table.
struct OptionSet: Sendable {
    enum Value: Sendable {
        case flag(Bool)
        case number(Double)
        case text(String)
        case texts([String])
        /// Columns, and whether the greatest stands first.
        case sorting([(column: String, isDescending: Bool)])
    }

    private(set) var values: [(path: String, value: Value)] = []

    init() {}

    /// Reads options by a table; what it does not have is not understood.
    init(_ fields: Fields?, _ table: [OptionRule]) throws(DashboardFileError) {
        guard let fields else { return }
        var found: [String: Value] = [:]
        try Self.read(fields, below: "", table, into: &found)
        values = table.compactMap { rule in found[rule.path].map { (rule.path, $0) } }
    }

    subscript(_ path: String) -> Value? { values.first { $0.path == path }?.value }

    /// The file bounds how deep options lie.
    private static func read(
        _ fields: Fields, below prefix: String, _ table: [OptionRule], into found: inout [String: Value]
    ) throws(DashboardFileError) {
        for name in fields.names {
            let path = prefix + name
            if let rule = table.first(where: { $0.path.utf8.elementsEqual(path.utf8) }) {
                if let value = try value(name, rule.kind, of: fields) { found[rule.path] = value }
            } else if table.contains(where: { $0.path.hasPrefix(path + ".") }) {
                if let inner = fields.object(name) { try read(inner, below: path + ".", table, into: &found) }
            }
        }
        fields.finish()
    }

    private static func value(_ name: String, _ kind: OptionKind, of fields: Fields) throws(DashboardFileError)
        -> Value?
    {
        switch kind {
        case .flag: return fields.flag(name).map(Value.flag)
        case .off(let reason):
            if fields.flag(name) == true { fields.refuse(name, "is not drawn: " + reason) }
            return nil
        case .number: return fields.number(name).map(Value.number)
        case .text: return fields.text(name).map(Value.text)
        case .unit: return fields.unit(name).map(Value.text)
        case .word(let words): return fields.word(name, among: words).map(Value.text)
        case .words(let words):
            guard let texts = fields.texts(name) else { return nil }
            for text in texts where !words.contains(text) { fields.refuse(name, "`\(text)` is not understood") }
            return .texts(texts.filter(words.contains))
        case .sorting:
            let columns = try fields.objects(name) { entry throws(DashboardFileError) in
                (column: entry.text("displayName") ?? "", isDescending: entry.flag("desc") ?? false)
            }
            return .sorting(columns)
        case .ignored:
            fields.ignore(name)
            return nil
        }
    }

    /// Writes an object with a member for each option.
    func write(to json: inout JSONWriter) {
        json.object { json in
            for (path, value) in values {
                json.key(path)
                switch value {
                case .flag(let flag): json.value(flag)
                case .number(let number): json.value(number)
                case .text(let text): json.value(text)
                case .texts(let texts): json.array(texts) { $1.value($0) }
                case .sorting(let columns):
                    json.array(columns) { entry, json in
                        json.object { json in
                            json.member("column", entry.column)
                            json.member("descending", entry.isDescending)
                        }
                    }
                }
            }
        }
    }
}
