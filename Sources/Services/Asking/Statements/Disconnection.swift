import Synchronization

/// Tells the work for a connection that its client has gone, so that nobody computes answers for no one.
package final class Disconnection: Sendable {
    private struct State {
        var isGone = false
        var nextToken = 0
        var actions: [Int: @Sendable () -> Void] = [:]
    }

    /// Of the connection whose request the current task answers; nil for requests that are quick anyway.
    @TaskLocal package static var current: Disconnection?

    private let state = Mutex(State())

    /// The client is there.
    package init() {}

    /// Whether the client has gone.
    package var isGone: Bool { state.withLock { $0.isGone } }

    /// Calls the action once the client goes, at once if it has gone.
    /// - Returns: what ``forget(_:)`` takes back.
    func onDisconnect(_ action: @escaping @Sendable () -> Void) -> Int {
        let (token, isGone) = state.withLock { state in
            state.nextToken += 1
            if !state.isGone { state.actions[state.nextToken] = action }
            return (state.nextToken, state.isGone)
        }
        if isGone { action() }
        return token
    }

    func forget(_ token: Int) { state.withLock { $0.actions[token] = nil } }

    /// The client has gone.
    package func disconnect() {
        let actions = state.withLock { state in
            defer { state.actions = [:] }
            state.isGone = true
            return state.actions.sorted { $0.key < $1.key }.map(\.value)
        }
        for action in actions { action() }
    }
}
