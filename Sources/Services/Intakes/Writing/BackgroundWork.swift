import ServiceLifecycle

/// Work that goes on beside the front for as long as the server runs.
protocol BackgroundWork: Service {
    var health: ServerHealth { get }

    /// Before the first step.
    func begin() async
    /// Does what there is to do, and waits until there may be more.
    /// - Throws: `CancellationError` where the server stops meanwhile.
    func step() async throws
    /// A step threw; the next one follows.
    func failed(_ error: any Error) async
}

extension BackgroundWork {
    func begin() async {}

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await begin()
            while !Task.isCancelled, !health.isStorageFailed {
                do {
                    try await step()
                } catch is CancellationError {
                    return
                } catch {
                    await failed(error)
                }
            }
            // The front ends as soon as one of its services does: this one waits for the stop.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
        }
    }
}
