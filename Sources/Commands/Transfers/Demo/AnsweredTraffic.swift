import Bytes
package import Workload

// tests: it is tried without a server.
/// Live traffic in which no question stands open: each is sent with its answer. Whenever the demo stops, nobody is
/// found waiting for an agent that has gone, whose silence would be told as an outage.
package struct AnsweredTraffic: Sendable {
    /// Who has waited so long has no answer coming, and has failed by any limit.
    private static let waitNanosecondsMax = 30 * Nanoseconds.second

    private struct Turn: Hashable {
        let conversation: WorkloadValue?
        let number: WorkloadValue
    }

    private var live: LiveTraffic
    /// Questions without an answer, ascending in time.
    private var open: [(turn: Turn, event: WorkloadEvent)] = []

    /// Traffic that nothing was taken of.
    package init(_ live: LiveTraffic) { self.live = live }

    /// The events due before `instant` (ns since 1970 UTC) that no earlier call returned, questions when their answers
    /// are due, or when there is none to come.
    package mutating func events(until instant: Int64) -> [WorkloadEvent] {
        var due: [WorkloadEvent] = []
        for event in live.events(until: instant) {
            if let turn = Self.turn(event, "message.received", author: "user") {
                open.append((turn, event))
                continue
            }
            if let turn = Self.turn(event, "message.sent", author: "agent"),
                let place = open.firstIndex(where: { $0.turn == turn })
            {
                due.append(open.remove(at: place).event)
            }
            due.append(event)
        }
        let late = open.prefix { $0.event.time < instant - Self.waitNanosecondsMax }
        due += late.map(\.event)
        open.removeFirst(late.count)
        return due
    }

    private static func turn(_ event: WorkloadEvent, _ type: String, author: String) -> Turn? {
        guard event.type == type, event.value(of: "author") == .text(author), let number = event.value(of: "turn")
        else { return nil }
        return Turn(conversation: event.value(of: "conversation_id"), number: number)
    }
}
