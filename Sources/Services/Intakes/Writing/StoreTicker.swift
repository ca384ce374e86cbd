package import Platform

/// Gives the store its second hand: sealing, passed deadlines, idle marks. Ends with the server.
package struct StoreTicker: BackgroundWork {
    private let store: any IntakeStore
    private let thread: ThreadPool
    /// Told of what the store throws.
    package let health: ServerHealth

    /// - Parameter thread: the one that changes the store.
    package init(store: any IntakeStore, thread: ThreadPool, health: ServerHealth) {
        self.store = store
        self.thread = thread
        self.health = health
    }

    /// One second.
    package func step() async throws {
        try await Task.sleep(for: .seconds(1))
        try await thread.run { try store.tick() }
        health.note(troubles: store.troubles)
        health.note(drop: store.lastDrop)
        // What asks the disk may wait for it.
        if health.isFull {
            let isWaiting = store.isTailFull || store.isBudgetSpent
            health.note(freeBytes: try await thread.run { store.freeBytes }, takesNothing: isWaiting)
        }
    }

    /// Whether that was the end, the health says.
    package func failed(_ error: any Error) async {
        // Told without the room where the server stops meanwhile.
        let freeBytes = try? await thread.run { store.freeBytes }
        health.storeThrew(error, freeBytes: freeBytes)
    }
}
