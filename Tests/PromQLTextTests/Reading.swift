import PromQLText

/// What tests ask of a text.
enum Reading {
    static func expression(
        _ text: String, _ features: PromQLFeatures = .stable
    ) throws(PromQLError) -> PromQLExpression {
        try PromQLExpression(Array(text.utf8), features: features)
    }

    /// On one line, or what is wrong.
    static func line(_ text: String, _ features: PromQLFeatures = .stable) -> String {
        do throws(PromQLError) { return try expression(text, features).description } catch { return "\(error)" }
    }

    /// All that is wrong, each with its place.
    static func faults(_ text: String, _ features: PromQLFeatures = .stable) -> [String] {
        do throws(PromQLError) {
            _ = try expression(text, features)
            return []
        } catch {
            return error.faults.map { $0.position + " " + $0.message }
        }
    }
}
