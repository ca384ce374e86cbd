import Asking
import Bytes
import Domain
import EventStores
import Intakes
import OperatorLogs
import Plans
import Platform
import Rules
import Sending

/// Rules are evaluated beside the fronts, over the store that these ask.
extension PlimsollServer {
    /// Goes on from what the store knows of rules; nil: none are evaluated.
    func ruleManager() -> RuleManager? {
        configuration.rules.map { set in
            RuleManager(set, from: store.ruleRecords, keeping: configuration.limits.recordedBytesMax) { [store] in
                try store.notes(ofType: SystemNote.Kind.alertChanged.rawValue).map(\.data)
            }
        }
    }

    /// Those who are told of alerts.
    func alertSenders() -> [AlertSender] {
        configuration.alertSending.destinations.map { target in
            AlertSender(target, configuration.alertSending, clock: clock, randomness: randomness)
        }
    }

    /// Memory of one question; all rules of a group together may take five minutes, since nobody waits for them.
    private static func options(_ routes: Routes, until stopping: QueryCancellation) -> QueryOptions {
        let memory = routes.queries.memory
        var options = QueryOptions().cancelled(by: stopping)
        options.memoryBudgetBytes = min(routes.limits.questionMemoryBytesMax, memory.limitBytes)
        options.memoryPool = memory
        options.timeLimitNanoseconds = 5 * Nanoseconds.minute
        return options.startingClock { [clock = routes.clock] in clock.monotonicNanoseconds() }
    }

    /// The work that evaluates and tells.
    /// - Parameter stopping: ends an evaluation under way.
    func alerting(
        _ routes: Routes, _ threads: BlockingThreads, until stopping: QueryCancellation
    ) -> [any BackgroundWork] {
        guard let manager = routes.ruleManager else { return [] }
        for warning in manager.rules.firstWarnings { log.warning("rules: \(warning.place): \(warning.reason)") }
        let inputs = RuleTicker.Inputs(
            now: { [store] in store.now }, present: { try await routes.presentFamilies() },
            open: { [store, memory = routes.seriesMemory] time, present in
                let options = Self.options(routes, until: stopping)
                let pinned = store.ruleSeries(
                    upTo: time.saturatingMultiply(by: 1_000_000), present: present, memory: memory, within: options)
                return (pinned.source, SeriesBudget(options))
            }, files: configuration.ruleFiles,
            isAsked: { [isAsked = configuration.isReadingAsked, shelf = routes.shelf] in
                let isAsked = isAsked()
                if isAsked { shelf.askToRead() }
                return isAsked
            })
        let ticker = RuleTicker(
            manager, inputs, senders: routes.alertSenders, thread: threads.rules, committer: routes.intake.committer,
            clock: clock, health: routes.health, log: log)
        let own = threads.senders.dropFirst(configuration.traceExport.endpoints.count)
        let sampler = MetricSampler(
            now: { [store] in store.now }, families: { try await routes.presentFamilies() },
            committer: routes.intake.committer, health: routes.health, log: log)
        return [ticker, sampler]
            + zip(routes.alertSenders, own).map { sender, thread in
                AlertDelivery(sender: sender, thread: thread, health: routes.health, log: log)
            }
    }
}
