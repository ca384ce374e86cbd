import Domain
import Settings
import Testing

/// For how long events of single types are kept, as files and variables say it.
@Suite struct TypeRetentionSettingsTests {
    /// A period stands beside those of tenants and of all, is of a type that there is, and ends before that of all.
    @Test func typesMayHavePeriodsOfTheirOwn() throws {
        func limits(_ text: String) -> RetentionLimits? {
            let file = SettingsFile(text)
            return file.findings.isEmpty ? file.applied(to: ServeSettings()).retention : nil
        }
        let day: Int64 = 86_400_000_000_000
        let tenants = [RetentionLimits.TenantPeriod("acme", nanoseconds: 60 * day)]
        let wanted = RetentionLimits(eventsNanoseconds: 90 * day, tenants: tenants).with(types: [
            RetentionLimits.TypePeriod("message.sent", nanoseconds: 30 * day),
            RetentionLimits.TypePeriod("span.received", nanoseconds: 45 * day),
        ])
        let types = "types: {span.received: 45d, message.sent: 30d}"
        #expect(limits("retention: {events: 90d, tenants: {acme: 60d}, \(types)}\n") == wanted)
        #expect(limits("retention: {\(types), tenants: {acme: 60d}, events: 90d}\n") == wanted)
        let variables = [
            "PLIMSOLL_RETENTION_TYPES": "message.sent=30d, span.received=45d", "PLIMSOLL_RETENTION_EVENTS": "90d",
            "PLIMSOLL_RETENTION_TENANTS": "acme=60d",
        ]
        #expect(try ServeSettings.layered(file: nil) { variables[$0] }.retention == wanted)
        #expect(limits("retention: {types: none}\n") == RetentionLimits())
        #expect(try #require(limits("retention: {types: {message.sent: 400d}}\n")).isSet)
        for text in [
            "{message.sent: 6d}", "{message.sent: 29d}", "{message_sent: 30d}", "{budget.set: 30d}", "{no.such: 30d}",
            "'message.sent=30d,message.sent=31d'", "message.sent", "{message.sent: [30d]}",
        ] { #expect(limits("retention: {types: \(text)}\n") == nil, "\(text)") }
        func finding(_ text: String) -> String { SettingsFile(text).findings.first?.message ?? "" }
        #expect(finding("retention: {types: {mesage.sent: 30d}}\n").contains("is message.sent meant?"))
        #expect(finding("retention: {types: {budget.set: 30d}}\n").contains("a budget holds until another one is set"))
        #expect(
            finding("retention: {events: 90d, types: {llm.call: 90d}}\n")
                .contains("retention.types must be less than retention.events for llm.call"))
    }
}
