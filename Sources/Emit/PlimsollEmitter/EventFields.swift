import Bytes

/// The members of an event's `data` on their way to JSON. ``AgentEvent/encode(into:)`` adds those that are there, in any order.
public struct EventFields: Sendable {
    // Each member ends with a comma; closing the object takes the last one away.
    private(set) var bytes: [UInt8]

    init(appendingTo bytes: consuming [UInt8]) { self.bytes = bytes }

    /// Adds text.
    public mutating func text(_ name: String, _ value: String?) {
        guard let value else { return }
        begin(name)
        string(value)
        bytes.append(UInt8(ascii: ","))
    }

    /// Adds an integer.
    public mutating func integer(_ name: String, _ value: Int64?) {
        guard let value else { return }
        begin(name)
        appendDecimal(value, to: &bytes)
        bytes.append(UInt8(ascii: ","))
    }

    /// Adds true or false.
    public mutating func boolean(_ name: String, _ value: Bool?) {
        guard let value else { return }
        begin(name)
        bytes.append(contentsOf: (value ? "true," : "false,").utf8)
    }

    /// Adds a number; one that is not finite has no form in JSON and is left out.
    public mutating func number(_ name: String, _ value: Double?) {
        guard let value, value.isFinite else { return }
        begin(name)
        bytes.append(contentsOf: value.description.utf8)
        bytes.append(UInt8(ascii: ","))
    }

    /// Adds an object of texts, its members by name.
    public mutating func object(_ name: String, _ value: [String: String]?) {
        guard let value else { return }
        begin(name)
        bytes.append(UInt8(ascii: "{"))
        for (key, text) in value.sorted(by: { $0.key < $1.key }) { self.text(key, text) }
        close()
        bytes.append(UInt8(ascii: ","))
    }

    /// Ends the object whose members were added.
    mutating func close() {
        if bytes.last == UInt8(ascii: ",") { bytes.removeLast() }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func begin(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(text, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}
