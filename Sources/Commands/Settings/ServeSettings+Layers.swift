extension ServeSettings {
    /// Lays file and environment over the defaults; flags go on top of the result.
    /// - Parameter environment: the value of a variable, nil where it is not set.
    /// - Throws: ``SettingsFinding`` for a variable that cannot be read, or for settings that contradict each other.
    package static func layered(file: SettingsFile?, environment: (String) -> String?) throws(SettingsFinding)
        -> ServeSettings
    {
        try layered(file: file, of: Setting.all, environment)
    }

    /// What a demo takes of a server's environment: by which rules alerts are evaluated, who is told of them, and what
    /// its pages show beside. Its store, its address and who is let in are its own, whatever a server is told.
    /// - Throws: as ``layered(file:environment:)``.
    package static func ofDemo(environment: (String) -> String?) throws(SettingsFinding) -> ServeSettings {
        try layered(file: nil, of: Setting.all.filter(\.isOfDemo), environment)
    }

    /// Variables that a server reads and a demo does not, of those that are set.
    package static func leftByDemo(environment: (String) -> String?) -> [String] {
        let variables = Setting.all.filter { !$0.isOfDemo }.map(\.variable) + ["PLIMSOLL_CONFIG"]
        return variables.filter { environment($0) != nil }
    }

    private static func layered(
        file: SettingsFile?, of all: [Setting], _ environment: (String) -> String?
    ) throws(SettingsFinding) -> ServeSettings {
        var settings = file?.applied(to: ServeSettings()) ?? ServeSettings()
        for setting in all {
            guard let text = environment(setting.variable) else { continue }
            do throws(SettingProblem) {
                try setting.apply(text, to: &settings)
            } catch {
                throw SettingsFinding(line: nil, message: "\(setting.variable): expected \(error.expected)")
            }
        }
        if let contradiction = settings.contradictions.first {
            // The file alone has none. Which of several variables it is nobody knows.
            let variables = contradiction.keys.compactMap { key in all.first { $0.key == key }?.variable }
                .filter { environment($0) != nil }
            let beginning = variables.isEmpty ? "" : variables.joined(separator: ", ") + ": "
            throw SettingsFinding(line: nil, message: beginning + contradiction.message)
        }
        if let finding = settings.objectives.findings.first {
            throw SettingsFinding(line: nil, message: finding.message)
        }
        return settings
    }

    /// Lays one more value over the settings, such as a flag's.
    /// - Precondition: a setting has the key.
    /// - Throws: ``SettingsFinding`` for a text that cannot be read, or that contradicts other settings.
    package mutating func set(_ key: String, to text: String) throws(SettingsFinding) {
        guard let setting = Setting.all.first(where: { $0.key == key }) else {
            preconditionFailure("no setting \(key)")
        }
        do throws(SettingProblem) {
            try setting.apply(text, to: &self)
        } catch {
            throw SettingsFinding(line: nil, message: "expected \(error.expected)")
        }
        if let contradiction { throw SettingsFinding(line: nil, message: contradiction) }
    }
}
