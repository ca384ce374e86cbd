/// Values by group; the group nil stands for events that don't say.
struct Grouped<Value> {
    private var values: [String?: Value] = [:]

    /// The value of a group, made when it is first asked for.
    subscript(key: String?, default fallback: @autoclosure () -> Value) -> Value {
        get { values[key] ?? fallback() }
        set { values[key] = newValue }
    }

    /// In the order of names, those that don't say last.
    var sorted: [(key: String?, value: Value)] {
        values.map { (key: $0.key, value: $0.value) }.sorted { left, right in
            guard let first = left.key else { return false }
            guard let second = right.key else { return true }
            return first.utf8.lexicographicallyPrecedes(second.utf8)
        }
    }
}
