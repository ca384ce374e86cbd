import Bytes
import Dashboarding
import JSONTexts
import Testing

/// Grafana's JSON is read as far as it is drawn, and what else stands in it is named by its path.
@Suite struct ModelTests {
    /// What says nothing here, whatever it says: everything below these is passed over.
    private static let passedOver = [
        "editable", "liveNow", "style", "version", "timepicker", "links[].icon", "links[].tags", "links[].tooltip",
        "annotations.list[].datasource", "annotations.list[].target", "annotations.list[].type",
        "templating.list[].datasource", "templating.list[].definition", "templating.list[].options",
        "templating.list[].current.text", "templating.list[].current.selected", "templating.list[].query.refId",
        "panels[].datasource", "panels[].targets[].datasource", "panels[].targets[].editorMode",
        "panels[].options.color.fill", "panels[].options.exemplars.color", "panels[].options.footer.fields",
        "panels[].options.footer.reducer",
    ]

    /// Where names are the file's own: of columns.
    private static let ownNames = [
        "transformations[].options.excludeByName", "transformations[].options.indexByName",
        "transformations[].options.renameByName",
    ]

    private static func isPassedOver(_ pattern: String) -> Bool {
        let flat = pattern.replacing("panels[].panels[].", with: "panels[].")
        return passedOver.contains { flat == $0 || flat.hasPrefix($0 + ".") || flat.hasPrefix($0 + "[]") }
    }

    @Test(arguments: Shipped.names)
    func everyPartOfTheShippedFilesIsUnderstood(_ name: String) throws {
        let dashboard = try Dashboard(Shipped.bytes(name))
        #expect(dashboard.uid == "plimsoll-" + name)
        #expect(dashboard.remarks == [], "\(name)")
        let file = try #require(try JSONReader.parse(Shipped.bytes(name))["panels"]?.array)
        let count = file.reduce(0) { $0 + 1 + ($1["panels"]?.array?.count ?? 0) }
        #expect(count > 10 && dashboard.panels.count == count)
        let panels = try #require(try dashboard.model()["panels"]?.array)
        #expect(panels.allSatisfy { $0["drawn"] == .boolean(true) && $0["remarks"] == .array([]) })
    }

    /// Every leaf of the files is looked at: in its place what nobody can mean is named, with its path.
    @Test(arguments: Shipped.names)
    func everyLeafOfTheShippedFilesIsLookedAt(_ name: String) throws {
        let file = try JSONReader.parse(Shipped.bytes(name))
        var known: Set<String> = []
        // Below what Grafana adds of its own nothing is read.
        let builtIn: [JSONPlace] = [.member("annotations"), .member("list"), .element(0)]
        let stranger = JSONValue.object([JSONMember(name: "surelyNot", value: .array([.number("1")]))])
        for leaf in file.leaves where !leaf.starts(with: builtIn) {
            let pattern = leaf.pattern
            guard known.insert(pattern).inserted, !Self.isPassedOver(pattern) else { continue }
            let changed = file.replacing(leaf[...], with: stranger).bytes
            do {
                let dashboard = try Dashboard(changed)
                #expect(!dashboard.remarks.isEmpty, "\(name): \(pattern) is not looked at")
            } catch {
                // Without these a file is no dashboard.
                #expect(pattern == "uid" || pattern == "title", "\(name): \(pattern): \(error)")
            }
        }
        #expect(known.count > 100)
    }

