internal import Glibc
internal import Synchronization

/// A file descriptor of the system.
final class POSIXFile: File {
    let path: String
    /// −1 once closed.
    private let descriptor: Atomic<Int32>

    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = Atomic(descriptor)
    }

    deinit { close() }

    private var open: Int32 { descriptor.load(ordering: .acquiring) }

    func lengthBytes() throws(StorageError) -> Int { Int(try status().st_size) }

    private func status() throws(StorageError) -> stat {
        var status = stat()
        // Sound: `status` is a whole `stat` that outlives the call.
        _ = try retryingInterruptions(.examine, path: path) { unsafe fstat(open, &status) }
        return status
    }

    /// - Throws: where it is none that keeps bytes: a directory, a pipe, a device; as a socket does when it is opened.
    func checkIsFile() throws(StorageError) {
        let kind = try status().st_mode & S_IFMT
        guard kind != S_IFREG else { return }
        throw StorageError(.open, path: path, code: kind == S_IFDIR ? EISDIR : ENXIO)
    }

    func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int {
        let count = span.count
        return try completeTransfer(.read, path: path, offset: offset, count: count) { done in
            // Sound: the pointer is used inside the closure only, and `done < count` keeps the range inside the span.
            unsafe span.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return 0 }
                var moved = unsafe pread(open, base + done, count - done, off_t(offset + done))
                // A pipe has no places: what comes next is read.
                if moved < 0, errno == ESPIPE { moved = unsafe Glibc.read(open, base + done, count - done) }
                return moved < 0 ? -Int(errno) : moved
            }
        }
    }

    /// By the volume's own book of holes; one that keeps none has all of the file for data. That a descriptor has a
    /// place, which this moves, matters to nobody: whoever reads or writes names his own.
    func nextData(from offset: Int) throws(StorageError) -> Range<Int>? {
        let start = lseek(open, off_t(offset), Self.toData)
        // There is no data from there on, or no file.
        if start < 0, errno == ENXIO { return nil }
        let place = start < 0 ? offset : Int(start)
        let hole = start < 0 ? -1 : lseek(open, start, Self.toHole)
        let end = try hole < 0 ? lengthBytes() : Int(hole)
        return place < end ? place..<end : nil
    }

    /// `SEEK_DATA` of Linux, which the library hides.
    private static let toData: Int32 = 3
    /// `SEEK_HOLE`, likewise.
    private static let toHole: Int32 = 4

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError) {
        let count = bytes.count
        let done = try completeTransfer(.write, path: path, offset: offset, count: count) { done in
            // Sound: the pointer is used inside the closure only, and `done < count` keeps the range inside the span.
            unsafe bytes.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return 0 }
                let moved = unsafe pwrite(open, base + done, count - done, off_t(offset + done))
                return moved < 0 ? -Int(errno) : moved
            }
        }
        // A write that moves nothing and reports nothing has met a limit that the system keeps to itself.
        guard done == count else { throw StorageError(.write, path: path, offset: offset + done, code: EIO) }
    }

    func preallocate(bytes: Int) throws(StorageError) {
        let length = try lengthBytes()
        guard bytes > length else { return }
        // Reserves blocks; on a volume that cannot, the library touches every block instead. Answers the error number
        // itself.
        var code = EINTR
        while code == EINTR { code = posix_fallocate(open, off_t(length), off_t(bytes - length)) }
        guard code == 0 else { throw StorageError(.preallocate, path: path, offset: length, code: code) }
    }

    func flush() throws(StorageError) {
        // Not retried on any error but an interruption: the system may have dropped the pages that failed.
        _ = try retryingInterruptions(.flush, path: path) { fdatasync(open) }
    }

    func truncate(toBytes length: Int) throws(StorageError) {
        _ = try retryingInterruptions(.truncate, path: path) { ftruncate(open, off_t(length)) }
    }

    func close() {
        let closing = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        // Never repeated, not even when interrupted: the descriptor is free either way.
        if closing >= 0 { _ = Glibc.close(closing) }
    }
}
