import Alerting
import Dashboarding
import Domain
import OperatorLogs
import Synchronization

/// The dashboards that the server shows: those of the objectives in force, and those of a folder beside them.
final class DashboardShelf: Sendable {
    private struct State {
        /// Of which version of the objectives the program's own ones are.
        var version: Int?
        var own: [Dashboard] = []
        var others: [Dashboard] = []
    }

    private let folder: DashboardFolder?
    private let state = Mutex(State())
    private let isReadingAsked = Atomic<Bool>(false)

    /// - Parameter folder: nil: there are none but the program's own.
    init(_ folder: DashboardFolder?) { self.folder = folder }

    /// Those of a version of the objectives, then those of the folder.
    func dashboards(_ version: ObjectiveVersion) -> [Dashboard] {
        let own = own(version)
        return state.withLock { own + $0.others }
    }

    /// Those of a version of the objectives alone.
    func own(_ version: ObjectiveVersion) -> [Dashboard] {
        let known = state.withLock { $0.version == version.number ? $0.own : nil }
        if let known { return known }
        let own = ObjectiveFiles.dashboards.files(version.set).map { file in
            do throws(DashboardFileError) {
                return try Dashboard(file.bytes)
            } catch {
                preconditionFailure("the program's own dashboard \(file.name) is one: \(error)")
            }
        }
        state.withLock { ($0.version, $0.own) = (version.number, own) }
        return own
    }

    /// Reads the folder, and tells the log what of it is left out. Blocking.
    /// - Parameter own: the program's own, whose addresses are taken.
    /// - Returns: how many there are from now on, in words, and on lines of their own what is left out; nil: there is
    ///   no folder.
    func read(besides own: [Dashboard], telling log: OperatorLog) -> String? {
        guard let folder else { return nil }
        var look = folder.look()
        let taken = Set(own.map(\.uid))
        for (file, dashboard) in look.dashboards where taken.contains(dashboard.uid) {
            look.faults.append("\(file): the program has a dashboard with the uid \(dashboard.uid)")
        }
        let others = look.dashboards.map(\.dashboard).filter { !taken.contains($0.uid) }
        state.withLock { $0.others = others }
        for fault in look.faults { log.warning("dashboards: \(fault); it is left out") }
        let count = others.count == 1 ? "1 dashboard of the folder" : "\(others.count) dashboards of the folder"
        return ([count] + look.faults).joined(separator: "\n")
    }

    /// Has the folder read again soon, on a thread that may wait.
    func askToRead() { if folder != nil { isReadingAsked.store(true, ordering: .relaxed) } }

    /// Whether somebody asked since the last call.
    func takeAsked() -> Bool { isReadingAsked.exchange(false, ordering: .relaxed) }

    /// Whether there is a folder.
    var hasFolder: Bool { folder != nil }
}
