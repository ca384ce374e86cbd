extension ServeSettings {
    /// Lays file and environment over the defaults; flags go on top of the result.
    /// - Parameter environment: the value of a variable, nil where it is not set.
    /// - Throws: ``SettingsFinding`` for a variable that cannot be read, or for settings that contradict each other.
    package static func layered(file: SettingsFile?, environment: (String) -> String?) throws(SettingsFinding)
        -> ServeSettings
    {
        var settings = file?.applied(to: ServeSettings()) ?? ServeSettings()
        for setting in Setting.all {
            guard let text = environment(setting.variable) else { continue }
            do throws(SettingProblem) {
                try setting.apply(text, to: &settings)
            } catch {
                throw SettingsFinding(line: nil, message: "\(setting.variable): expected \(error.expected)")
            }
        }
        if let contradiction = settings.contradiction { throw SettingsFinding(line: nil, message: contradiction) }
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
