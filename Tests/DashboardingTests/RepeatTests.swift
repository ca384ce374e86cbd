import Bytes
import Dashboarding
import JSONTexts
import Testing

/// Panels and rows that stand once for each value of a variable.
@Suite struct RepeatTests {
    private static let variables =
        #""templating":{"list":[{"name":"tenant","type":"query","query":"label_values(up, tenant)"}]},"#

    @Test func panelsAndRowsNameTheirVariableAndTheirRow() throws {
        let dashboard = try Dashboard(
            members: Self.variables + #"""
                "panels":[
                {"id":1,"type":"stat","gridPos":{"y":0},"repeat":"tenant","repeatDirection":"h","maxPerRow":3},
                {"id":2,"type":"row","gridPos":{"y":5},"repeat":"tenant"},
                {"id":3,"type":"stat","gridPos":{"y":6}},
                {"id":4,"type":"row","gridPos":{"y":9},"collapsed":true,"panels":[{"id":5,"type":"stat"}]},
                {"id":6,"type":"stat","gridPos":{"y":12}}]
                """#)
        #expect(dashboard.remarks == [])
        let panels = try #require(try dashboard.model()["panels"]?.array)
        #expect(panels.map { $0["repeat"]?.string } == ["tenant", "tenant", nil, nil, nil, nil])
        // What a folded row does not fold away stands for itself.
        #expect(panels.map { $0["section"]?.integer } == [nil, nil, 2, nil, 4, nil])
        #expect([1, 2, 3, 50].map { dashboard.panels[0].copied(among: $0).columns } == [24, 12, 8, 8])
    }

    @Test func copiesBelowEachOtherAreAsWideAsThePanel() throws {
        let dashboard = try Dashboard(
            members: Self.variables
                + #""panels":[{"id":1,"type":"stat","gridPos":{"w":7},"repeat":"tenant","repeatDirection":"v"}]"#)
        #expect(dashboard.panels[0].copied(among: 4).columns == 7 && dashboard.remarks == [])
    }

    @Test func whatStandsForNothingIsSaid() throws {
        let dashboard = try Dashboard(
            members: Self.variables + #"""
                "panels":[{"id":1,"type":"stat","gridPos":{"y":0},"repeat":"none"},
                {"id":2,"type":"row","gridPos":{"y":5},"repeat":"tenant"},
                {"id":3,"type":"stat","gridPos":{"y":6},"repeat":"tenant"}]
                """#)
        #expect(
            dashboard.remarks == [
                "panels[0].repeat: there is no variable `none`: it is drawn once",
                "panels[2].repeat: its row is repeated: in each it is drawn once",
            ])
        let panels = try #require(try dashboard.model()["panels"]?.array)
        #expect(panels.map { $0["repeat"]?.string } == [nil, "tenant", nil])
        #expect(panels.map { $0["remarks"]?.array?.count } == [1, 0, 1])
        #expect(panels.allSatisfy { $0["drawn"] == .boolean(true) })
    }
}
