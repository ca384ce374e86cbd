internal import Bytes
internal import Glibc
internal import Synchronization

/// The contents of a file: those of a file that is only read, and pages that lie over them.
final class OverlayNode: Sendable {
    private struct State {
        var base: (any File)?
        /// What of the base still shows.
        var baseBytes = 0
        var length = 0
        /// By number; all others show the base, or zeros.
        var pages: [Int: [UInt8]] = [:]

        /// Copies part of a file, from its end to its beginning.
        mutating func copy(_ file: any File, _ range: Range<Int>) throws(StorageError) {
            var end = range.upperBound
            while end > range.lowerBound {
                let start = (end - 1) / OverlayNode.copyBytes * OverlayNode.copyBytes
                let bytes = try file.read(upTo: end - start, at: start)
                if !bytes.isZero {
                    let number = start / OverlayNode.pageBytes
                    var page = pages.removeValue(forKey: number) ?? [UInt8](repeating: 0, count: OverlayNode.pageBytes)
                    let place = start - number * OverlayNode.pageBytes
                    page.replaceSubrange(place..<(place + bytes.count), with: bytes)
                    pages[number] = page
                }
                end = start
            }
        }
    }

    private static let pageBytes = 1 << 16
    /// What the system copies at one time.
    private static let copyBytes = 1 << 12
    /// Zeros are passed over in such stretches: most of a file that grows is room for what is to come.
    private static let stretchBytes = 1 << 18

    private let state: Mutex<State>

    /// An empty file.
    init() { state = Mutex(State()) }

    /// A file as it is, to be changed in memory.
    init(over file: any File) throws(StorageError) {
        let length = try file.lengthBytes()
        state = Mutex(State(base: file, baseBytes: length, length: length))
    }

    /// A copy of a file to whose end another process may be writing: read from its end to its beginning, so that
    /// whatever is in the copy, all that was written before it is, too.
    init(copying file: any File) throws(StorageError) {
        var state = State()
        state.length = try file.lengthBytes()
        var end = state.length
        while end > 0 {
            let start = (end - 1) / Self.stretchBytes * Self.stretchBytes
            // A stretch that is zeros when it is read has nothing that could be there without what was before it.
            if try !file.read(upTo: end - start, at: start).isZero {
                try state.copy(file, start..<end)
            }
            end = start
        }
        self.state = Mutex(state)
    }

    var lengthBytes: Int { state.withLock { $0.length } }

    /// As of ``File``.
    func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int {
        let locked = state.withLock { $0 }
        let end = min(locked.length, offset + span.count)
        var place = offset
        while place < end {
            let number = place / Self.pageBytes
            let stop = min(end, (number + 1) * Self.pageBytes)
            if let page = locked.pages[number] {
                let start = number * Self.pageBytes
                for index in place..<stop { span[index - offset] = page[index - start] }
            } else if locked.base == nil || place >= locked.baseBytes {
                for index in place..<stop { span[index - offset] = 0 }
            } else {
                let bytes = try Self.basic(locked, place..<stop)
                for index in bytes.indices { span[place - offset + index] = bytes[index] }
            }
            place = stop
        }
        return max(0, end - offset)
    }

    /// What shows without pages.
    private static func basic(_ state: State, _ range: Range<Int>) throws(StorageError) -> [UInt8] {
        var bytes: [UInt8] = []
        if let base = state.base, range.lowerBound < state.baseBytes {
            bytes = try base.read(upTo: min(range.upperBound, state.baseBytes) - range.lowerBound, at: range.lowerBound)
        }
        return bytes + [UInt8](repeating: 0, count: range.count - bytes.count)
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StorageError) {
        try state.withLock { state throws(StorageError) in
            var done = 0
            while done < bytes.count {
                let place = offset + done
                let number = place / Self.pageBytes
                let start = number * Self.pageBytes
                let count = min(bytes.count - done, start + Self.pageBytes - place)
                var page = state.pages.removeValue(forKey: number) ?? []
                if page.isEmpty { page = try Self.basic(state, start..<(start + Self.pageBytes)) }
                page.replaceSubrange((place - start)..<(place - start + count), with: bytes[done..<(done + count)])
                state.pages[number] = page
                done += count
            }
            if !bytes.isEmpty { state.length = max(state.length, offset + bytes.count) }
        }
    }

    /// Extends the file with zeros.
    func extend(to length: Int) { state.withLock { $0.length = max($0.length, length) } }

    func truncate(to length: Int) {
        state.withLock { state in
            if length < state.length {
                state.baseBytes = min(state.baseBytes, length)
                let last = length / Self.pageBytes
                // order: each is kept or not for itself.
                state.pages = state.pages.filter { $0.key <= last }
                if var page = state.pages[last] {
                    let place = length - last * Self.pageBytes
                    page.replaceSubrange(place..., with: [UInt8](repeating: 0, count: page.count - place))
                    state.pages[last] = page
                }
            }
            state.length = length
        }
    }
}

/// A handle on a node.
final class OverlayFile: File {
    let path: String
    private let node: OverlayNode
    private let isWritable: Bool
    private let isClosed = Atomic<Bool>(false)

    init(path: String, node: OverlayNode, isWritable: Bool) {
        (self.path, self.node, self.isWritable) = (path, node, isWritable)
    }

    private func check(_ operation: StorageError.Operation, changes: Bool = true) throws(StorageError) {
        guard !isClosed.load(ordering: .relaxed), isWritable || !changes else {
            throw StorageError(operation, path: path, code: EBADF)
        }
    }

    func lengthBytes() throws(StorageError) -> Int {
        try check(.examine, changes: false)
        return node.lengthBytes
    }

    func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int {
        try check(.read, changes: false)
        return try node.read(into: &span, at: offset)
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError) {
        try check(.write)
        try node.write(bytes.indices.map { bytes[$0] }, at: offset)
    }

    func preallocate(bytes: Int) throws(StorageError) {
        try check(.preallocate)
        node.extend(to: bytes)
    }

    func flush() throws(StorageError) { try check(.flush) }

    func truncate(toBytes length: Int) throws(StorageError) {
        try check(.truncate)
        node.truncate(to: length)
    }

    func close() { isClosed.store(true, ordering: .relaxed) }
}
