import Bytes
import JSONTexts
import PromQLText

/// Takes a document apart, and gathers what is wrong with it.
struct YAMLReading {
    var faults: [RuleFileError.Fault] = []
    /// What the faults are about, such as the group and the rule.
    var context = ""
    /// After so many nobody reads on.
    private static let faultsMax = 100

    mutating func object(_ reason: String, at node: YAMLNode?) {
        guard faults.count < Self.faultsMax else { return }
        faults.append(
            RuleFileError.Fault(line: node?.line, column: node?.column, reason: context + reason))
    }

    /// Whether a document is of another kind, by the names that it begins with: that is one mistake, not one a name.
    mutating func refuseOther(_ root: YAMLNode, _ own: FileKind) -> Bool {
        guard case .members(let all) = root.value else { return false }
        let names = Set(all.compactMap { $0.name.text })
        guard names.isDisjoint(with: own.names),
            let other = FileKind.all.first(where: { !names.isDisjoint(with: $0.names) })
        else { return false }
        object("it is \(other.meaning), not \(own.meaning): \(other.command)", at: root)
        return true
    }

    /// The members of a mapping by name; what has another name than those allowed is refused.
    mutating func members(_ node: YAMLNode, _ allowed: [String], of kind: String) -> [String: YAMLNode]? {
        guard case .members(let all) = node.value else {
            if node.isNull { return [:] }
            object("expected \(kind) as `name: value` lines", at: node)
            return nil
        }
        // texts: names that this code knows.
        var known: [String: YAMLNode] = [:]
        for (name, value) in all {
            let text = name.text ?? ""
            guard allowed.contains(text) else {
                object(
                    "field \(text) is not known of \(kind); \(nameHint(to: text, known: allowed))", at: name)
                continue
            }
            known[text] = value
        }
        return known
    }

    mutating func list(_ node: YAMLNode?, of kind: String) -> [YAMLNode] {
        guard let node, !node.isNull else { return [] }
        guard case .list(let list) = node.value else {
            object("expected a list of \(kind)", at: node)
            return []
        }
        return list
    }

    mutating func text(_ node: YAMLNode?, of name: String) -> ByteText? {
        guard let node else { return nil }
        guard let text = node.text else {
            object("\(name): expected a text", at: node)
            return nil
        }
        return ByteText(text.utf8)
    }

    mutating func number(_ node: YAMLNode?, of name: String) -> Int? {
        guard let node, !node.isNull else { return nil }
        guard let number = node.text.flatMap({ Int($0) }) else {
            object("\(name): expected a whole number", at: node)
            return nil
        }
        return number
    }

    mutating func flag(_ node: YAMLNode?, of name: String) -> Bool {
        guard let node, !node.isNull else { return false }
        guard let text = node.text, text == "true" || text == "false" else {
            object("\(name): expected true or false", at: node)
            return false
        }
        return text == "true"
    }

    /// ms.
    mutating func duration(_ node: YAMLNode?, of name: String) -> Int64? {
        guard let node, !node.isNull else { return nil }
        guard let text = node.text else {
            object("\(name): expected a duration such as 5m", at: node)
            return nil
        }
        do throws(PromQLError) {
            return try PromQLDuration.nanoseconds(Array(text.utf8)) / 1_000_000
        } catch {
            let reason = error.faults.first?.message ?? "not a valid duration string"
            object("\(name): \(reason); write it as 30s, 5m or 1h30m", at: node)
            return nil
        }
    }

    /// Names and texts, in the order of the names.
    mutating func texts(_ node: YAMLNode?, of kind: String) -> [(name: ByteText, node: YAMLNode, value: ByteText)] {
        guard let node, !node.isNull else { return [] }
        guard case .members(let all) = node.value else {
            object("expected \(kind) as `name: value` lines", at: node)
            return []
        }
        var found: [(name: ByteText, node: YAMLNode, value: ByteText)] = []
        for (name, value) in all {
            guard let text = value.text, let key = name.text else {
                object("\(kind): expected a text", at: value)
                continue
            }
            found.append((ByteText(key.utf8), value, ByteText(text.utf8)))
        }
        return found.sorted { $0.name < $1.name }
    }
}
