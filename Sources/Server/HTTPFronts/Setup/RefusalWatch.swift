import Intakes
import Platform

/// Notes every ten seconds what was refused by then.
struct RefusalWatch: BackgroundWork {
    let routes: Routes
    /// The store may keep whoever asks for its status waiting, as long as a disk does not answer.
    let thread: ThreadPool
    var health: ServerHealth { routes.health }

    func step() async throws {
        try await Task.sleep(for: .seconds(10))
        try await thread.run { [routes] in routes.noteRefusals() }
    }

    /// Only the wait can fail, or the thread at the end.
    func failed(_ error: any Error) {}
}
