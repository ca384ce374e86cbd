import JSONTexts
import RuleFiles
import Yams

/// A mistake in a settings file.
package struct SettingsFinding: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1; nil where it concerns the file as a whole.
    package var line: Int?
    /// What is wrong, and what was expected.
    package var message: String

    package var description: String { line.map { "line \($0): \(message)" } ?? message }
}

/// A settings file in YAML, read: what it sets, and every mistake in it.
package struct SettingsFile: Sendable {
    /// One value of the file.
    struct Entry: Sendable {
        var key: String
        var text: String
        var line: Int?
    }

    /// Values of a file; what an alias stands for counts each time.
    private static let nodesMax = 100_000

    private var entries: [Entry] = []
    /// Keys whose values could not be read: what they contradict nobody knows.
    private var unreadKeys: Set<String> = []
    /// What the file says of objectives.
    private var objectives = ObjectiveSettings()
    /// Ascending by line; settings are only to be used when there are none.
    package private(set) var findings: [SettingsFinding] = []

    /// Reads the text; an empty one sets nothing.
    package init(_ text: String) {
        do {
            try YAMLAliases.check(text, nodesMax: Self.nodesMax)
            if let root = try Yams.compose(yaml: text) { readRoot(root) }
        } catch let error as YAMLAliases.TooMany {
            let message = "more values than are read, with what aliases stand for"
            findings = [SettingsFinding(line: error.line, message: message)]
        } catch let error as YamlError {
            findings = [Self.finding(error)]
        } catch {
            findings = [SettingsFinding(line: nil, message: "\(error)")]
        }
        var settings = ServeSettings()
        apply(to: &settings)
        findings += settings.objectives.findings
        for contradiction in settings.contradictions where unreadKeys.isDisjoint(with: contradiction.keys) {
            let places = contradiction.keys.compactMap { key in entries.first { $0.key == key }?.line }
            findings.append(SettingsFinding(line: places.first, message: contradiction.message))
        }
        findings.sort { ($0.line ?? 0, $0.message) < ($1.line ?? 0, $1.message) }
    }

    /// What is no mistake and looks like a slip; ascending by line.
    package var remarks: [SettingsFinding] { objectives.remarks }

    /// How many settings it has.
    package var count: Int { entries.count + objectives.count }

    /// Lays the file's values over `settings`.
    package func applied(to settings: ServeSettings) -> ServeSettings {
        var (copy, settings) = (self, settings)
        copy.apply(to: &settings)
        return settings
    }

    private mutating func apply(to settings: inout ServeSettings) {
        settings.objectives = objectives
        for entry in entries {
            guard let setting = Setting.all.first(where: { $0.key == entry.key }) else { continue }
            do throws(SettingProblem) {
                try setting.apply(entry.text, to: &settings)
            } catch {
                findings.append(SettingsFinding(line: entry.line, message: "\(entry.key): expected \(error.expected)"))
                unreadKeys.insert(entry.key)
            }
        }
    }

    // MARK: Reading

    private mutating func readRoot(_ root: Node) {
        switch root {
        case .mapping(let mapping): read(mapping, prefix: "")
        case .scalar(let scalar) where scalar.string.isEmpty: break
        default:
            findings.append(
                SettingsFinding(line: root.mark?.line, message: "expected settings as `name: value`, one a line"))
        }
    }

    private mutating func read(_ mapping: Node.Mapping, prefix: String) {
        for (name, value) in mapping {
            let (key, line) = (prefix + (name.string ?? ""), name.mark?.line)
            if prefix.isEmpty, ObjectiveSettings.groups.contains(key) {
                findings += objectives.read(key, value, line: line)
                continue
            }
            let isGroup = Setting.all.contains { $0.key.hasPrefix(key + ".") }
            switch value {
            case .mapping(let inner) where Setting.all.contains { $0.key == key && $0.isOfNames }:
                readNames(inner, key, line)
            case .mapping(let inner) where isGroup: read(inner, prefix: key + ".")
            case .scalar(let scalar) where Setting.all.contains { $0.key == key }:
                entries.append(Entry(key: key, text: scalar.string, line: line))
            default:
                unreadKeys.insert(key)
                let message =
                    isGroup
                    ? "\(key): expected settings below it"
                    : "there is no setting \(key) of this kind; \(Self.hint(to: key, value))"
                findings.append(SettingsFinding(line: line, message: message))
            }
        }
    }

    /// Names with a value each, as the text that the environment has for them.
    private mutating func readNames(_ mapping: Node.Mapping, _ key: String, _ line: Int?) {
        var pairs: [String] = []
        for (name, value) in mapping {
            guard let name = name.string, case .scalar(let scalar) = value, Self.isPart(name, trimmed: true),
                Self.isPart(scalar.string)
            else {
                unreadKeys.insert(key)
                let message =
                    "\(key): expected names without =, comma and spaces at their ends, with one value each"
                findings.append(SettingsFinding(line: value.mark?.line ?? line, message: message))
                return
            }
            pairs.append("\(name)=\(scalar.string)")
        }
        entries.append(Entry(key: key, text: pairs.joined(separator: ","), line: line))
    }

    /// Whether a text stays what it is between others: a name that another one becomes would be somebody else's.
    private static func isPart(_ text: String, trimmed: Bool = false) -> Bool {
        let (bytes, space) = (text.utf8, UInt8(ascii: " "))
        if bytes.contains(UInt8(ascii: "=")) || bytes.contains(UInt8(ascii: ",")) { return false }
        return !trimmed || bytes.first != space && bytes.last != space
    }

    private static let names = Setting.all.map(\.key) + ObjectiveSettings.groups
    /// Names that others stand below.
    private static let groups =
        Setting.all.compactMap { setting in setting.key.lastIndex(of: ".").map { String(setting.key[..<$0]) } }
        + ObjectiveSettings.groups

    /// What was meant, and all that there are. Who writes settings below a name means one that has some, if any is near.
    private static func hint(to key: String, _ value: Node) -> String {
        var near: String?
        if case .mapping = value { near = nearestName(to: key, among: groups) }
        near = near ?? nearestName(to: key, among: names + groups)
        return nameHint(
            near: near.flatMap { $0.utf8.elementsEqual(key.utf8) ? nil : $0 }, orElse: knownNames(names))
    }

    private static func finding(_ error: YamlError) -> SettingsFinding {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            SettingsFinding(line: mark.line, message: "no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            SettingsFinding(
                line: context.mark.line,
                message: "given twice: " + duplicates.map { "\($0)" }.sorted().joined(separator: ", "))
        default: SettingsFinding(line: nil, message: "no YAML: \(error)")
        }
    }
}
