package import Intakes
package import OperatorLogs
package import Platform

/// Runs one ``AlertSender`` on a thread of its own as long as the server runs. A slow or absent destination holds
/// nothing up but itself.
package struct AlertDelivery: BackgroundWork {
    private let sender: AlertSender
    private let thread: ThreadPool
    /// Ends with the server.
    package let health: ServerHealth
    private let log: OperatorLog

    /// - Parameter thread: one, of the sender's own.
    package init(sender: AlertSender, thread: ThreadPool, health: ServerHealth, log: OperatorLog) {
        (self.sender, self.thread, self.health, self.log) = (sender, thread, health, log)
    }

    /// One request, and the pause after it.
    package func step() async throws {
        let step = try await thread.run { [sender] in sender.step() }
        if let complaint = step.complaint { log.warning("\(sender.destination): \(complaint)") }
        if step.pauseMilliseconds > 0 { try await Task.sleep(for: .milliseconds(step.pauseMilliseconds)) }
    }

    /// Only the wait can fail.
    package func failed(_ error: any Error) {}
}