    /// In every object of the files a member that nobody knows is named.
    @Test(arguments: Shipped.names)
    func everyObjectOfTheShippedFilesIsLookedAt(_ name: String) throws {
        let file = try JSONReader.parse(Shipped.bytes(name))
        var known: Set<String> = []
        for leaf in file.leaves {
            for length in leaf.indices where leaf[length] != .element(0) {
                guard case .member = leaf[length] else { continue }
                let place = Array(leaf[..<length]) + [.member("surelyNot")]
                let pattern = place.pattern
                guard known.insert(pattern).inserted, !Self.isPassedOver(pattern) else { continue }
                guard !Self.ownNames.contains(where: { pattern.hasSuffix($0 + ".surelyNot") }) else { continue }
                guard !pattern.hasPrefix("annotations.list[]") || leaf[2] != .element(0) else {
                    known.remove(pattern)
                    continue
                }
                let dashboard = try Dashboard(file.replacing(place[...], with: .number("1")).bytes)
                #expect(dashboard.remarks.contains { $0.contains("surelyNot") }, "\(name): \(pattern)")
            }
        }
        #expect(known.count > 30)
    }

    @Test func panelsStandInTheOrderOfThePage() throws {
        let dashboard = try Dashboard(
            members: #"""
                "panels":[
                {"id":3,"type":"stat","title":"right","gridPos":{"x":12,"y":1,"w":12,"h":4}},
                {"id":4,"type":"row","title":"folded","collapsed":true,"gridPos":{"x":0,"y":5,"w":24,"h":1},"panels":[
                  {"id":6,"type":"stat","title":"b","gridPos":{"x":12,"y":6,"w":12,"h":4}},
                  {"id":5,"type":"stat","title":"a","gridPos":{"x":0,"y":6,"w":12,"h":4}}]},
                {"id":7,"type":"row","title":"open","collapsed":false,"gridPos":{"x":0,"y":9,"w":24,"h":1},"panels":[]},
                {"id":2,"type":"stat","title":"left","gridPos":{"x":0,"y":1,"w":12,"h":4}}]
                """#)
        #expect(dashboard.panels.map(\.title) == ["left", "right", "folded", "a", "b", "open"])
        #expect(dashboard.panels.map(\.row) == [nil, nil, nil, 4, 4, nil])
    }

    @Test(arguments: [
        (#""type":"piechart""#, "panels[0].type: the panel `piechart` is not understood"),
        (#""type":"stat","fieldConfig":{"defaults":{"unit":"furlong"}}"#, "unit `furlong`"),
        (#""type":"table","transformations":[{"id":"pivot","options":{"a":1}}]"#, "transformations[0].id: `pivot`"),
        (#""type":"stat","transformations":[{"id":"merge","options":{}}]"#, "only tables are transformed"),
        (
            #""type":"stat","fieldConfig":{"defaults":{},"overrides":[{"matcher":{"id":"byRegexp","options":"a"},"#
                + #""properties":[]}]}"#, "overrides[0].matcher.id: `byRegexp`"
        ),
    ])
    func aPanelThatWouldMisleadIsNotDrawn(members: String, remark: String) throws {
        let dashboard = try Dashboard(panel: members + #","title":"T","links":[{"title":"L","url":"/x"}]"#)
        let panel = try #require(try dashboard.model()["panels"]?.array?.first)
        #expect(panel["drawn"] == .boolean(false) && panel["title"]?.string == "T")
        #expect(panel["links"]?.array?.first?["url"]?.string == "/x")
        #expect(panel["remarks"]?.array?.contains { $0.string?.contains(remark) == true } == true, "\(panel)")
        #expect(dashboard.remarks.contains { $0.contains(remark) })
    }

    @Test(arguments: [
        #""options":{"legend":{"displayMode":"hologram"}}"#, #""options":{"graphMode":"area"}"#,
        #""fieldConfig":{"defaults":{"custom":{"drawStyle":"points"}}}"#, #""repeat":"tenant""#, #""other":{"a":[1]}"#,
    ])
    func whatOnlyLooksOtherwiseIsSaidAndDrawn(members: String) throws {
        let dashboard = try Dashboard(panel: #""type":"timeseries","# + members)
        let panel = try #require(try dashboard.model()["panels"]?.array?.first)
        #expect(panel["drawn"] == .boolean(true))
        #expect(panel["remarks"]?.array?.count == 1 && dashboard.remarks.count == 1, "\(dashboard.remarks)")
    }

    @Test func whatIsDrawnIsToldToThePage() throws {
        let dashboard = try Dashboard(
            panel: #"""
                "type":"stat","title":"Spent","gridPos":{"x":4,"y":2,"w":99,"h":5},
                "fieldConfig":{"defaults":{"unit":"currencyUSD","decimals":2,"noValue":"$0",
                "thresholds":{"mode":"absolute",
                "steps":[{"color":"green","value":null},{"color":"red","value":0.05}]},
                "mappings":[{"type":"value","options":{"0":{"text":"none","color":"blue","index":0}}},
                {"type":"range","options":{"from":1,"to":2,"result":{"text":"few"}}},
                {"type":"special","options":{"match":"nan","result":{"text":"odd"}}}]},
                "overrides":[{"matcher":{"id":"byName","options":"p50"},"properties":[{"id":"unit","value":"s"},
                {"id":"decimals","value":3}]}]},
                "options":{"colorMode":"background",
                "reduceOptions":{"calcs":["lastNotNull"],"fields":"","values":false}}
                """#)
        #expect(dashboard.remarks == [])
        let panel = try #require(try dashboard.model()["panels"]?.array?.first)
        #expect(panel["w"]?.integer == 20, "it ends where the page does")
        #expect(panel["field"]?["unit"]?.string == "currencyUSD" && panel["field"]?["decimals"]?.integer == 2)
        #expect(panel["field"]?["thresholds"]?.array?.map { $0["value"] } == [.null, .number("0.05")])
        #expect(panel["field"]?["mappings"]?.array?.count == 3)
        #expect(panel["overrides"]?.array?.first?["unit"]?.string == "s")
        #expect(panel["options"]?["colorMode"]?.string == "background")
        #expect(panel["options"]?["reduceOptions.calcs"]?.array == [.string("lastNotNull")])
    }

    @Test func linksLeadToPagesAlone() throws {
        let dashboard = try Dashboard(
            panel: #"""
                "type":"stat","links":[{"title":"a","url":"${runbooks}/Down.md"},
                {"title":"b","url":"javascript:alert(1)"},
                {"title":"c","url":"//elsewhere/x"},{"title":"d","url":"https://x.example/"},
                {"title":"e","url":"data:,x"},
                {"title":"f","url":"${runbooks}/../reports/sla?${__url_time_range}"},
                {"title":"g","url":"${runbooks}/..//x"}]
                """#)
        let links = try #require(try dashboard.model()["panels"]?.array?.first?["links"]?.array)
        #expect(links.compactMap { $0["url"]?.string } == ["/runbooks/Down", "https://x.example/", "/reports/sla"])
        // A report beside the runbooks is of the time that the page shows.
        #expect(links.map { $0["keepTime"] } == [nil, nil, .boolean(true)])
        #expect(dashboard.remarks.count == 4)
    }

    @Test(arguments: [
        ("", "1:1: expected a JSON value"), ("[]", "1:1: a dashboard is an object"),
        ("{\"uid\":\"a\",\n  \"title\": ?}", "2:12: expected a JSON value"),
        (#"{"title":"T"}"#, "uid: expected up to 40 letters"), (#"{"uid":"a b","title":"T"}"#, "uid: expected"),
        (#"{"uid":"a"}"#, "title: expected a text"),
        (
            #"{"uid":"a","title":"T","panels":[{"id":1,"type":"row"},{"id":1,"type":"row"}]}"#,
            "panels[1].id: another panel has the id 1, too"
        ),
        (#"{"uid":"a","title":"T","x":"# + String(repeating: "[", count: 40), "at most 32 levels"),
    ])
    func whatIsNoDashboardIsRefusedWithItsPlace(text: String, reason: String) {
        do {
            _ = try Dashboard(text: text)
            Issue.record("it was taken: \(text)")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
        }
    }

    /// The first panel too many is named, wherever it lies: none behind it is read.
    @Test func panelsAreBoundedWhereTheyAreRead() {
        let many = String(repeating: "{},", count: 200_000) + "{}"
        for (members, place) in [
            (#""panels":[\#(many)]"#, "panels[500]"),
            (#""panels":[{"type":"row","panels":[\#(many)]}]"#, "panels[0].panels[499]"),
        ] {
            #expect {
                try Dashboard(members: members)
            } throws: { error in
                "\(error)" == place + ": more than 500 panels are too many"
            }
        }
    }

    /// Every series has a name.
    @Test func namesAreBounded() throws {
        let format = String(repeating: "{{model}}", count: 200)
        let dashboard = try Dashboard(
            panel: #""type":"stat","targets":[{"expr":"up","legendFormat":"\#(format)"}]"#)
        #expect(dashboard.panels.first?.targets.first?.legend.isEmpty == true)
        #expect(dashboard.remarks == ["panels[0].targets[0].legendFormat: is longer than 1000 bytes"])
    }

    @Test func numbersOfPartsAreBounded() throws {
        let panels = (0..<501).map { #"{"id":\#($0),"type":"row"}"# }.joined(separator: ",")
        #expect(throws: DashboardFileError.self) { try Dashboard(members: #""panels":[\#(panels)]"#) }
        let targets = Array(repeating: #"{"expr":"up"}"#, count: 51).joined(separator: ",")
        #expect(throws: DashboardFileError.self) { try Dashboard(panel: #""type":"stat","targets":[\#(targets)]"#) }
        let strangers = (0..<5_000).map { #""s\#($0)":1"# }.joined(separator: ",")
        let remarks = try Dashboard(members: strangers).remarks
        #expect(remarks.count == 201 && remarks.last == "4800 more parts, not listed")
        let long = #"{"uid":"a","title":"\#(String(repeating: "a", count: 4 << 20))"}"#
        #expect(throws: DashboardFileError.self) { try Dashboard(text: long) }
    }

    @Test func whatTheServerOfGrafanaWrapsIsRead() throws {
        let dashboard = try Dashboard(text: #"{"dashboard":{"uid":"w","title":"W","odd":1},"meta":{}}"#)
        #expect(dashboard.uid == "w" && dashboard.remarks == ["dashboard.odd: not understood"])
    }

    @Test func variablesAreRead() throws {
        let dashboard = try Dashboard(
            members: #"""
                "templating":{"list":[
                {"name":"a","type":"query",
                 "query":{"query":"label_values(up{x=\"1,2\"}, job)","refId":"r"},"multi":true,
                 "includeAll":true,"allValue":".*","current":{"value":["$__all"],"text":["All"],"selected":true}},
                {"name":"b","type":"query","query":"label_values(tenant)","sort":2,"current":{"value":"x"}},
                {"name":"c","type":"constant","query":"k"},{"name":"d","type":"datasource","query":"prometheus"},
                {"name":"e","type":"custom","query":"1,2","current":{"value":"1"}},
                {"name":"f","type":"query","query":"label_names()"}]}
                """#)
        #expect(dashboard.variables.map(\.name) == ["a", "b", "c", "d", "e", "f"])
        guard case .labelValues(let first) = dashboard.variables[0].source,
            case .labelValues(let second) = dashboard.variables[1].source
        else { throw DecodingError(offset: 0, expectation: "values of labels") }
        #expect(first.selector == #"up{x="1,2"}"# && first.label == "job")
        #expect(second.selector.isEmpty && second.label == "tenant")
        #expect(dashboard.variables[0].chosen == ["$__all"] && dashboard.variables[1].chosen == ["x"])
        #expect(dashboard.remarks.count == 2)
        #expect(dashboard.remarks.contains { $0.hasPrefix("templating.list[4].type: `custom`") })
        #expect(dashboard.remarks.contains { $0.hasPrefix("templating.list[5].query: only label_values") })
    }
}
