import Bytes
import JSONTexts
import Yams

/// A mapping of a document, read field by field: what is missing or in another form is told with its line.
struct Fields {
    let node: Node
    let file: String
    /// Such as `spec.indicator.`; empty at the top.
    let path: String
    private let mapping: Node.Mapping

    init(_ node: Node, file: String, path: String) throws(OpenSLOFinding) {
        guard case .mapping(let mapping) = node else {
            let name = path.isEmpty ? "a document" : String(path.dropLast())
            throw OpenSLOFinding(file: file, line: node.mark?.line, message: "\(name): expected `name: value` lines")
        }
        (self.node, self.file, self.path, self.mapping) = (node, file, path, mapping)
    }

    /// - Throws: a finding for the first field that is not among these.
    func allow(_ names: [String]) throws(OpenSLOFinding) {
        for (key, _) in mapping {
            let name = key.string ?? ""
            guard !names.contains(where: { $0.hasSameBytes(as: name) }) else { continue }
            let message = "there is no \(path)\(name) here; \(nameHint(to: name, known: names))"
            throw OpenSLOFinding(file: file, line: key.mark?.line, message: message)
        }
    }

    /// A finding about a field, or about the whole.
    func finding(_ message: String, at name: String? = nil) -> OpenSLOFinding {
        let key = name.flatMap { name in mapping.first { $0.key.string.map { $0.hasSameBytes(as: name) } ?? false } }
        return OpenSLOFinding(file: file, line: key?.key.mark?.line ?? node.mark?.line, message: message)
    }

    func has(_ name: String) -> Bool { value(name) != nil }

    private func value(_ name: String) -> Node? {
        mapping.first { $0.key.string.map { $0.hasSameBytes(as: name) } ?? false }?.value
    }

    /// One value, as it is written.
    func optionalText(_ name: String) throws(OpenSLOFinding) -> String? {
        guard let value = value(name) else { return nil }
        guard case .scalar(let scalar) = value else { throw finding("\(path)\(name): expected one value", at: name) }
        return scalar.string
    }

    func text(_ name: String) throws(OpenSLOFinding) -> String {
        guard let text = try optionalText(name) else { throw finding("\(path)\(name) is missing") }
        return text
    }

    func fields(_ name: String) throws(OpenSLOFinding) -> Fields {
        guard let value = value(name) else { throw finding("\(path)\(name) is missing") }
        return try Fields(value, file: file, path: "\(path)\(name).")
    }

    /// A list of mappings, not empty.
    func list(_ name: String) throws(OpenSLOFinding) -> [Fields] {
        guard let value = value(name) else { throw finding("\(path)\(name) is missing") }
        guard case .sequence(let sequence) = value, !sequence.isEmpty else {
            throw finding("\(path)\(name): expected a list", at: name)
        }
        var fields: [Fields] = []
        for (index, node) in sequence.enumerated() {
            fields.append(try Fields(node, file: file, path: "\(path)\(name)[\(index)]."))
        }
        return fields
    }
}
