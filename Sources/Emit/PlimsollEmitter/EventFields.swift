import JSONTexts

/// The members of an event's `data` on their way to JSON. ``AgentEvent/encode(into:)`` adds those that are there, in
/// any order.
public struct EventFields: Sendable {
    private var json: JSONWriter

    /// Opens the object behind what is written.
    init(_ json: consuming JSONWriter) {
        self.json = json
        self.json.beginObject()
    }

    /// Adds text.
    public mutating func text(_ name: String, _ value: String?) {
        if let value { json.member(name, value) }
    }

    /// Adds an integer.
    public mutating func integer(_ name: String, _ value: Int64?) {
        if let value { json.member(name, value) }
    }

    /// Adds true or false.
    public mutating func boolean(_ name: String, _ value: Bool?) {
        if let value { json.member(name, value) }
    }

    /// Adds a number; one that is not finite has no form in JSON and is left out.
    public mutating func number(_ name: String, _ value: Double?) {
        guard let value, value.isFinite else { return }
        json.key(name)
        json.value(keepingType: value)
    }

    /// Adds an object of texts, its members by name.
    public mutating func object(_ name: String, _ value: [String: String]?) {
        guard let value else { return }
        json.key(name)
        json.object { json in
            for (key, text) in value.sorted(by: { $0.key < $1.key }) { json.member(key, text) }
        }
    }

    /// Ends the object whose members were added.
    consuming func close() -> JSONWriter {
        json.endObject()
        return json
    }
}
