extension ServeSettings {
    /// Lays file and environment over the defaults; flags go on top of the result.
    /// - Parameter environment: the value of a variable, nil where it is not set.
    /// - Throws: ``SettingsFinding`` for a variable that cannot be read, or for settings that contradict each other.
    package static func layered(file: SettingsFile?, environment: (String) -> String?) throws(SettingsFinding) -> ServeSettings {
        var settings = file?.applied(to: ServeSettings()) ?? ServeSettings()
        for setting in Setting.all {
            guard let text = environment(setting.variable) else { continue }
            do throws(SettingProblem) {
                try setting.apply(text, to: &settings)
            } catch {
                throw SettingsFinding(line: nil, message: "\(setting.variable): expected \(error.expected)")
            }
        }
        if let contradiction = settings.contradiction { throw SettingsFinding(line: nil, message: contradiction.message) }
        return settings
    }
}
