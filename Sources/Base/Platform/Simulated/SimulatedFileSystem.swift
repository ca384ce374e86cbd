internal import Glibc
internal import Synchronization

// tests: simulations replay the machine from a seed.
/// A volume in memory that can lose power, fill up, fail at the n-th call, and decay. All chance comes from the seed.
package final class SimulatedFileSystem: FileSystem {
    /// What ends.
    package enum Crash: Sendable {
        /// The machine: of what was not flushed, any legal part survives.
        case power
        /// The process alone: the system keeps what was written and may lose it at a later power cut.
        case process
    }

    struct State {
        var disk = SimulatedDisk()
        var generator: SeededGenerator
        var quotaBytes: Int
        var faults: [SimulatedFault] = []
        var counts = SimulatedCallCounts()
        var locks: Set<String> = []
        /// Handles and locks of an earlier life are void.
        var life = 0
        var isOff = false
        /// Calls are neither counted nor hit.
        var isSpared = false
        /// Flushes of files that did their work, by directory.
        var flushes: [String: Int] = [:]
        /// Files of this life whose flush has failed with `EIO`.
        var failedFlushes: Set<String> = []
        /// Handles of this life that are open, and how many may be.
        var openFiles = 0
        var openFilesPeak = 0
        var openFilesMax = Int.max
        var scarcityCode = EMFILE
    }

    private let state: Mutex<State>
    private let clock: SimulatedClock?

    package init(seed: UInt64 = 0, quotaBytes: Int = .max) {
        state = Mutex(State(generator: SeededGenerator(seed: seed), quotaBytes: quotaBytes))
        clock = nil
    }

    /// An empty volume.
    /// - Parameter clock: goes on while a call takes long (``SimulatedFault/Effect/delay(nanoseconds:)``).
    package init(seed: UInt64, clock: SimulatedClock) {
        state = Mutex(State(generator: SeededGenerator(seed: seed), quotaBytes: .max))
        self.clock = clock
    }

    /// A volume with what is on that one, unflushed and flushed, that goes its own way from here on.
    /// - Parameter seed: of what power cuts leave of it.
    package init(copying other: SimulatedFileSystem, seed: UInt64) {
        var copy = other.state.withLock { $0 }
        copy.generator = SeededGenerator(seed: seed)
        copy.faults.removeAll()
        copy.locks.removeAll()
        copy.life += 1
        (copy.isOff, copy.openFiles, copy.openFilesMax) = (false, 0, .max)
        state = Mutex(copy)
        clock = other.clock
    }

    // MARK: What tests do

    /// Ends the process or the machine; open handles and locks become void, armed faults are gone.
    package func crash(_ kind: Crash = .power) {
        state.withLock { state in
            if kind == .power { state.disk.cutPower(&state.generator) }
            state.life += 1
            state.locks.removeAll()
            state.faults.removeAll()
            state.isOff = false
            state.openFiles = 0
            state.failedFlushes = []
        }
    }

    /// Counting starts with the next call.
    package func arm(_ fault: SimulatedFault) { state.withLock { $0.faults.append(fault) } }
    /// Whether power is off, until the next crash.
    package var isOff: Bool { state.withLock { $0.isOff } }
    package func disarm() { state.withLock { $0.faults.removeAll() } }
    package func setQuota(bytes: Int) { state.withLock { $0.quotaBytes = bytes } }
    /// Beyond it opening fails, as where the process, the machine or its memory has no more.
    package func setOpenFiles(max: Int, code: Int32 = EMFILE) {
        state.withLock { ($0.openFilesMax, $0.scarcityCode) = (max, code) }
    }
    /// The most that were open at one time.
    package var openFilesPeak: Int { state.withLock { $0.openFilesPeak } }
    func closed(life: Int) { state.withLock { if $0.life == life { $0.openFiles -= 1 } } }
    package var counts: SimulatedCallCounts { state.withLock { $0.counts } }
    /// Flushes of files of a directory that did their work.
    package func flushes(ofFilesIn directory: String) -> Int { state.withLock { $0.flushes[directory] ?? 0 } }

    /// Files, by the names that they were opened under, of which a flush has failed with `EIO` since the last crash;
    /// sorted.
    package var failedFlushes: [String] { state.withLock { $0.failedFlushes.sorted() } }

    /// Looks at files as no part of the history: calls meanwhile are neither counted nor hit by faults, want of room or
    /// of open files, and work where power is off no more than others.
    package func sparing<Result>(_ body: () throws -> Result) rethrows -> Result {
        state.withLock { $0.isSpared = true }
        defer { state.withLock { $0.isSpared = false } }
        return try body()
    }

    /// The contents that readers see; nil when there is no such file. Counts as no call.
    package func snapshot(of path: String) -> [UInt8]? {
        state.withLock { state in state.disk.names[path].flatMap { state.disk.nodes[$0]?.written } }
    }

    /// All files, sorted by path, with the contents that readers see.
    package func snapshot() -> [(path: String, bytes: [UInt8])] {
        state.withLock { state in
            state.disk.names.sorted { $0.key < $1.key }.map { ($0.key, state.disk.nodes[$0.value]?.written ?? []) }
        }
    }

    /// Changes a file's contents behind everybody's back, as decay or an operator may do; flushed at once.
    package func damage(_ path: String, _ body: (inout [UInt8]) -> Void) {
        state.withLock { state in
            guard let node = state.disk.names[path] else { return }
            state.disk.withNode(node) { $0.damage(body) }
        }
    }

    /// Whether the file is its owner's alone.
    package func isSecret(_ path: String) -> Bool {
        state.withLock { state in state.disk.names[path].flatMap { state.disk.nodes[$0]?.isSecret } ?? false }
    }

    // MARK: Calls

    /// What to do about a call after faults have had their say.
    enum Verdict {
        case proceed
        case part
        case pretend
        case lose
    }

    /// Runs a call under the lock: counts it, lets the faults decide, and does `body` where they allow.
    func perform<Result>(
        _ operation: StorageError.Operation, _ path: String, offset: Int? = nil, life: Int? = nil,
        _ body: (inout State, Verdict) throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        try state.withLock { state throws(StorageError) in
            func failure(_ code: Int32) -> StorageError {
                StorageError(operation, path: path, offset: offset, code: code)
            }
            if state.isOff { throw failure(EIO) }
            if let life, life != state.life { throw failure(ESTALE) }
            if state.isSpared { return try body(&state, .proceed) }
            state.counts.calls += 1
            let effect = state.nextEffect(operation)
            if effect != nil { state.counts.faults += 1 }
            switch effect {
            case nil:
                return try body(&state, .proceed)
            case .delay(let nanoseconds):
                clock?.advance(nanoseconds: nanoseconds)
                return try body(&state, .proceed)
            case .stuck:
                state.isOff = true
                throw failure(EIO)
            case .failure(let code):
                if operation == .flush, code == EIO { state.failedFlushes.insert(path) }
                throw failure(code)
            case .partialWrite(let code):
                guard operation == .write else { throw failure(code) }
                state.faults.append(SimulatedFault(.failure(code), atCall: 1, of: [.write]))
                return try body(&state, .part)
            case .shortTransfer:
                return try body(&state, .part)
            case .lostFlush:
                if operation == .flush {
                    state.failedFlushes.insert(path)
                    _ = try body(&state, .lose)
                }
                throw failure(EIO)
            case .lyingFlush:
                return try body(&state, operation == .flush || operation == .flushDirectory ? .pretend : .proceed)
            case .powerCut:
                // The call may have had its effect: unflushed, it is among what the crash decides on. A flush has none.
                if operation != .flush, operation != .flushDirectory { _ = try body(&state, .proceed) }
                state.isOff = true
                throw failure(EIO)
            }
        }
    }

    package func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        // The handle is made outside, as a lock is: one that is dropped closes through the same state.
        let (node, life) = try perform(.open, path) { state, _ throws(StorageError) in
            func failure(_ code: Int32) -> StorageError { StorageError(.open, path: path, code: code) }
            guard state.openFiles < state.openFilesMax || state.isSpared else {
                state.counts.faults += 1
                throw failure(state.scarcityCode)
            }
            guard state.disk.hasDirectory(of: path) else { throw failure(ENOENT) }
            if state.disk.directories.contains(path) { throw failure(EISDIR) }
            var node = state.disk.names[path]
            if node == nil {
                guard options.creation != .never else { throw failure(ENOENT) }
                node = state.disk.create(path, isSecret: options.isSecret)
            } else if options.creation == .exclusively {
                throw failure(EEXIST)
            } else if options.creation == .emptied, let node {
                state.disk.withNode(node) { $0.record(.resize(0)) }
            }
            guard let node else { throw failure(ENOENT) }
            if options.isSecret, options.access == .readWrite { state.disk.withNode(node) { $0.isSecret = true } }
            state.openFiles += 1
            state.openFilesPeak = max(state.openFilesPeak, state.openFiles)
            return (node, state.life)
        }
        return SimulatedFile(
            path: path, node: node, life: life, isWritable: options.access == .readWrite, system: self)
    }

    package func rename(_ path: String, to newPath: String) throws(StorageError) {
        try perform(.rename, path) { state, _ throws(StorageError) in
            guard let node = state.disk.names[path], state.disk.hasDirectory(of: newPath) else {
                throw StorageError(.rename, path: path, code: ENOENT)
            }
            if path != newPath { state.disk.rename(path, to: newPath, node: node) }
        }
    }

    /// Both names are those of one file.
    package func link(_ path: String, as newPath: String) throws(StorageError) {
        try perform(.link, path) { state, _ throws(StorageError) in
            guard let node = state.disk.names[path], state.disk.hasDirectory(of: newPath) else {
                throw StorageError(.link, path: path, code: ENOENT)
            }
            guard state.disk.names[newPath] == nil else { throw StorageError(.link, path: path, code: EEXIST) }
            state.disk.link(newPath, node: node)
        }
    }

    package func remove(_ path: String) throws(StorageError) {
        try perform(.remove, path) { state, _ throws(StorageError) in
            guard let node = state.disk.names[path] else { throw StorageError(.remove, path: path, code: ENOENT) }
            state.disk.remove(path, node: node)
        }
    }

    package func removeDirectory(_ path: String) throws(StorageError) {
        try perform(.remove, path) { state, _ throws(StorageError) in
            guard state.disk.directories.contains(path) else { throw StorageError(.remove, path: path, code: ENOENT) }
            guard state.entries(of: path).isEmpty else { throw StorageError(.remove, path: path, code: ENOTEMPTY) }
            state.disk.removeDirectory(path)
        }
    }

    package func list(_ directory: String) throws(StorageError) -> [DirectoryEntry] {
        try perform(.list, directory) { state, _ throws(StorageError) in
            guard state.disk.directories.contains(directory) else {
                throw StorageError(.list, path: directory, code: ENOENT)
            }
            return state.entries(of: directory)
        }
    }

    package func createDirectories(_ path: String) throws(StorageError) {
        try perform(.createDirectory, path) { state, _ throws(StorageError) in state.disk.createDirectories(path) }
    }

    package func flushDirectory(_ path: String) throws(StorageError) {
        try perform(.flushDirectory, path) { state, verdict throws(StorageError) in
            guard state.disk.directories.contains(path) else {
                throw StorageError(.flushDirectory, path: path, code: ENOENT)
            }
            if case .pretend = verdict { return }
            state.disk.flushDirectory(path)
            state.counts.directoryFlushes += 1
        }
    }

    package func lengthBytes(of path: String) throws(StorageError) -> Int? {
        try perform(.examine, path) { state, _ throws(StorageError) in
            state.disk.names[path].flatMap { state.disk.nodes[$0]?.written.count }
        }
    }

    package func isDirectory(_ path: String) throws(StorageError) -> Bool {
        try perform(.examine, path) { state, _ throws(StorageError) in state.disk.directories.contains(path) }
    }

    package func freeBytes(at path: String) throws(StorageError) -> Int {
        try perform(.examine, path) { state, _ throws(StorageError) in max(0, state.quotaBytes - state.disk.usedBytes) }
    }

    /// As many as ``setOpenFiles(max:code:)`` lets.
    package var openFilesMax: Int { state.withLock { $0.openFilesMax } }

    package func lock(_ path: String, isSecret: Bool) throws(StorageError) -> any FileLock {
        // The lock is made outside: one that is dropped because the call fails lets go through the same state.
        let life = try perform(.lock, path) { state, _ throws(StorageError) in
            guard state.disk.hasDirectory(of: path) else { throw StorageError(.lock, path: path, code: ENOENT) }
            guard state.locks.insert(path).inserted else { throw StorageError(.lock, path: path, code: EWOULDBLOCK) }
            if let node = state.disk.names[path] {
                if isSecret { state.disk.withNode(node) { $0.isSecret = true } }
            } else {
                _ = state.disk.create(path, isSecret: isSecret)
            }
            return state.life
        }
        return SimulatedFileLock(path: path, life: life, system: self)
    }

    func unlock(_ path: String, life: Int) {
        state.withLock { if $0.life == life { $0.locks.remove(path) } }
    }
}

