import Domain
import Intakes
import OperatorLogs
import Platform

extension PlimsollServer {
    /// The dashboards that pages show.
    func shelf() -> DashboardShelf { DashboardShelf(configuration.dashboards) }
}

/// Reads the folder of dashboards at the start, and when somebody asks for it.
struct DashboardWatch: BackgroundWork {
    let routes: Routes
    let thread: ThreadPool
    let health: ServerHealth
    /// Whether somebody has asked for files to be read again, where nobody else takes it.
    let isReadingAsked: @Sendable () -> Bool

    func begin() async { try? await read() }

    func step() async throws {
        try await Task.sleep(for: .milliseconds(250))
        guard routes.shelf.hasFolder else { return try await Task.sleep(for: .seconds(60)) }
        let isAsked = isReadingAsked()
        if routes.shelf.takeAsked() || isAsked { try await read() }
    }

    private func read() async throws {
        guard routes.shelf.hasFolder else { return }
        try await thread.run { [routes] in
            let shelf = routes.shelf
            _ = shelf.read(besides: shelf.own(routes.store.objectives.current), telling: routes.log)
        }
    }

    /// Only the wait can fail.
    func failed(_ error: any Error) {}
}
