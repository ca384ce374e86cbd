/// Something that happened in the agent: one of the event types that Plimsoll knows.
///
/// The types are written from the server's schemas; a type of one's own would be refused there and listed in
/// `dead_letters`.
public protocol AgentEvent: Sendable {
    /// The type on the wire, such as `llm.call`.
    static var type: String { get }
    /// Adds the fields that have a value.
    func encode(into fields: inout EventFields)
}
