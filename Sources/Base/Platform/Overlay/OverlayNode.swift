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
            // A stretch that is zeros when it is looked at has nothing that could be there without what was before it.
            if let data = try file.nextData(from: start), data.lowerBound < end,
                try !file.read(upTo: end - start, at: start).isZero
            {
                try state.copy(file, start..<end)
            }
            end = start
        }
        self.state = Mutex(state)
    }

    var lengthBytes: Int { state.withLock { $0.length } }

    /// What its pages take.
    var heldBytes: Int { state.withLock { $0.pages.count * Self.pageBytes } }

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
                Self.put(page[(place - start)..<(stop - start)], into: &span, at: place - offset)
            } else {
                var shown = place
                if let base = locked.base, place < locked.baseBytes {
                    let bytes = try base.read(upTo: min(stop, locked.baseBytes) - place, at: place)
                    Self.put(bytes[...], into: &span, at: place - offset)
                    shown += bytes.count
                }
                Self.putZeros(into: &span, at: (shown - offset)..<(stop - offset))
            }
            place = stop
        }
        return max(0, end - offset)
    }

    private static func put(_ bytes: ArraySlice<UInt8>, into span: inout MutableSpan<UInt8>, at place: Int) {
        precondition(place >= 0 && bytes.count <= span.count - place, "bytes that fit")
        // Sound: both buffers live for the closures only, and the source ends inside the target.
        unsafe span.withUnsafeMutableBufferPointer { target in
            unsafe bytes.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                unsafe (to + place).update(from: from, count: source.count)
            }
        }
    }

    private static func putZeros(into span: inout MutableSpan<UInt8>, at range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= span.count, "a part of it")
        // Sound: the buffer lives for the closure only, and the part lies inside it.
        unsafe span.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return }
            unsafe (base + range.lowerBound).update(repeating: 0, count: range.count)
        }
    }

    /// As of ``File``.
    func nextData(from offset: Int) throws(StorageError) -> Range<Int>? {
        let locked = state.withLock { $0 }
        var found: Range<Int>?
        let baseEnd = min(locked.baseBytes, locked.length)
        if let data = try locked.base?.nextData(from: offset), data.lowerBound < baseEnd {
            found = data.lowerBound..<min(data.upperBound, baseEnd)
        }
        // order: the first of all of them.
        for number in locked.pages.keys {
            let start = max(offset, number * Self.pageBytes)
            let end = min(locked.length, (number + 1) * Self.pageBytes)
            if start < end, start < found?.lowerBound ?? .max { found = start..<end }
        }
        return found
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

    func nextData(from offset: Int) throws(StorageError) -> Range<Int>? {
        try check(.examine, changes: false)
        return try node.nextData(from: offset)
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(StorageError) {
        try check(.write)
        // Sound: copied while the span lives.
        try node.write(unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }, at: offset)
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
