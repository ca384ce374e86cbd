internal import Domain
internal import JSONParsing
internal import JSONTexts

extension EventAssembler {
    /// What an event of unknown type looks like: its envelope, and of each field of the data and each extension the
    /// name, the type and the size; no values. `fields` is `{"<name>":{"size":…,"type":"…"},…}`, where `size` counts
    /// the bytes of a text or the children of an object or array; the first fields only, as many as the limits say.
    /// What opens something is taken out of names, too.
    func deadLetter(_ tape: JSONTape, _ error: String) -> DeadLetter {
        var keys = attributeKeys
        let data = envelope[EnvelopeName.data.rawValue]
        if data != 0, tape.kind(data) == .object {
            var key = tape.firstChild(data)
            while key < tape.end(data), keys.count < limits.deadLetterFieldsMax {
                keys.append(key)
                key = tape.next(key + 1)
            }
        }
        var shapes: [(name: String, kind: StaticString, size: Int)] = keys.prefix(limits.deadLetterFieldsMax).map {
            key in
            let (kind, size) = Self.shape(tape, key + 1)
            return (CredentialText.without(readable(tape.string(key), bytesMax: 64)), kind, size)
        }
        shapes.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var writer = JSONWriter()
        writer.object { writer in
            var last: String?
            for shape in shapes where shape.name != last {
                last = shape.name
                writer.key(shape.name)
                writer.object { writer in
                    writer.member("size", shape.size)
                    writer.member("type", "\(shape.kind)")
                }
            }
        }
        func plain(_ name: EnvelopeName) -> String { CredentialText.without(envelopeText(tape, name) ?? "") }
        return DeadLetter(
            id: plain(.id), source: plain(.source), type: plain(.type),
            time: envelope[EnvelopeName.time.rawValue] == 0 ? nil : time, error: error,
            fields: writer.text)
    }

    private static func shape(_ tape: JSONTape, _ place: Int) -> (kind: StaticString, size: Int) {
        switch tape.kind(place) {
        case .string: ("string", tape.stringRange(place).count)
        case .integer, .unsigned, .double: ("number", 0)
        case .true, .false: ("boolean", 0)
        case .null: ("null", 0)
        case .object: ("object", tape.childCount(place) / 2)
        case .array: ("array", tape.childCount(place))
        }
    }
}
