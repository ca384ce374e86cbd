import Bytes
package import Clients
import Domain
import Intakes
package import Platform
package import Workload

/// The server took none of a batch.
struct DemoRefusal: Error, Sendable, CustomStringConvertible {
    var status: Int
    var text: String

    var description: String { "the server refused a batch with status \(status): \(text)" }
}

/// Posts simulated traffic to a server as an emitter would: batches of newline-delimited CloudEvents over HTTP, sent
/// again when it is told to wait.
package struct DemoTraffic {
    /// Events of one request.
    private static let batchEvents = 500

    /// What a stretch of traffic came to.
    package struct Total: Sendable {
        /// Events that were new to the store.
        package var accepted = 0
        /// Events that were there already.
        package var duplicates = 0
        /// Events that were refused.
        package var rejected = 0
    }

    private let client: ServerClient
    private let clock: any Clock

    /// Sends over a connection that the caller closes.
    package init(client: ServerClient, clock: any Clock) {
        self.client = client
        self.clock = clock
    }

    /// Posts whole days and says how many of their `eventCount` events were sent.
    /// - Returns: what the server took.
    package func post(_ days: DemoDays, eventCount: Int, _ progress: inout ProgressLine) async throws -> Total {
        var events = days.events()
        var total = Total()
        var body: [UInt8] = []
        var count = 0
        while let event = events.next() {
            event.render(into: &body)
            count += 1
            if count % Self.batchEvents == 0 {
                try await post(&body, &total)
                progress.update(done: count, total: eventCount, count: count, unit: "of \(eventCount) events sent")
            }
        }
        try await post(&body, &total)
        progress.clear()
        return total
    }

    /// Live traffic at real speed until the task is cancelled.
    /// - Parameter badHours: when models are to be slow and failing.
    package func postLive(users: Int, messagesPerSecond: Double, seed: UInt64, badHours: [BadHour]) async throws {
        let now = clock.wallNanoseconds()
        let configuration = WorkloadConfiguration(
            seed: seed, start: now, users: users, badHours: badHours, includesPrices: false)
        var live = AnsweredTraffic(
            SupportTraffic(configuration)
                .live(from: now, messagesPerSecond: messagesPerSecond, leadInNanoseconds: 2 * Nanoseconds.minute))
        var total = Total()
        while !Task.isCancelled {
            var body: [UInt8] = []
            for event in live.events(until: clock.wallNanoseconds()) { event.render(into: &body) }
            try await post(&body, &total)
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func post(_ body: inout [UInt8], _ total: inout Total) async throws {
        guard !body.isEmpty else { return }
        var pause = BusyPause()
        while true {
            let answer = try await client.send(
                "POST", "/v1/events", headers: [("Content-Type", "application/x-ndjson")], body: body)
            if answer.status == 429 || answer.status == 503 {
                try await Task.sleep(for: pause.next(wanted: answer.retryAfterSeconds))
                continue
            }
            guard answer.status == 200, let verdict = IngestAnswer(parsing: answer.body) else {
                throw DemoRefusal(status: answer.status, text: answer.refusal)
            }
            total.accepted += verdict.accepted
            total.duplicates += verdict.duplicates
            total.rejected += verdict.rejectedCount
            break
        }
        body.removeAll(keepingCapacity: true)
    }
}
