internal import Glibc

/// Repeats a system call until `count` bytes have moved or the file ends: completes short transfers and retries
/// interruptions.
/// - Parameter step: moves up to `count - done` bytes, given how many are done. Returns the bytes moved (0 at the end),
///   or minus the error number.
/// - Returns: the bytes moved.
func completeTransfer(
    _ operation: StorageError.Operation, path: String, offset: Int, count: Int, step: (_ done: Int) -> Int
) throws(StorageError) -> Int {
    var done = 0
    while done < count {
        let moved = step(done)
        if moved == 0 { break }
        if moved > 0 {
            done += moved
        } else if moved != -Int(EINTR) {
            throw StorageError(operation, path: path, offset: offset + done, code: Int32(-moved))
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
