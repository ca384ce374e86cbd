import EventStores
import NIOPosix

/// Gives the store its second hand: sealing, passed deadlines, idle marks. Ends with the server.
struct StoreTicker: BackgroundWork {
    let store: any ServedStore
    let thread: NIOThreadPool
    let health: ServerHealth

    func step() async throws {
        try await Task.sleep(for: .seconds(1))
        try await thread.runIfActive { try store.tick() }
        if health.isFull { health.note(freeBytes: store.status.freeBytes) }
    }

    func failed(_ error: any Error) { health.storeThrew(error, freeBytes: store.status.freeBytes) }
}
