import Bytes
package import JSONTexts

extension JSONWriter {
    /// Labels in their order: an object of texts.
    package mutating func value(_ labels: [SeriesLabel]) {
        object { json in
            for label in labels {
                json.key(utf8: label.name.bytes[...])
                json.value(utf8: label.value.bytes[...])
            }
        }
    }
}

extension LabelSet {
    /// Reads what a `JSONWriter` wrote of labels; what is no text is as an empty one.
    /// - Returns: nil where there is no object.
    package init?(json: JSONValue?) {
        guard let members = json?.members else { return nil }
        self.init(members.map { (name: ByteText($0.name.utf8), value: ByteText(($0.value.string ?? "").utf8)) })
    }
}
