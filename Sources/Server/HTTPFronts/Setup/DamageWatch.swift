import Intakes
import Platform

/// Looks whether what was found damaged has been put back, so that nobody is told of it any longer than it is so.
struct DamageWatch: BackgroundWork {
    let store: any ServedStore
    let thread: ThreadPool
    let health: ServerHealth

    /// Nothing is read where nothing is known to be damaged.
    func step() async throws {
        try await Task.sleep(for: .seconds(2))
        guard health.damage.count > 0 else { return }
        try await thread.run { health.damage.look(store.canUse) }
    }

    /// Only the wait can fail, or the thread at the end.
    func failed(_ error: any Error) {}
}
