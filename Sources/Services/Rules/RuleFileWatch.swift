package import AlertRules
package import Platform
import Synchronization

/// Files of rules, looked at again now and then.
package final class RuleFileWatch: Sendable {
    private let paths: [String]
    private let read: @Sendable () throws -> RuleSet
    private let look: @Sendable (String) throws -> [UInt8]
    private let clock: any Clock
    private let known: Mutex<(bytes: [[UInt8]], at: Int64)>

    /// ns between two looks.
    private static let pause: Int64 = 15_000_000_000

    /// - Parameter options: of the rules that are read.
    package init(_ paths: [String], in fileSystem: any FileSystem, _ options: RuleOptions, clock: any Clock) throws {
        self.paths = paths
        self.clock = clock
        look = { try fileSystem.contents(of: $0) }
        read = { try RuleSet(paths, in: fileSystem, options) }
        known = Mutex((try paths.map { try fileSystem.contents(of: $0) }, clock.monotonicNanoseconds()))
    }

    /// The rules where a file is otherwise than at the last look; nil: none is, or it is too soon to look.
    /// - Throws: what is wrong with a file, once for each change.
    package func changed() throws -> RuleSet? {
        let now = clock.monotonicNanoseconds()
        let isEarly = known.withLock { known in
            if now - known.at < Self.pause { return true }
            known.at = now
            return false
        }
        if isEarly { return nil }
        let bytes = try paths.map(look)
        let isChanged = known.withLock { known in
            defer { known.bytes = bytes }
            return known.bytes != bytes
        }
        return isChanged ? try read() : nil
    }
}
