import Settings
import Testing

/// Where dashboards of others lie, as an operator says it.
@Suite struct DashboardSettingsTests {
    @Test func aFileNamesTheFolder() throws {
        let file = SettingsFile("dashboards:\n  folder: /etc/plimsoll/dashboards\n")
        #expect(file.findings.isEmpty && file.count == 1)
        #expect(file.applied(to: ServeSettings()).dashboardFolder == "/etc/plimsoll/dashboards")
        #expect(ServeSettings().dashboardFolder == nil)
        #expect(SettingsFile("dashboards:\n  folder: ''\n").findings.count == 1)
    }
}
