package import Bytes

/// What the operating system says when an operation on files fails: what was tried, where, why, and what to do.
package struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The operation that failed; the raw value is how messages name it.
    package enum Operation: String, Sendable {
        case open, read, write, preallocate, flush, truncate, close, rename, remove, list, lock
        case createDirectory = "create directory"
        case flushDirectory = "flush directory"
        case examine
    }

    package var operation: Operation
    package var path: String
    /// Where in the file, for reads and writes.
    package var offset: Int?
    /// The system's error number, such as `ENOSPC`.
    package var code: Int32

    package init(_ operation: Operation, path: String, offset: Int? = nil, code: Int32) {
        self.operation = operation
        self.path = path
        self.offset = offset
        self.code = code
    }

    package var description: String {
        let place = offset.map { " at offset \($0)" } ?? ""
        return "cannot \(operation.rawValue) \(path)\(place): \(SystemErrorText.reason(of: code)); \(advice)"
    }

    /// The disk, quota or reserve has no room: the state is sound and the operation may be tried again later.
    package var isSpaceExhausted: Bool { SystemErrorText.isSpaceExhausted(code) }

    /// The machine is short of something that others give back, open files or memory, or the call was interrupted:
    /// nothing is wrong with the file.
    package var isScarcity: Bool { !isLocked && SystemErrorText.isScarce(code) }

    /// What cannot be read is this file, or this place of it, whatever else can be.
    package var isOfPlace: Bool {
        operation == .read && SystemErrorText.isOfMedium(code) || operation == .open && isMissing
    }

    /// The file or directory is not there.
    package var isMissing: Bool { SystemErrorText.isMissing(code) }

    /// This user may not do it.
    package var isDenied: Bool { SystemErrorText.isDenied(code) }

    /// Another process holds the lock.
    package var isLocked: Bool { operation == .lock && SystemErrorText.isBusy(code) }

    /// What to do about it, as a clause.
    package var advice: String {
        isLocked
            ? "another process uses this directory: stop it, or choose another directory"
            : SystemErrorText.advice(for: code)
    }
}

/// Bytes that we wrote once and that are not what we wrote: names the file, the place and what should stand there.
package struct CorruptionError: Error, Equatable, Sendable, CustomStringConvertible {
    package var file: String
    package var offset: Int
    package var expectation: String

    package init(file: String, offset: Int, expectation: String) {
        self.file = file
        self.offset = offset
        self.expectation = expectation
    }

    package var description: String { "\(file) is damaged at offset \(offset): expected \(expectation)" }
}

/// A file that is whole and in a form that this version of the program does not know: a newer one wrote it.
package struct NewerFormatError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path of the file.
    package var file: String
    /// What this version knows, and what it found.
    package var expectation: String

    /// Of a file, and of what it was expected to be.
    package init(file: String, expectation: String) {
        self.file = file
        self.expectation = expectation
    }

    package var description: String {
        "a newer version of plimsoll wrote \(file): expected \(expectation); "
            + "use the version that wrote it, or a later one"
    }
}

extension DecodingError {
    /// What it means for the file that the bytes are of.
    /// - Parameter start: where in the file they begin.
    package func of(_ file: String, at start: Int = 0) -> any Error {
        isOfNewerForm
            ? NewerFormatError(file: file, expectation: expectation)
            : CorruptionError(file: file, offset: start + offset, expectation: expectation)
    }
}
