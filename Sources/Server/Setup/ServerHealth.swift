import Synchronization

/// Whether the server takes events, and why not.
final class ServerHealth: Sendable {
    private let failure = Mutex<String?>(nil)
    private let isStopping = Atomic<Bool>(false)

    var isStorageFailed: Bool { failure.withLock { $0 != nil } }

    /// nil: ready.
    var objection: String? {
        if let failure = failure.withLock({ $0 }) { return "storage failed: \(failure)" }
        return isStopping.load(ordering: .relaxed) ? "stopping" : nil
    }

    /// Notes what the store threw, unless it passes by itself. The first failure stays.
    func storeThrew(_ error: any Error) {
        guard !StoreFailure.isPassing(error) else { return }
        failure.withLock { $0 = $0 ?? "\(error)" }
    }

    func beginStopping() { isStopping.store(true, ordering: .relaxed) }
}
