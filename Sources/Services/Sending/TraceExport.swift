import EventStores
import Exporting
import Logging
import NIOPosix

/// Runs one ``TraceSender`` on a thread of its own as long as the server runs, and has its marks written. A slow or absent destination
/// holds nothing up but itself.
struct TraceExport: BackgroundWork {
    let sender: TraceSender
    let thread: NIOThreadPool
    let committer: GroupCommitter<IngestBatch, AppendResult>
    let health: ServerHealth
    let logger: Logger

    func begin() async { await commit(sender.firstMark) }

    func step() async throws {
        let step = try await thread.runIfActive { [sender] in try sender.step() }
        if let complaint = step.complaint { logger.warning("\(sender.destination): \(complaint)") }
        if let mark = step.mark { await commit(mark) }
        if step.pauseMilliseconds > 0 { try await Task.sleep(for: .milliseconds(step.pauseMilliseconds)) }
    }

    func failed(_ error: any Error) async {
        logger.error("\(sender.destination): \(error)")
        try? await Task.sleep(for: .seconds(5))
    }

    /// A mark that could not be written is made good by the next one; a start from the one before sends the same spans again.
    private func commit(_ mark: DeliveryMark) async {
        do {
            _ = try await committer.commit(IngestBatch(marks: [mark]), weight: 1)
        } catch {
            logger.warning("\(sender.destination): how far it got could not be noted: \(error)")
        }
    }
}
