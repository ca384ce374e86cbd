import FoundationEssentials

/// Settings from the environment; an empty value counts as none.
enum Environment {
    static func value(_ name: String) -> String? {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return nil }
        return value
    }

    /// The flag, else the variable when it parses, else the default.
    /// - Throws: a usage error naming the variable when it does not parse.
    static func setting<Value: LosslessStringConvertible>(_ flag: Value?, _ name: String, default fallback: Value) throws -> Value {
        if let flag { return flag }
        guard let text = value(name) else { return fallback }
        guard let parsed = Value(text) else {
            throw CommandFailure(
                .badInput, "\(name)=\(text) cannot be understood",
                advice: "unset it, or give the option on the command line")
        }
        return parsed
    }
}