extension SimulatedFileSystem.State {
    /// The first armed fault whose turn this call is.
    mutating func nextEffect(_ operation: StorageError.Operation) -> SimulatedFault.Effect? {
        var hit: Int?
        for index in faults.indices where faults[index].operations?.contains(operation) ?? true {
            faults[index].call -= 1
            if hit == nil, faults[index].call <= 0 { hit = index }
        }
        guard let hit else { return nil }
        let effect = faults[hit].effect
        if !faults[hit].isLasting { faults.remove(at: hit) }
        return effect
    }

    func entries(of directory: String) -> [DirectoryEntry] {
        let inside = disk.names.keys.filter { parentDirectory(of: $0) == directory }
        let below = disk.directories.filter { $0 != directory && parentDirectory(of: $0) == directory }
        return
            (inside.map { DirectoryEntry(name: fileName(of: $0), isDirectory: false) }
            + below.map { DirectoryEntry(name: fileName(of: $0), isDirectory: true) })
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Whether a file may grow to `length`.
    mutating func hasRoom(for length: Int, in node: Int) -> Bool {
        let current = disk.nodes[node]?.written.count ?? 0
        if length <= current || quotaBytes == .max { return true }
        if disk.usedBytes + (length - current) <= quotaBytes { return true }
        counts.faults += 1
        return false
    }
}
