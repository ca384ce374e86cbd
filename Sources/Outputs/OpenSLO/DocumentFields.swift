import Bytes
import JSONTexts
import Yams

/// A document as far as all kinds are alike.
struct DocumentFields {
    enum Kind: String, CaseIterable {
        case objective = "SLO"
        case indicator = "SLI"
        case service = "Service"
        case dataSource = "DataSource"
    }

    /// What OpenSLO has besides: nothing follows from it here.
    private static let unread = ["AlertPolicy", "AlertCondition", "AlertNotificationTarget"]

    let root: Fields
    let kind: Kind
    let name: ExactText
    let title: ExactText
    let spec: Fields

    init(_ node: Node, file: String) throws(OpenSLOFinding) {
        root = try Fields(node, file: file, path: "")
        let version = try root.text("apiVersion")
        guard version.hasSameBytes(as: "openslo/v1") else {
            throw root.finding("apiVersion \(version): expected openslo/v1", at: "apiVersion")
        }
        let word = try root.text("kind")
        guard let kind = Kind(rawValue: word) else {
            let reason =
                Self.unread.contains { $0.hasSameBytes(as: word) }
                ? "nothing follows from it: `plimsoll slo rules` makes the alerts of an SLO; leave it out"
                : nameHint(to: word, known: Kind.allCases.map(\.rawValue))
            throw root.finding("kind \(word): \(reason)", at: "kind")
        }
        self.kind = kind
        try root.allow(["apiVersion", "kind", "metadata", "spec"])
        let metadata = try root.fields("metadata")
        try metadata.allow(["name", "displayName", "labels", "annotations"])
        let name = try metadata.text("name")
        guard Self.isName(name) else {
            throw metadata.finding(
                "metadata.name \(name): expected 1 to 63 small letters, digits and dashes", at: "name")
        }
        self.name = ExactText(name)
        title = ExactText(try metadata.optionalText("displayName") ?? name)
        spec = try root.fields("spec")
    }

    /// Names stand in rules and tables: none may be read there as anything else.
    private static func isName(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: "-")
            && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
    }
}
