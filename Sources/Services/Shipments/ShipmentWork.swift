package import EventStores
package import Intakes
package import OperatorLogs
package import Platform
package import Shipping

/// Runs one ``Shipper`` on a thread of its own as long as the server runs, and keeps a copy of how far it got. A slow
/// or absent destination holds nothing up but itself, and where events wait for the disk it lets them go first.
package struct ShipmentWork: BackgroundWork {
    private let shipper: Shipper
    private let thread: ThreadPool
    private let committer: GroupCommitter<IngestBatch, AppendResult>
    /// Nothing is shipped any more once the store has failed.
    package let health: ServerHealth
    private let log: OperatorLog

    /// - Parameter thread: one, of the shipper's own.
    package init(
        shipper: Shipper, thread: ThreadPool, committer: GroupCommitter<IngestBatch, AppendResult>,
        health: ServerHealth, log: OperatorLog
    ) {
        (self.shipper, self.thread, self.committer) = (shipper, thread, committer)
        (self.health, self.log) = (health, log)
    }

    /// One transaction, and the pause after it.
    package func step() async throws {
        // What came in waits for its flush first, for a while: catching up has time.
        for _ in 0..<Self.waitsMax where committer.waitingCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
        let step = try await withTaskCancellationHandler {
            try await thread.run { [shipper] in try shipper.step() }
        } onCancel: {
            shipper.stop()
        }
        if let complaint = step.complaint { log.warning("\(shipper.destination): \(complaint)") }
        if let mark = step.mark { await keep(mark, step.receivedTime) }
        if step.pauseMilliseconds > 0 { try await Task.sleep(for: .milliseconds(step.pauseMilliseconds)) }
    }

    private static let waitsMax = 20

    /// After a pause it goes on.
    package func failed(_ error: any Error) async {
        if !health.damage.met(error, by: "shipping to \(shipper.destination)") {
            log.error("\(shipper.destination): \(error)")
        }
        try? await Task.sleep(for: .seconds(5))
    }

    /// A copy that could not be kept is made good by the next one: the destination knows better in any case.
    private func keep(_ mark: ShippingMark, _ receivedTime: Int64) async {
        let mark = DeliveryMark(
            destination: shipper.destination, position: mark.position, receivedTime: receivedTime)
        do {
            _ = try await committer.commit(IngestBatch(marks: [mark]), weight: 1)
        } catch {
            guard !StoreFailure.isOfAll(error) else { return }
            log.warning("\(shipper.destination): how far it got could not be noted: \(error)")
        }
    }
}
