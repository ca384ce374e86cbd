import PromQLText

/// Which part of the language that is not promised yet an expression needs.
enum ScriptFeature {
    private static let flags: [(name: String, features: PromQLFeatures)] = [
        ("experimental functions", .functions), ("duration expressions", .durations),
        ("anchored and smoothed", .boundaries), ("fill", .fills),
    ]

    static func needed(by expression: String) -> String? {
        let text = Array(expression.utf8)
        func isRead(_ features: PromQLFeatures) -> Bool {
            (try? PromQLExpression(text, features: features)) != nil
        }
        // What nobody reads needs nothing: it is to be refused.
        guard !isRead(.stable), isRead(.all) else { return nil }
        return flags.first { isRead($0.features) }?.name ?? "several"
    }
}
