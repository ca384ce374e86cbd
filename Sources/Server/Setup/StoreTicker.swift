import EventStores
import Logging
import NIOPosix
import ServiceLifecycle

/// Gives the store its second hand: sealing, passed deadlines, idle marks. Ends with the server.
struct StoreTicker: Service {
    let store: any ServedStore
    let thread: NIOThreadPool
    let health: ServerHealth
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled, !health.isStorageFailed {
                do {
                    try await Task.sleep(for: .seconds(1))
                    try await thread.runIfActive { try store.tick() }
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
