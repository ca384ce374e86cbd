package import AlertRules
import Bytes
import Hashing
package import OperatorLogs
package import Platform
import RuleFiles
import Synchronization

/// Files of rules, looked at again now and then, and when somebody asks.
package final class RuleFileWatch: Sendable {
    /// How the files stand.
    package struct Standing: Hashable, Sendable {
        /// Why they are not taken as they are now, so that the rules before go on; nil: the rules are theirs.
        package var failure: String?
        /// When rules were read last of which nothing was wrong: ns since 1970 UTC.
        package var takenAt: Int64

        /// Rules that were taken.
        package init(takenAt: Int64) { self.takenAt = takenAt }
    }

    /// What a look at a file came to.
    private enum Look: Hashable {
        /// The hash of its bytes.
        case read(Hash128)
        case failed(String)
    }

    private struct Known {
        var looks: [Look]
        /// On the monotonic clock, ns.
        var lookedAt: Int64
        var standing: Standing
    }

    private let paths: [String]
    private let options: RuleOptions
    private let fileSystem: any FileSystem
    private let clock: any Clock
    private let known: Mutex<Known>

    /// ns between two looks.
    private static let pause = 15 * Nanoseconds.second

    /// Of files whose rules were read just now.
    /// - Parameter options: of the rules that are read.
    package init(_ paths: [String], in fileSystem: any FileSystem, _ options: RuleOptions, clock: any Clock) {
        (self.paths, self.options, self.fileSystem, self.clock) = (paths, options, fileSystem, clock)
        known = Mutex(
            Known(
                looks: paths.map { Self.look(at: $0, in: fileSystem).look },
                lookedAt: clock.monotonicNanoseconds(),
                standing: Standing(takenAt: clock.wallNanoseconds())))
    }

    /// How the files stood at the last look.
    package var standing: Standing { known.withLock { $0.standing } }

    /// Whether it is time to look again.
    var isDue: Bool { known.withLock { clock.monotonicNanoseconds() - $0.lookedAt >= Self.pause } }

    // tests: looks are made one by one, without a ticker.
    /// The rules where a file is otherwise than at the last look; nil: none is, or it is too soon to look.
    /// - Parameter isAsked: they are read in any case.
    /// - Throws: what is wrong with a file, once for each change, and whenever it is asked for.
    package func changed(isAsked: Bool = false) throws -> RuleSet? {
        let now = clock.monotonicNanoseconds()
        let before = known.withLock { known -> [Look]? in
            guard isAsked || now - known.lookedAt >= Self.pause else { return nil }
            known.lookedAt = now
            return known.looks
        }
        guard let before else { return nil }
        let found = paths.map { Self.look(at: $0, in: fileSystem) }
        let looks = found.map(\.look)
        guard isAsked || looks != before else { return nil }
        known.withLock { $0.looks = looks }
        do {
            let files = try zip(paths, found).map { path, found in
                try RuleFile(try found.content.get(), name: path)
            }
            known.withLock { $0.standing = Standing(takenAt: clock.wallNanoseconds()) }
            return RuleSet(files, options)
        } catch {
            known.withLock { $0.standing.failure = "\(error)" }
            throw error
        }
    }

    private static func look(
        at path: String, in fileSystem: any FileSystem
    ) -> (look: Look, content: Result<[UInt8], any Error>) {
        let content = Result { try fileSystem.ruleFile(at: path) }
        switch content {
        case .success(let bytes): return (.read(xxh3Wide(bytes)), content)
        case .failure(let error): return (.failed("\(error)"), content)
        }
    }
}

extension RuleManager {
    /// Takes what files of rules say where that is new, and tells the log what became of it, whoever asked. Blocking;
    /// on the thread on which evaluations are stepped.
    /// - Parameter isAsked: what they say is taken in any case.
    /// - Returns: how many rules there are from now on, in words, and on lines of their own what these are warned of;
    ///   nil: those before go on.
    /// - Throws: as ``RuleFileWatch/changed(isAsked:)``; the rules before go on.
    package func takeChanges(of files: RuleFileWatch, isAsked: Bool, telling log: OperatorLog) throws -> String? {
        let occasion = "rules: files \(isAsked ? "were read again" : "have changed")"
        do {
            guard let set = try files.changed(isAsked: isAsked) else { return nil }
            replace(by: set)
            let count = set.files.reduce(0) { $0 + $1.ruleCount }
            // Files that were emptied by mistake are right all the same.
            let words =
                switch count {
                case 0: "0 rules from now on: the files hold none, so that no alert fires"
                case 1: "1 rule from now on"
                default: "\(count) rules from now on"
                }
            if count == 0 { log.warning("\(occasion), \(words)") } else { log.notice("\(occasion), \(words)") }
            let warnings = set.firstWarnings
            for warning in warnings { log.warning("rules: \(warning.place): \(warning.reason)") }
            return ([words] + warnings.map(\.description)).joined(separator: "\n")
        } catch {
            log.error("\(occasion) and are not taken, the rules before go on: \(error)")
            throw error
        }
    }
}
