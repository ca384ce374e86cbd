/// A value of an event's field. Integers also carry durations, timestamps (ns), and prices (pico-USD per token).
package enum EventValue: Hashable, Sendable {
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case text(String)
    /// Canonical JSON (sorted keys, no white space): `attributes` and other maps.
    case json(String)
}

/// How a field's value is written in a row.
package enum EventFieldKind: UInt8, Sendable {
    case integer = 1, double = 2, boolean = 3, text = 4, json = 5
}
