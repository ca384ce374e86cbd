internal import Glibc
internal import Synchronization

/// A handle on a file of a ``SimulatedFileSystem``; void after a crash.
final class SimulatedFile: File {
    let path: String
    private let node: Int
    private let life: Int
    private let isWritable: Bool
    private let system: SimulatedFileSystem
    private let isClosed = Atomic<Bool>(false)

    init(path: String, node: Int, life: Int, isWritable: Bool, system: SimulatedFileSystem) {
        self.path = path
        self.node = node
        self.life = life
        self.isWritable = isWritable
        self.system = system
    }

    private func perform<Result>(
        _ operation: StorageError.Operation, offset: Int? = nil, changes: Bool = true,
        _ body: (inout SimulatedFileSystem.State, SimulatedFileSystem.Verdict) throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        guard !isClosed.load(ordering: .relaxed), isWritable || !changes else {
            throw StorageError(operation, path: path, offset: offset, code: EBADF)
        }
        return try system.perform(operation, path, offset: offset, life: life, body)
    }

    func lengthBytes() throws(StorageError) -> Int {
        try perform(.examine, changes: false) { state, _ throws(StorageError) in
            state.disk.nodes[node]?.written.count ?? 0
        }
    }

    func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int {
        var done = 0
        while done < span.count {
            let piece = try perform(.read, offset: offset + done, changes: false) {
                state, verdict throws(StorageError) in
                let content = state.disk.nodes[node]?.written ?? []
                let start = min(offset + done, content.count)
                var count = min(span.count - done, content.count - start)
                if case .part = verdict { count = (count + 1) / 2 }
                return content[start..<(start + count)]
            }
            if piece.isEmpty { break }
            // Sound: both buffers live for the closures only, and the piece is no longer than what the span has left.
            unsafe span.withUnsafeMutableBufferPointer { target in
                unsafe piece.withUnsafeBufferPointer { source in
                    guard let from = source.baseAddress, let to = target.baseAddress else { return }
                    unsafe (to + done).update(from: from, count: source.count)
                }
            }
            done += piece.count
        }
        return done
    }

    func nextData(from offset: Int) throws(StorageError) -> Range<Int>? {
        try perform(.examine, changes: false) { state, _ throws(StorageError) in
            state.disk.nodes[node]?.nextData(from: offset)
        }
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError) {
        // Sound: copied while the span lives.
        let all = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
        var done = 0
        while done < all.count {
            done += try perform(.write, offset: offset + done) { state, verdict throws(StorageError) in
                var count = all.count - done
                if case .part = verdict { count = (count + 1) / 2 }
                guard state.hasRoom(for: offset + done + count, in: node) else {
                    throw StorageError(.write, path: path, offset: offset + done, code: ENOSPC)
                }
                state.disk.withNode(node) {
                    $0.record(.write(offset: offset + done, bytes: Array(all[done..<(done + count)])))
                }
                state.counts.writtenBytes += count
                return count
            }
        }
    }

    func preallocate(bytes: Int) throws(StorageError) {
        try perform(.preallocate) { state, _ throws(StorageError) in
            guard state.hasRoom(for: bytes, in: node) else {
                throw StorageError(.preallocate, path: path, code: ENOSPC)
            }
            state.disk.withNode(node) { if bytes > $0.written.count { $0.record(.resize(bytes)) } }
        }
    }

    func flush() throws(StorageError) {
        try perform(.flush, changes: false) { state, verdict throws(StorageError) in
            switch verdict {
            case .pretend:
                break
            case .lose:
                state.disk.withNode(node) { $0.loseChanges() }
            case .proceed, .part:
                state.disk.withNode(node) { $0.flush() }
                state.counts.flushes += 1
                state.flushes[parentDirectory(of: path), default: 0] += 1
            }
        }
    }

    func truncate(toBytes length: Int) throws(StorageError) {
        try perform(.truncate) { state, _ throws(StorageError) in
            guard state.hasRoom(for: length, in: node) else { throw StorageError(.truncate, path: path, code: ENOSPC) }
            state.disk.withNode(node) { $0.record(.resize(length)) }
        }
    }

    deinit { close() }

    func close() {
        if !isClosed.exchange(true, ordering: .relaxed) { system.closed(life: life) }
    }
}

/// The lock of a ``SimulatedFileSystem``.
final class SimulatedFileLock: FileLock {
    private let path: String
    private let life: Int
    private let system: SimulatedFileSystem

    init(path: String, life: Int, system: SimulatedFileSystem) {
        self.path = path
        self.life = life
        self.system = system
    }

    deinit { release() }

    func release() { system.unlock(path, life: life) }
}
