import Intakes

/// Notes every ten seconds what was refused by then.
struct RefusalWatch: BackgroundWork {
    let routes: Routes
    var health: ServerHealth { routes.health }

    func step() async throws {
        try await Task.sleep(for: .seconds(10))
        routes.noteRefusals()
    }

    /// Only the wait can fail.
    func failed(_ error: any Error) {}
}
