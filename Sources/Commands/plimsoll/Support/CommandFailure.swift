import Asking
import Clients
import Domain
import EventStores
import ParquetFiles
import Plans
import Platform
import Reports
import SQLText
import Transfers

/// Why a command ends early: what, where, what to do, and the exit status that goes with it.
struct CommandFailure: Error {
    var status: ExitStatus
    var message: String
    var advice: String?

    init(_ status: ExitStatus, _ message: String, advice: String? = nil) {
        self.status = status
        self.message = message
        self.advice = advice
    }

    /// Finds the exit status for what a library threw. What none of them foresees counts as a failure of storage: data
    /// may be at stake.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as StorageError:
            let isInput = error.isMissing && error.operation == .open
            self.init(isInput ? .badInput : .storageFailed, error.description)
        case let error as CorruptionError:
            self.init(
                .damagedData, error.description,
                advice: error.advice(by: Self.verify))
        case StoreError.logDamaged(let damage):
            self.init(
                .damagedData, "\(error)",
                advice: damage.advice(by: Self.verify)
                    + "; without one `plimsoll set-aside --data DIR` says what would be lost")
        case StoreError.logLost:
            self.init(
                .damagedData, "\(error)",
                advice: "restore the directory from a backup; without one begin with a new directory, to which senders "
                    + "send again: this one has no segment, and its log has lost its beginning")
        case let error as NewerFormatError: self.init(.damagedData, error.description, advice: error.remedy)
        case let error as QueryError: self.init(SQLRefusal(error))
        case let refusal as SQLRefusal: self.init(refusal)
        case let refusal as SeriesRefusal:
            self.init(refusal.kind == .internal ? .damagedData : .badInput, refusal.message)
        case let error as ReportError: self.init(.badInput, error.message, advice: error.hint)
        case let error as ServerRefusal: self.init(.badInput, error.description, advice: error.hint)
        case let error as ParquetRefusal: self.init(.badInput, error.description, advice: error.advice)
        case let error as BackupRefusal: self.init(.badInput, error.reason, advice: error.advice)
        case let error as RestoreRefusal: self.init(.badInput, error.reason, advice: error.advice)
        case let error as ArchiveRefusal: self.init(.storageFailed, error.reason, advice: error.advice)
        // A file that the directory was written with is gone, like any other: no further start brings it back.
        case StoreError.keyMissing: self.init(.damagedData, "\(error)")
        case let error as StoreError where error.isOfRequest: self.init(.badInput, error.description)
        case let error as ImportError: self.init(.badInput, error.description)
        case let error as UnreachableError:
            self.init(
                .notReachable, error.description, advice: error.advice ?? "is `plimsoll serve` running there?")
        case let error as AccessDeniedError:
            self.init(.badInput, error.description, advice: "give a token with PLIMSOLL_TOKEN or --token-file")
        default: self.init(.storageFailed, "\(error)")
        }
    }

    private static let verify = "plimsoll verify --data DIR"

    /// The same whether it was refused here or by a server.
    private init(_ refusal: SQLRefusal) {
        let isDamage = refusal.sqlState == QueryError.Kind.damagedData.sqlState
        self.init(isDamage ? .damagedData : .badInput, refusal.description)
    }
}
