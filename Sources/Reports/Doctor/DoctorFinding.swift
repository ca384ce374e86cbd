/// Something that keeps answers from being whole, and the lines that change it.
struct DoctorFinding {
    /// The kinds, in the order of reading: what hides everything stands first.
    enum Kind: String, CaseIterable {
        case noSpans = "no_spans"
        case noCalls = "no_calls"
        case spansWaiting = "spans_waiting"
        case refused
        case unnamedService = "no_service"
        case unknownOperation = "unknown_operation"
        case withoutOperation = "no_operation"
        case withoutConversation = "no_conversation"
        case lostMessage = "lost_message"
        case lostOutcome = "lost_outcome"
        case unreadUsage = "unread_usage"
        case withoutUsage = "no_usage"
        case withoutPrice = "no_price"
        case unreadOutcome = "unread_outcome"
        case unreadValues = "unread_values"
        case unreadNames = "unread_names"
        case clockAhead = "clock_ahead"
        case late
        case doubtedTimes = "doubted_times"
        case clockStepped = "clock_stepped"
        case trouble
    }

    var kind: Kind
    /// Whose it is: a service, else the source of events; nil: nobody's.
    var service: String?
    /// Which model, attribute, value or reason; nil: no single one.
    var what: String?
    var count: Int128
    /// What `count` is a part of; nil: of nothing.
    var of: Int128?
    /// What to change, a line each: a variable, a setting, an attribute, a command.
    var changes: [String]
    /// Whether a question was refused: it hides nothing of what came.
    var isOfQuestion = false
}
