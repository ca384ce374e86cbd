/// Work that goes on beside the fronts for as long as the server runs.
package protocol BackgroundWork: Sendable {
    /// Work ends with the store that it is for.
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
    /// Nothing.
    package func begin() async {}

    /// Goes on until the task is cancelled or the store has failed.
    package func work() async {
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
    }
}
