import Dashboarding
import Platform
import Testing

/// Dashboards that somebody put into a folder.
@Suite struct FolderTests {
    @Test func aBadFileIsNamedAndLeftOut() throws {
        let disk = SimulatedFileSystem(seed: 3)
        try disk.createDirectories("/boards/inner.json")
        for (name, text) in [
            ("b.json", #"{"uid":"b","title":"B","odd":1}"#), ("a.json", #"{"uid":"a","title":"A"}"#),
            ("c.json", "{"), ("d.json", #"{"uid":"a","title":"again"}"#), ("e.txt", "no dashboard"),
        ] {
            try disk.replace("/boards/" + name, with: Array(text.utf8))
        }
        let look = DashboardFolder("/boards", in: disk).look()
        #expect(look.dashboards.map(\.file) == ["a.json", "b.json"])
        #expect(look.dashboards.map(\.dashboard.title) == ["A", "B"])
        #expect(look.faults.count == 2)
        #expect(look.faults[0].hasPrefix("/boards/c.json: 1:2: expected"), "\(look.faults)")
        #expect(look.faults[1] == "/boards/d.json: a.json has the uid a, too")
        #expect(look.remarks == ["b.json: odd: not understood"])
    }

    @Test func aFolderThatIsNoneIsNamed() {
        let look = DashboardFolder("/none", in: SimulatedFileSystem(seed: 4)).look()
        #expect(look.dashboards.isEmpty && look.faults.count == 1 && look.faults[0].hasPrefix("/none: "))
    }
}
