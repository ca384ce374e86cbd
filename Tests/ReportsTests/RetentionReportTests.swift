import Columnar
import Domain
import EventStores
import JSONTexts
import Reports
import Testing

/// Reports and conversations once events were dropped: figures are as before, or say that they are not of everything.
@Suite struct RetentionReportTests {
    private static let day: Int64 = 86_400
    private static let limits = RetentionLimits(eventsNanoseconds: 7 * day * 1_000_000_000)
    private static let byTenant = RetentionLimits(
        eventsNanoseconds: nil,
        tenants: [RetentionLimits.TenantPeriod("acme", nanoseconds: 7 * day * 1_000_000_000)])
    private static let byType = RetentionLimits().with(types: [
        RetentionLimits.TypePeriod("message.sent", nanoseconds: 7 * day * 1_000_000_000)
    ])

    /// Four conversations of the first hour, and one of ten days later.
    private static func filled(_ limits: RetentionLimits = limits) throws -> SampleStore {
        var sample = try SampleStore.filled(retention: limits)
        try sample.pass(seconds: 10 * day)
        try sample.store.seal()
        sample.addTurn("later", 1, at: Double(10 * day))
        try sample.pass(seconds: 0)
        return sample
    }

    private static func drop(_ sample: SampleStore) throws {
        #expect(try sample.store.startRetention())
        try sample.store.finishJobs()
        #expect(sample.store.status.droppedEvents > 0)
    }

    @Test(arguments: ReportKind.allCases, [limits, byTenant, byType])
    func figuresAreAsBeforeOrSayThatTheyAreNot(kind: ReportKind, limits: RetentionLimits) throws {
        var sample = try Self.filled(limits)
        let before = try sample.runner().report(kind, ReportRequest())
        try Self.drop(sample)
        let after = try sample.runner().report(kind, ReportRequest())
        if after.notices.isEmpty {
            #expect(after.sections == before.sections)
        } else {
            #expect(after.notices.allSatisfy { $0.contains("retention.dropped") }, "\(after.notices)")
            #expect(after.basis.exactness.hasPrefix("not of everything"))
        }
    }

    /// What went, why, and where events begin since.
    @Test func theStatusSaysWhatWent() throws {
        var sample = try Self.filled()
        #expect(try sample.runner().status().section("dropped") == nil)
        try Self.drop(sample)
        let report = try sample.runner().status()
        let section = try #require(report.section("dropped"))
        let status = sample.store.status
        #expect(section.rows.count == 1 && section.value("reason", row: 0) == .text("age"))
        #expect(section.value("events", row: 0) == .count(Int128(status.droppedEvents)))
        #expect(section.value("bytes", row: 0) == .count(Int128(try #require(status.retention.dropped.first).bytes)))
        #expect(section.value("last_drop", row: 0) == status.retention.lastDrop.map { .time($0) })
        #expect(section.value("received_until", row: 0) == status.droppedUntil.map { .time($0) })
        #expect(report.definitions.contains { $0.term == "dropped" })
    }

    /// And of whom.
    @Test func theStatusSaysWhoseEventsWent() throws {
        var sample = try Self.filled(Self.byTenant)
        #expect(try sample.runner().status().section("dropped_tenants") == nil)
        try Self.drop(sample)
        let report = try sample.runner().status()
        let section = try #require(report.section("dropped_tenants"))
        let tenant = try #require(sample.store.status.retention.tenants.first)
        #expect(section.rows.count == 1 && section.value("tenant", row: 0) == .text("acme"))
        #expect(section.value("events", row: 0) == .count(Int128(tenant.events)) && tenant.events > 0)
        #expect(section.value("received_until", row: 0) == .time(tenant.until))
        #expect(report.section("dropped")?.value("reason", row: 0) == .text("tenant_age"))
    }

    /// And of which type.
    @Test func theStatusSaysWhichTypesWent() throws {
        var sample = try Self.filled(Self.byType)
        try Self.drop(sample)
        let report = try sample.runner().status()
        let section = try #require(report.section("dropped_types"))
        let type = try #require(sample.store.status.retention.types.first)
        #expect(section.rows.count == 1 && section.value("type", row: 0) == .text("message.sent"))
        #expect(section.value("events", row: 0) == .count(Int128(type.events)) && type.events > 0)
        #expect(section.value("received_until", row: 0) == .time(type.until))
        #expect(report.section("dropped")?.value("reason", row: 0) == .text("type_age"))
        #expect(report.section("dropped_tenants") == nil)
    }

