import EventStores
import Exporting
import Logging
import NIOPosix
import ServiceLifecycle

/// Runs one ``TraceSender`` on a thread of its own as long as the server runs, and has its marks written. A slow or absent destination
/// holds nothing up but itself.
struct TraceExport: Service {
    let sender: TraceSender
    let thread: NIOThreadPool
    let committer: GroupCommitter<IngestBatch, AppendResult>
    let health: ServerHealth
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await commit(sender.firstMark)
            while !Task.isCancelled, !health.isStorageFailed {
                do {
                    let step = try await thread.runIfActive { [sender] in try sender.step() }
                    if let complaint = step.complaint { logger.warning("\(sender.destination): \(complaint)") }
                    if let mark = step.mark { await commit(mark) }
                    if step.pauseMilliseconds > 0 { try await Task.sleep(for: .milliseconds(step.pauseMilliseconds)) }
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("\(sender.destination): \(error)")
                    try? await Task.sleep(for: .seconds(5))
                }
            }
            // The front ends as soon as one of its services does: this one waits for the stop.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
        }
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
