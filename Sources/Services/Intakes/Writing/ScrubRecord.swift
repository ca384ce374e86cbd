package import Exporting
package import Platform
import Synchronization

/// How far the reading of all files once more has come, and what it found, for those who run the server.
package final class ScrubRecord: Sendable {
    private struct State {
        /// nil where nobody reads.
        var sample: ScrubSample?
        /// When the pass under way began, ns since 1970 UTC.
        var passBegan: Int64 = 0
        /// What the last whole pass found, and this one so far.
        var lastFound: Set<String> = []
        var found: Set<String> = []
    }

    /// Of more places than these nobody is told how many they are.
    private static let foundMax = 10_000

    private let state = Mutex(State())
    private let clock: any Clock

    /// Nobody reads at first.
    package init(clock: any Clock) { self.clock = clock }

    /// From now on files are read.
    package func begin() {
        let now = clock.wallNanoseconds()
        state.withLock { state in
            (state.sample, state.passBegan) = (ScrubSample(bytes: 0, findings: 0, readSince: now), now)
        }
    }

    /// Notes what a piece came to.
    /// - Parameters:
    ///   - bytes: that were read.
    ///   - found: what is not as it was written.
    ///   - isEnd: it was the last piece of a pass.
    package func note(bytes: Int, found: [any FileContentError], isEnd: Bool) {
        let now = clock.wallNanoseconds()
        let texts = found.map { "\($0)" }
        state.withLock { state in
            for text in texts where state.found.count < Self.foundMax { state.found.insert(text) }
            state.sample?.bytes += bytes
            if isEnd {
                state.sample?.readSince = state.passBegan
                (state.lastFound, state.found, state.passBegan) = (state.found, [], now)
            }
            state.sample?.findings = state.lastFound.union(state.found).count
        }
    }

    /// As it is now; nil where nobody reads.
    package var sample: ScrubSample? { state.withLock { $0.sample } }
}
