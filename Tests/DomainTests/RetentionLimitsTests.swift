import Domain
import Testing

@Suite struct RetentionLimitsTests {
    @Test func nothingGoesWhereNothingIsSaid() {
        var limits = RetentionLimits()
        #expect(!limits.isSet && limits.covers(days: 36_500))
        limits.budget = DiskBudget(bytes: 1, keptNanoseconds: 1)
        #expect(limits.isSet && limits.covers(days: 36_500))
        #expect(RetentionLimits(eventsNanoseconds: RetentionLimits.nanoseconds(days: 7)).covers(days: 7))
    }

    @Test func tenantsWithAPeriodOfTheirOwnAreInOrder() {
        let limits = RetentionLimits(
            eventsNanoseconds: nil,
            tenants: [("b", 9), ("a", 30), ("c", 9)].map { name, days in
                RetentionLimits.TenantPeriod(name, nanoseconds: RetentionLimits.nanoseconds(days: days))
            })
        #expect(limits.tenants.map { "\($0.tenant)" } == ["a", "b", "c"] && limits.isSet)
        #expect(RetentionLimits.periods(of: limits.tenants).count == 2)
        #expect(limits.covers(days: 36_500) && limits.coversTenants(days: 9) && !limits.coversTenants(days: 10))
    }

    /// A type's period says nothing where all events go by then, whoever they are of.
    @Test func typesGoBeforeAllOthersOrNotAtAll() {
        func days(_ count: Int) -> Int64 { RetentionLimits.nanoseconds(days: count) }
        let types = [("tool.call", 60), ("message.sent", 30)].map { name, count in
            RetentionLimits.TypePeriod(name, nanoseconds: days(count))
        }
        let alone = RetentionLimits().with(types: types)
        #expect(alone.types.map(\.name) == ["message.sent", "tool.call"] && alone.isSet && alone.typesOfNoUse.isEmpty)
        #expect(alone.covers(days: 36_500) && alone.coversTypes(days: 30) && !alone.coversTypes(days: 31))
        #expect(RetentionLimits.periods(of: alone.types).count == 2)
        func ofNoUse(all: Int, tenant: Int?) -> [String] {
            let tenants = tenant.map { [RetentionLimits.TenantPeriod("acme", nanoseconds: days($0))] }
            return RetentionLimits(eventsNanoseconds: days(all), tenants: tenants ?? []).with(types: types).typesOfNoUse
                .map(\.name)
        }
        #expect(ofNoUse(all: 61, tenant: nil).isEmpty && ofNoUse(all: 60, tenant: nil) == ["tool.call"])
        #expect(ofNoUse(all: 30, tenant: 90).isEmpty && ofNoUse(all: 30, tenant: 40) == ["tool.call"])
    }

    /// Somebody is told before anything goes, and something goes before nothing comes in.
    @Test(arguments: [1, 9, 10, 99, 1 << 30, Int.max]) func theLinesOfABudgetAreInOrder(bytes: Int) {
        let budget = DiskBudget(bytes: bytes, keptNanoseconds: 1)
        #expect(budget.toldBytes >= 0 && budget.dropBytes <= budget.bytes)
        if bytes >= 1 << 30 {
            #expect(budget.toldBytes < budget.dropBytes && budget.dropBytes < budget.bytes)
            #expect(budget.bytes - budget.dropBytes >= budget.bytes / 10)
        }
    }
}
