internal import Glibc

/// Repeats a system call until `count` bytes have moved or the file ends: completes short transfers and retries
/// interruptions.
/// - Parameter readiness: what a transfer waits for where it would have to wait (`O_NONBLOCK`); without it that is a
///   failure.
/// - Parameter step: moves up to `count - done` bytes, given how many are done. Returns the bytes moved (0 at the end),
///   or minus the error number.
/// - Returns: the bytes moved.
func completeTransfer(
    _ operation: StorageError.Operation, path: String, offset: Int, count: Int, readiness: Readiness? = nil,
    step: (_ done: Int) -> Int
) throws(StorageError) -> Int {
    var done = 0
    while done < count {
        let moved = step(done)
        if moved == 0 { break }
        if moved > 0 {
            done += moved
        } else if moved != -Int(EINTR) {
            let code = Int32(-moved)
            guard let readiness, Readiness.isMissing(code) else {
                throw StorageError(operation, path: path, offset: offset + done, code: code)
            }
            try readiness.wait(operation, path: path)
        }
    }
    return done
}

/// Repeats a call that answers −1 on failure while it is interrupted.
/// - Returns: the call's answer.
func retryingInterruptions(
    _ operation: StorageError.Operation, path: String, _ call: () -> Int32
) throws(StorageError) -> Int32 {
    while true {
        let answer = call()
        if answer >= 0 { return answer }
        let code = errno
        if code != EINTR { throw StorageError(operation, path: path, code: code) }
    }
}

/// Waits until a descriptor takes or gives bytes. That nobody waits in its calls (`O_NONBLOCK`) is said of what was
/// opened, not of a process: whoever else holds it may say so for all.
struct Readiness {
    private let descriptor: Int32
    private let event: Int16

    /// Until it takes bytes.
    static func toWrite(_ descriptor: Int32) -> Readiness { Readiness(descriptor: descriptor, event: Int16(POLLOUT)) }
    /// Until it has bytes or is at its end.
    static func toRead(_ descriptor: Int32) -> Readiness { Readiness(descriptor: descriptor, event: Int16(POLLIN)) }

    /// Whether a call failed for this alone.
    static func isMissing(_ code: Int32) -> Bool { code == EAGAIN || code == EWOULDBLOCK }

    /// For as long as it takes. A descriptor that fails or hangs up ends it too: the next call on it says how.
    func wait(_ operation: StorageError.Operation, path: String) throws(StorageError) {
        var entry = pollfd(fd: descriptor, events: event, revents: 0)
        // Sound: one whole entry that outlives the call.
        _ = try retryingInterruptions(operation, path: path) { unsafe poll(&entry, 1, -1) }
    }

    /// Whether there is nothing to wait for.
    var isThere: Bool {
        var entry = pollfd(fd: descriptor, events: event, revents: 0)
        // Sound: one whole entry that outlives the call.
        let count = unsafe poll(&entry, 1, 0)
        return count == 1 && entry.revents & event != 0
    }
}
