/// What is shipped to one destination, and how.
package struct ShippingConfiguration: Sendable {
    /// What is shipped: names of tables, or of groups of them (``ShippingChoice/groups``).
    package var tables = ["events", "turns", "conversations", "rollups"]
    /// So many events go in one transaction, at most.
    package var batchEvents = 20_000
    /// What came goes at the latest after so long, however little it is, ns.
    package var batchNanoseconds: Int64 = 5_000_000_000
    // tests: tests do not wait.
    /// What silence closed is looked for after so much more of it, ns.
    package var closingNanoseconds: Int64 = 60_000_000_000
    // tests: tests do not wait.
    /// Between two looks for something to ship, ms.
    package var pollMilliseconds = 1000
    /// The first pause after a failure, ms; doubled each time.
    package var backoffMilliseconds = 1000
    /// The longest pause after a failure, ms; also how often it is looked whether somebody has put right what only an
    /// operator can.
    package var backoffMillisecondsMax = 60_000
    // tests: tests do not wait.
    /// After so many looks that found nothing the destination is asked once more where it stands.
    package var idleStepsMax = 60
    // tests: few are as good as many.
    /// So many conversations are read at one time.
    package var readConversations = 2000
    // tests: few are as good as many.
    /// So many traces whose rows changed are shipped in one transaction.
    package var batchTraces = 50

    /// As nobody said otherwise.
    package init() {}
}

/// Which tables names stand for.
package enum ShippingChoice {
    /// Names of several tables together.
    package static let groups = ["events", "rollups", "prices", "budgets"]

    /// The tables that are wanted, in the order in which the store has them.
    /// - Parameter wanted: names of tables and groups.
    package static func tables(_ wanted: [String], of all: [ShippedTable]) -> [ShippedTable] {
        all.filter { table in
            if wanted.contains(table.name) { return true }
            return switch table.kind {
            case .events:
                wanted.contains("events")
                    || table.name == "price_set" && wanted.contains("prices")
                    || table.name == "budget_set" && wanted.contains("budgets")
            case .rollup: wanted.contains("rollups")
            case .conversations, .turns: false
            }
        }
    }

    /// The names among them that stand for nothing.
    package static func unknown(_ wanted: [String], of all: [ShippedTable]) -> [String] {
        wanted.filter { name in !groups.contains(name) && !all.contains { $0.name == name } }
    }
}

/// A database that is shipped to, and what is shipped there.
package struct ShippingTarget: Sendable {
    /// The database.
    package var destination: any ShippingDestination
    /// What is shipped, and how.
    package var configuration: ShippingConfiguration

    /// Takes each part as given.
    package init(_ destination: any ShippingDestination, _ configuration: ShippingConfiguration) {
        (self.destination, self.configuration) = (destination, configuration)
    }
}
