import Bytes
import Columnar

extension ReportRunner {
    /// One conversation whole; nil where no event names it.
    /// - Parameters:
    ///   - tenant: may be left out where only one tenant has a conversation of that id.
    ///   - event: the position of the one event that is told, with its turn; nil: all are.
    /// - Throws: ``ReportError`` naming the tenants where there are several; what questions throw.
    package func conversation(
        _ id: String, tenant: String? = nil, event: Int64? = nil
    ) throws -> ConversationDocument? {
        try asking.found(id, tenant: tenant, event: event)
    }

    /// A conversation that there is.
    struct FoundConversation {
        /// Its row of `conversations`, nulls left out; of one that could not be folded its tenant alone.
        var header: [ConversationField]
        var tenant: String
        /// The condition in SQL that a row is of it.
        var whole: String
        /// What its row leaves out; nil where it is of all of it.
        var notice: String?

        /// The same for rows of events, with the stretch of time in which all of these happened where that is known:
        /// most of a store is of other times, which it can tell without looking an id up.
        var events: String {
            guard let first = header.time("start_time"), let last = header.time("last_time") else { return whole }
            return "\(whole) and time >= \(SQLTexts.time(first)) and time <= \(SQLTexts.time(last))"
        }
    }

    /// - Throws: as ``conversation(_:tenant:event:)``.
    func found(_ id: String, tenant: String?) throws -> FoundConversation? {
        let condition =
            "conversation_id = \(SQLTexts.text(id))" + (tenant.map { " and tenant = \(SQLTexts.text($0))" } ?? "")
        // The latest first of one that came back after its events were dropped.
        var found = try named("select * from conversations where \(condition) order by tenant, start_time desc")
        if found.isEmpty, !notices.isEmpty {
            // Its row may be what cannot be made: events know of it all the same.
            found = try named("select distinct tenant from events where \(condition) order by tenant")
        }
        guard let header = found.first else { return nil }
        let owner = header.text("tenant") ?? ""
        var tenants = [owner]
        for name in found.map({ $0.text("tenant") ?? "" }) where !name.hasSameBytes(as: tenants[tenants.count - 1]) {
            tenants.append(name)
        }
        guard tenants.count == 1 else {
            throw ReportError(
                message: "\(tenants.count) tenants have a conversation \(id)",
                hint: "name one of them: " + tenants.prefix(10).joined(separator: ", "))
        }
        return FoundConversation(
            header: header, tenant: owner,
            whole: "conversation_id = \(SQLTexts.text(id)) and tenant = \(SQLTexts.text(owner))",
            notice: found.count == 1 ? nil : Self.cameBack(found.count - 1))
    }

    private static func cameBack(_ before: Int) -> String {
        "events of it were dropped before it came back: \(before) more "
            + "\(before == 1 ? "row of conversations is" : "rows of conversations are") of what was before, "
            + "the figures here are of what came since"
    }

    private func found(_ id: String, tenant: String?, event: Int64?) throws -> ConversationDocument? {
        guard let found = try found(id, tenant: tenant) else { return nil }
        let whole = found.whole
        let asked = event.map { " and position = \($0)" } ?? ""
        // Who asks for one of many thousand events wants no megabytes of turns beside it.
        let itsTurn = event == nil ? "" : " and turn in (select turn from events where \(found.events)\(asked))"
        let turns = try named("select * from turns where \(whole)\(itsTurn) order by coalesce(asked_time, time), turn")
        let events = try named(
            "select * from events where \(found.events)\(asked) order by time, position "
                + "limit \(ConversationDocument.eventsMax)")
        var omitted: Int64 = 0
        if events.count == ConversationDocument.eventsMax {
            omitted =
                Int64(try rows("select count(*) from events where \(found.events)").first?.integer(0) ?? 0)
                - Int64(events.count)
        }
        let repeated = ["conversation_id", "tenant"]
        return ConversationDocument(
            id: id, tenant: found.tenant, position: catalog.position, watermark: catalog.watermark,
            header: found.header.filter { !repeated.contains($0.name) },
            turns: turns.map { $0.filter { !repeated.contains($0.name) } }, events: events.map(Self.event),
            eventsOmitted: omitted, notice: told(beside: found))
    }

    private func told(beside found: FoundConversation) -> String? {
        let all = [found.notice].compactMap { $0 } + notices
        return all.isEmpty ? nil : all.joined(separator: "; ")
    }

    private static func event(_ fields: [ConversationField]) -> ConversationEvent {
        var event = ConversationEvent(position: 0, time: 0, type: "", fields: [])
        for field in fields {
            switch (field.name, field.value) {
            case ("position", .integer(let position)): event.position = position
            case ("time", .timestamptz(let time)): event.time = time
            case ("type", .text(let type)): event.type = type
            case ("conversation_id", _), ("tenant", _): break
            default: event.fields.append(field)
            }
        }
        return event
    }
}
