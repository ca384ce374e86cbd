/// How senders write the names of models.
package enum ModelName {
    /// Every name by which a price or a correction may mean a call, in the order in which prices are asked: the model that answered, the
    /// one that was asked for, then both without the path before them.
    package static func names(requestModel: String?, responseModel: String?) -> [String] {
        let told = [responseModel, requestModel]
        return (told + told.map(withoutPath)).compactMap { $0 }.filter { !$0.isEmpty }
    }

    /// The name behind the path that gateways put before it: `gpt-4o-mini` of `openai/gpt-4o-mini`, `gemini-2.5-pro` of
    /// `models/gemini-2.5-pro`; nil where there is none. A price for the name as sent goes before one for this.
    static func withoutPath(_ name: String?) -> String? {
        guard let name, let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let rest = name[name.utf8.index(after: slash)...]
        return rest.isEmpty ? nil : String(rest)
    }
}