    /// What turns and conversations say needs no event.
    @Test func serviceLevelsNeedNoEvents() throws {
        var sample = try Self.filled()
        // Rollups know how many answers the cost is of.
        let columns = ["good", "failed", "pending", "answers", "errors", "cost_usd"]
        func figures() throws -> [ReportValue?] {
            let report = try sample.runner().report(.sla, ReportRequest())
            let section = try #require(report.section("questions"))
            let objectives = try #require(report.section("objectives"))
            let ofCosts = objectives.rows.indices.filter {
                objectives.value("objective", row: $0) == .text("cost_per_answer")
            }
            #expect(ofCosts.count == 1)
            return columns.map { section.value($0, row: 0) } + ofCosts.map { objectives.value("actual", row: $0) }
        }
        let before = try figures()
        try Self.drop(sample)
        #expect(try figures() == before)
    }

    /// What is left of a day is no figure of it: rollups know its hours but for percentiles, whatever the zone, where
    /// nothing happened in an hour that is of two days of the zone.
    @Test(arguments: ["UTC", "Europe/Berlin", "Asia/Kolkata"])
    func aDayWhoseEventsWentIsKnownByItsHours(zone: String) throws {
        var sample = try Self.filled()
        func report(_ kind: ReportKind) throws -> Report {
            try sample.runner().report(kind, ReportRequest(by: [.day], timeZone: zone))
        }
        let before = (levels: try report(.sla), costs: try report(.cost))
        try Self.drop(sample)
        let after = (levels: try report(.sla), costs: try report(.cost))
        let (levels, left) = (
            try #require(before.levels.section("by_day")), try #require(after.levels.section("by_day"))
        )
        #expect(left.rows.count == 2 && left.rows[1] == levels.rows[1])
        for (place, column) in levels.columns.enumerated() {
            let isPercentile = column.name.hasPrefix("answer_p") || column.name.hasPrefix("first_token_p")
            #expect(left.rows[0][place] == (isPercentile ? .unknown : levels.rows[0][place]), "\(column.name)")
        }
        let percentile = try #require(after.levels.definitions.first { $0.term == "percentile" })
        #expect(percentile.meaning.contains("of those answers whose events are there: of before 2026-08-01T"))
        #expect(before.levels.definitions.allSatisfy { !$0.meaning.contains("whose events are there") })
        for name in ["by_day", "per_unit_by_day"] {
            let (costs, left) = (before.costs.section(name), after.costs.section(name))
            #expect(left?.rows == costs?.rows && left?.total == costs?.total && left?.rows.isEmpty == false, "\(name)")
        }
    }

    /// Nobody knows to which day of a zone that is half an hour off the calls of the hour at its midnight belong.
    @Test func daysThatShareAnHourAreUnknown() throws {
        var sample = try SampleStore.filled(retention: Self.limits)
        sample.addTurn("night", 1, at: -14.75 * 3_600)
        try sample.pass(seconds: 10 * Self.day)
        try sample.store.seal()
        sample.addTurn("later", 1, at: Double(10 * Self.day))
        try sample.pass(seconds: 0)
        func report(_ kind: ReportKind) throws -> Report {
            try sample.runner().report(kind, ReportRequest(by: [.day], timeZone: "Asia/Kolkata"))
        }
        let before = (levels: try report(.sla), costs: try report(.cost))
        try Self.drop(sample)
        let after = (levels: try report(.sla), costs: try report(.cost))
        let (levels, left) = (
            try #require(before.levels.section("by_day")), try #require(after.levels.section("by_day"))
        )
        #expect(left.rows.count == 3 && left.rows[2] == levels.rows[2])
        for (place, column) in levels.columns.enumerated() {
            let isOfTurns = ["day", "good", "failed", "pending", "availability", "satisfaction"].contains(column.name)
            for row in 0..<2 {
                #expect(left.rows[row][place] == (isOfTurns ? levels.rows[row][place] : .unknown), "\(column.name)")
            }
        }
        let (costs, leftCosts) = (
            try #require(before.costs.section("by_day")), try #require(after.costs.section("by_day"))
        )
        // Conversations closed on the second of the days, and what all days come to is known.
        let row = try #require(leftCosts.rows.first { $0[0] == .text("2026-08-01") })
        #expect(row.dropFirst().allSatisfy { $0 == .unknown }, "\(row)")
        #expect(leftCosts.rows.last == costs.rows.last && leftCosts.total == costs.total)
        let units = try [before.costs, after.costs].map { report in
            try #require(report.section("per_unit_by_day")).rows.filter { $0[0] == .text("2026-08-01") }
        }
        #expect(units.allSatisfy { $0.count == 3 })
        #expect(units[1][0][2] == .unknown && units[1][1][2] == units[0][1][2] && units[1][1][2] != .count(0))
        #expect(units[1].allSatisfy { $0.dropFirst(3).allSatisfy { $0 == .unknown } })
    }

