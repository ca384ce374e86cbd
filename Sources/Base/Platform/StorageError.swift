/// What the operating system says when an operation on files fails: what was tried, where, why, and what to do.
package struct StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The operation that failed; the raw value is how messages name it.
    package enum Operation: String, Sendable {
        case open, read, write, preallocate, flush, truncate, close, rename, link, remove, list, lock
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
        let reason = SystemErrorText.reason(of: code, isOpening: operation == .open)
        return "cannot \(operation.rawValue) \(path)\(place): \(reason); \(advice)"
    }

    /// The disk, quota or reserve has no room: the state is sound and the operation may be tried again later.
    package var isSpaceExhausted: Bool { SystemErrorText.isSpaceExhausted(code) }

    /// The machine is short of something that others give back, open files or memory, or the call was interrupted:
    /// nothing is wrong with the file.
    package var isScarcity: Bool { !isLocked && SystemErrorText.isScarce(code) }

    /// What cannot be read is this file, or this place of it, whatever else can be.
    package var isOfPlace: Bool {
        operation == .read && SystemErrorText.isOfMedium(code) || operation == .open && isMissing || isNoFile
    }

    /// What has the file's name is none: a directory, a pipe, a socket, a device.
    package var isNoFile: Bool { operation == .open && SystemErrorText.isNoFile(code) }

    /// The file or directory is not there.
    package var isMissing: Bool { SystemErrorText.isMissing(code) }

    /// This user may not do it.
    package var isDenied: Bool { SystemErrorText.isDenied(code) }

    /// Another process holds the lock.
    package var isLocked: Bool { operation == .lock && SystemErrorText.isBusy(code) }

    /// The file gets no second name there, whoever asks: the name is on another volume, or on one that keeps none.
    package var hasNoSecondName: Bool { operation == .link && SystemErrorText.isOfSecondNames(code) }

    /// What to do about it, as a clause.
    package var advice: String {
        isLocked
            ? "another process uses this directory: stop it, or choose another directory"
            : SystemErrorText.advice(for: code, isOpening: operation == .open)
    }
}
