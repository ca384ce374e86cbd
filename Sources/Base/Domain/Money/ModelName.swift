/// How senders write the names of models.
enum ModelName {
    /// The name behind the path that gateways put before it: `gpt-4o-mini` of `openai/gpt-4o-mini`, `gemini-2.5-pro` of
    /// `models/gemini-2.5-pro`; nil where there is none. A price for the name as sent goes before one for this.
    static func withoutPath(_ name: String?) -> String? {
        guard let name, let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let rest = name[name.utf8.index(after: slash)...]
        return rest.isEmpty ? nil : String(rest)
    }
}