    /// Where the period cuts an hour of which events went, the day that it cuts lacks some; the others are known.
    @Test func onlyTheDayThatThePeriodCutsLacksSome() throws {
        var sample = try Self.filled()
        try Self.drop(sample)
        func calls(from seconds: Int64) throws -> [ReportValue?] {
            let request = ReportRequest(from: SampleStore.start + seconds * 1_000_000_000, by: [.day])
            let section = try #require(try sample.runner().report(.cost, request).section("by_day"))
            return section.rows.indices.map { section.value("calls", row: $0) }
        }
        #expect(try calls(from: -1_800) == [.unknown, .count(1)])
        #expect(try calls(from: -Self.day - 1_800) == [.count(6), .count(1)])
    }

    @Test func whoCameBackIsToldOfWhatWasBefore() throws {
        var sample = try Self.filled()
        try Self.drop(sample)
        let alone = try #require(try sample.runner().conversation("c2"))
        #expect(alone.turns.count == 2 && alone.events.isEmpty && alone.notice?.contains("dropped") == true)
        sample.addTurn("c2", 3, at: Double(10 * Self.day) + 60)
        let back = try #require(try sample.runner().conversation("c2"))
        #expect(back.turns.count == 3 && back.events.count == 3)
        #expect(back.notice?.contains("1 more row of conversations is of what was before") == true)
        #expect(back.header.first { $0.name == "turns" }?.value == .integer(1))
    }

    /// Calls that came since are not those of the row of before.
    @Test func callsStandBesideTheRowThatTheyAreOf() throws {
        var sample = try Self.filled()
        try Self.drop(sample)
        sample.addTurn("c2", 3, at: Double(10 * Self.day) + 60)
        let now = SampleStore.start + 11 * Self.day * 1_000_000_000
        let request = try ConversationRequest(now: now, rule: .house1) { $0 == "from" ? "2026-08-01" : nil }
        let list = try sample.runner().conversations(request)
        let found = try #require(try JSONReader.parse(list.json)["conversations"]?.array)
        let rows = found.filter { $0["conversation_id"]?.string == "c2" }
        #expect(rows.map { $0["calls"]?.integer } == [1, 0])
        #expect(list.notice?.contains("retention.dropped") == true)
    }

    /// Nor are answers: each row says how long its own took, on whichever page it stands, and is listed by that.
    @Test func answersStandBesideTheRowThatTheyAreOf() throws {
        var sample = try Self.filled()
        try Self.drop(sample)
        sample.addTurn("c2", 3, at: Double(10 * Self.day) + 60, answerAfter: 2)
        func list(_ values: [String: String]) throws -> (rows: [String], next: String?, previous: String?) {
            let now = SampleStore.start + 11 * Self.day * 1_000_000_000
            let values = values.merging(["from": "2026-08-01"]) { $1 }
            let request = try ConversationRequest(now: now, rule: .house1) { values[$0] }
            let page = try JSONReader.parse(try sample.runner().conversations(request).json)
            let rows = (page["conversations"]?.array ?? []).map { row in
                let seconds = row["slowest_answer_ns"]?.integer.map { "\(Double($0) / 1e9)" } ?? "none"
                return "\(row["conversation_id"]?.string ?? "") \(seconds)"
            }
            return (rows, page["next"]?.string, page["previous"]?.string)
        }
        let slowest = ["c2 31.0", "c1 3.0", "c2 2.0", "later 1.5", "c4 none", "c3 none"]
        #expect(try list([:]).rows == ["c2 2.0", "later 1.5", "c4 none", "c3 none", "c2 31.0", "c1 3.0"])
        for (order, wanted) in [("desc", slowest), ("asc", slowest.reversed())] {
            let values = ["sort": "slowest", "order": order]
            #expect(try list(values).rows == wanted, "\(order)")
            var pages = [try list(values.merging(["limit": "1"]) { $1 })]
            while let next = pages[pages.count - 1].next, pages.count < 10 {
                pages.append(try list(values.merging(["limit": "1", "cursor": next]) { $1 }))
            }
            #expect(pages.flatMap(\.rows) == wanted, "\(order)")
            for place in pages.indices.dropFirst() {
                let previous = try #require(pages[place].previous)
                let before = try list(values.merging(["limit": "1", "before": previous]) { $1 })
                #expect(before.rows == pages[place - 1].rows, "\(order) \(place)")
            }
        }
    }

    /// Two rows of one conversation are one where a breakdown asks what it says.
    @Test func nothingIsAddedUpTwiceForWhoCameBack() throws {
        var sample = try Self.filled()
        try Self.drop(sample)
        sample.addTurn("c1", 3, at: Double(10 * Self.day) + 60)
        let report = try sample.runner().report(.sla, ReportRequest(by: [.topic]))
        let section = try #require(report.section("by_topic"))
        // Six questions of the first hour, and two of later.
        #expect(section.count("good") + section.count("failed") + section.count("pending") == 8)
    }
}
