import Bytes
import Workload

/// The traffic of a plan as it is delivered: in order but for what is late, some of it by days.
struct YearTraffic {
    private var events: WorkloadEvents
    private var next: WorkloadEvent?
    private var count = 0
    /// What comes days late.
    private var held: [(due: Int64, event: WorkloadEvent)] = []

    /// One of so many events is held back.
    private static let eventsPerHeld = 997
    /// For how long, one after the other: shorter than a week's report waits.
    private static let delays = [Nanoseconds.day, 2 * Nanoseconds.day, 4 * Nanoseconds.day - 3 * Nanoseconds.hour]

    init(_ plan: YearPlan) {
        events = plan.traffic.events(from: YearPlan.start, to: YearPlan.start + Int64(plan.days) * Nanoseconds.day)
        next = events.next()
    }

    /// What is delivered before a time (ns since 1970 UTC) and was not before.
    mutating func delivered(before end: Int64) -> [WorkloadEvent] {
        var due = held.filter { $0.due < end }.map(\.event)
        held.removeAll { $0.due < end }
        while let event = next, event.time < end {
            next = events.next()
            count += 1
            // The list at the beginning stays; what changes later comes from ``prices(after:at:)``.
            if event.type == "price.set", event.time > YearPlan.start { continue }
            if count.isMultiple(of: Self.eventsPerHeld), event.time > YearPlan.start {
                let delay = Self.delays[count / Self.eventsPerHeld % Self.delays.count]
                held.append((event.time + delay, event))
            } else {
                due.append(event)
            }
        }
        return due
    }

    /// Whose prices change from week to week.
    static let repriced = [(provider: "nordlicht", model: "polaris-1"), (provider: "openai", model: "gpt-4o-mini")]

    /// Prices that are told two days after they came into force; the first ones of a model that had none among them.
    static func prices(after day: Int, at time: Int64) -> [WorkloadEvent] {
        repriced.flatMap { provider, model in
            ["input", "output"].map { tokenClass in
                WorkloadEvent(
                    id: .text("\(model) \(tokenClass), day \(day)"), source: "finance/prices", type: "price.set",
                    time: time, context: WorkloadContext([]),
                    ownFields: [
                        WorkloadField("provider", .text(provider)), WorkloadField("model", .text(model)),
                        WorkloadField("token_class", .text(tokenClass)),
                        WorkloadField("usd_per_million_tokens", .text("0.\(1_000 + day)")),
                        WorkloadField("valid_from", .timestamp(time - priceDelay)),
                    ])
            }
        }
    }

    /// How late prices come, in ns.
    static let priceDelay = 2 * Nanoseconds.day
}
