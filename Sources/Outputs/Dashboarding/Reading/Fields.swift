import JSONTexts

/// The members of an object of a file, taken one by one: what nobody takes is not understood.
///
/// `null` is as good as nothing, as Grafana writes it.
final class Fields {
    let path: String
    let unknown: UnknownParts
    private let members: [JSONMember]
    private let places: [String: Int]
    private var taken: Set<String> = []

    /// - Parameter path: where the object stands; empty: it is the file.
    init(_ members: [JSONMember], at path: String, _ unknown: UnknownParts) {
        (self.members, self.path, self.unknown) = (members, path, unknown)
        places = Dictionary(members.indices.map { (members[$0].name, $0) }) { first, _ in first }
    }

    /// The same members, for who notes elsewhere what is not understood.
    convenience init(_ other: Fields, noting unknown: UnknownParts) {
        self.init(other.members, at: other.path, unknown)
    }

    func path(of name: String) -> String { path.isEmpty ? name : path + "." + name }

    /// Takes a member; nil where it is missing.
    func take(_ name: String) -> JSONValue? {
        taken.insert(name)
        guard let place = places[name], members[place].value != .null else { return nil }
        return members[place].value
    }

    /// Takes members that say nothing here.
    func ignore(_ names: String...) { taken.formUnion(names) }

    /// Takes all members but one, which others read.
    func ignoreAll(but name: String) { taken.formUnion(members.map(\.name).filter { $0 != name }) }

    /// Names of all members, in the order of the file.
    var names: [String] { members.map(\.name) }

    func refuse(_ name: String, _ reason: String, isEssential: Bool = false) {
        unknown.add(path(of: name), reason, isEssential: isEssential)
    }

    /// Names what nobody took.
    func finish() {
        for member in members where !taken.contains(member.name) { refuse(member.name, "not understood") }
    }

    // MARK: Values

    private func read<Value>(_ name: String, _ kind: String, _ value: (JSONValue) -> Value?) -> Value? {
        guard let found = take(name) else { return nil }
        let value = value(found)
        if value == nil { refuse(name, "is no \(kind)") }
        return value
    }

    func text(_ name: String) -> String? { read(name, "text") { $0.string } }

    func flag(_ name: String) -> Bool? {
        read(name, "true or false") { if case .boolean(let flag) = $0 { flag } else { nil } }
    }

    func number(_ name: String) -> Double? {
        read(name, "number") { value in
            guard case .number(let text) = value, let number = Double(text), number.isFinite else { return nil }
            return number
        }
    }

    /// A whole number of a range; what lies beside it counts as its end.
    func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        read(name, "whole number") { value in
            value.integer.map { Int(min(max($0, Int64(range.lowerBound)), Int64(range.upperBound))) }
        }
    }

    func texts(_ name: String) -> [String]? {
        read(name, "list of texts") { value in
            guard let values = value.array else { return nil }
            let texts = values.compactMap(\.string)
            return texts.count == values.count ? texts : nil
        }
    }

    /// One of some words.
    func word(_ name: String, among words: [String], isEssential: Bool = false) -> String? {
        guard let word = text(name) else { return nil }
        guard words.contains(where: { $0.utf8.elementsEqual(word.utf8) }) else {
            refuse(name, "`\(word)` is not understood", isEssential: isEssential)
            return nil
        }
        return word
    }

    // MARK: Objects

    func object(_ name: String) -> Fields? {
        read(name, "object") { value in value.members.map { Fields($0, at: path(of: name), unknown) } }
    }

    /// Reads each object of a list.
    func objects<Value>(_ name: String, _ body: (Fields) throws(DashboardFileError) -> Value) throws(DashboardFileError)
        -> [Value]
    {
        guard let values = read(name, "list", \.array) else { return [] }
        var found: [Value] = []
        for (place, value) in values.enumerated() {
            let path = path(of: name) + "[\(place)]"
            guard let members = value.members else {
                unknown.add(path, "is no object")
                continue
            }
            let fields = Fields(members, at: path, unknown)
            found.append(try body(fields))
            fields.finish()
        }
        return found
    }
}
