import EventStores
import Logging
import NIOPosix
import ServiceLifecycle

/// Gives the store its second hand: traces that settle, sealing, passed deadlines, idle marks. Ends with the server.
struct StoreTicker: Service {
    let store: any ServedStore
    let settlement: TraceSettlement
    let thread: NIOThreadPool
    let health: ServerHealth
    let logger: Logger

    /// Traces that cannot be settled stay due and stop nobody else's events; what concerns the disk ``store`` tells by itself.
    private func settle() {
        do {
            try settlement.tick()
        } catch {
            logger.error("traces could not be settled and wait: \(error)")
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled, !health.isStorageFailed {
                do {
                    try await Task.sleep(for: .seconds(1))
                    try await thread.runIfActive {
                        settle()
                        try store.tick()
                    }
                    if health.isFull { health.note(freeBytes: store.status.freeBytes) }
                } catch is CancellationError {
                    return
                } catch {
                    health.storeThrew(error, freeBytes: store.status.freeBytes)
                }
            }
            // The front ends as soon as one of its services does: this one waits for the stop.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
        }
    }
}
