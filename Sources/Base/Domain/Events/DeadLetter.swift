/// An event that was refused because its type is unknown, kept so that nothing vanishes: its envelope and the shape of
/// its data, no values.
package struct DeadLetter: Hashable, Sendable {
    /// The event's `id`, as sent.
    package var id: String
    /// The event's `source`, as sent.
    package var source: String
    /// The type that nobody knows.
    package var type: String
    /// As sent, ns; nil where it was absent or not a time.
    package var time: Int64?
    /// Why it was refused.
    package var error: String
    /// Canonical JSON: each field's name with the type and size in bytes of its value.
    package var fields: String

    package init(id: String, source: String, type: String, time: Int64?, error: String, fields: String) {
        self.id = id
        self.source = source
        self.type = type
        self.time = time
        self.error = error
        self.fields = fields
    }
}
