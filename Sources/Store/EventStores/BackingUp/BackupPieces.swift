import Bytes
import Hashing
import Platform

/// Puts files among the pieces of a place: by a second name where the volume gives one, else as a copy. What is there
/// already stays.
struct BackupPieces {
    let place: BackupPlace
    /// False where no second names are wanted.
    private let links: Bool
    /// Folders whose files were refused one: those of an archive lie on another volume, perhaps.
    private var unlinked: Set<String> = []
    private(set) var linked = BackupShare()
    private(set) var copied = BackupShare()
    private(set) var found = BackupShare()

    init(_ place: BackupPlace, links: Bool) { (self.place, self.links) = (place, links) }

    private var fileSystem: any FileSystem { place.fileSystem }

    func has(_ sha256: [UInt8], lengthBytes: Int) throws(StorageError) -> Bool {
        try fileSystem.lengthBytes(of: place.piece(sha256)) == lengthBytes
    }

    /// What keeps a file from being lost while others are looked at.
    enum Pin {
        /// A second name, beside the pieces.
        case name
        case handle(any File)
    }

    /// Keeps a file that never changes, and that its owner may remove at any time.
    /// - Parameter hasRoom: whether another file may be held open for it.
    /// - Returns: nil where nothing keeps it.
    mutating func pin(_ path: String, as sha256: [UInt8], hasRoom: Bool) throws(StorageError) -> Pin? {
        let name = place.unfinished(sha256)
        if links, !unlinked.contains(parentDirectory(of: path)) {
            // From an attempt of this run, or of one before.
            if try fileSystem.lengthBytes(of: name) != nil { try fileSystem.remove(name) }
            do throws(StorageError) {
                try fileSystem.link(path, as: name)
                return .name
            } catch {
                guard error.hasNoSecondName else { throw error }
                unlinked.insert(parentDirectory(of: path))
            }
        }
        return hasRoom ? .handle(try fileSystem.open(path, .read)) : nil
    }

    /// Makes a pinned file a piece once all of it was read.
    /// - Parameter tally: counts what was read.
    /// - Returns: false where it is not what it should be; nothing is left of it then.
    mutating func keep(
        _ path: String, _ pin: Pin?, as sha256: [UInt8], lengthBytes: Int, _ tally: BackupTally?
    ) throws -> Bool {
        let name = place.unfinished(sha256)
        let isWhole: Bool
        switch pin {
        case .name:
            let file = try fileSystem.open(name, .read)
            defer { file.close() }
            isWhole = try digest(file, counted: lengthBytes, lengthBytes, tally) == sha256
        case .handle(let file):
            isWhole = try copy(file, counted: lengthBytes, lengthBytes, to: name, tally) == sha256
        case nil:
            let file = try fileSystem.open(path, .read)
            defer { file.close() }
            isWhole = try copy(file, counted: lengthBytes, lengthBytes, to: name, tally) == sha256
        }
        guard isWhole else {
            try? fileSystem.remove(name)
            return false
        }
        try fileSystem.rename(name, to: place.piece(sha256))
        if case .name = pin { linked.add(lengthBytes) } else { copied.add(lengthBytes) }
        return true
    }

    /// Copies the beginning of a file that its owner writes to, with zeros behind it.
    /// - Parameter counted: how many bytes of it.
    /// - Returns: what the piece is.
    mutating func keep(
        changing file: any File, counted: Int, lengthBytes: Int, _ tally: BackupTally?
    ) throws -> [UInt8] {
        guard let sha256 = try digest(file, counted: counted, lengthBytes, tally) else {
            throw CorruptionError(file: file.path, offset: counted, expectation: "\(lengthBytes) bytes")
        }
        if try has(sha256, lengthBytes: lengthBytes) {
            found.add(lengthBytes)
            return sha256
        }
        let name = place.unfinished(sha256)
        guard try copy(file, counted: counted, lengthBytes, to: name, nil) == sha256 else {
            try? fileSystem.remove(name)
            throw CorruptionError(file: file.path, offset: 0, expectation: "what was read a moment before")
        }
        try fileSystem.rename(name, to: place.piece(sha256))
        copied.add(counted)
        return sha256
    }

    /// Writes what is in memory.
    mutating func keep(_ bytes: [UInt8]) throws(StorageError) -> [UInt8] {
        let sha256 = SHA256.hash(bytes)
        if try has(sha256, lengthBytes: bytes.count) {
            found.add(bytes.count)
            return sha256
        }
        try fileSystem.replace(place.piece(sha256), with: bytes, flushesInSteps: true)
        copied.add(bytes.count)
        return sha256
    }

    mutating func note(found lengthBytes: Int) { found.add(lengthBytes) }

    /// Another attempt begins, which finds what the one before made.
    mutating func forgetFound() { found = BackupShare() }

    /// Makes the names of all pieces durable.
    func flush() throws(StorageError) { try fileSystem.flushDirectory(place.pieces) }

    /// - Returns: nil where the file is of another length.
    private func digest(
        _ file: any File, counted: Int, _ lengthBytes: Int, _ tally: BackupTally?
    ) throws -> [UInt8]? {
        var digest = PieceDigest()
        let isRead = try digest.read(file, counted: counted, of: lengthBytes) { _, piece in
            try tally?.add(piece.count)
        }
        return isRead ? digest.finish() : nil
    }

    /// Writes a flushed copy.
    /// - Returns: the SHA-256 of what was written; nil where the file is of another length.
    private func copy(
        _ file: any File, counted: Int, _ lengthBytes: Int, to path: String, _ tally: BackupTally?
    ) throws -> [UInt8]? {
        // What has the name may be a second name of the source.
        if try fileSystem.lengthBytes(of: path) != nil { try fileSystem.remove(path) }
        let target = try fileSystem.open(path, .create)
        defer { target.close() }
        var digest = PieceDigest()
        var unflushed = 0
        let isWhole = try digest.read(file, counted: counted, of: lengthBytes) { offset, piece in
            // What a disk has been handed goes before the flushes of the log, which others wait for.
            if !piece.isZero {
                try target.write(piece, at: offset)
                unflushed += piece.count
            }
            if unflushed >= FlushStep.bytes {
                try target.flush()
                unflushed = 0
            }
            try tally?.add(piece.count)
        }
        guard isWhole else { return nil }
        if try target.lengthBytes() < lengthBytes { try target.truncate(toBytes: lengthBytes) }
        if !planted(.skipBackupFlush) { try target.flush() }
        return digest.finish()
    }
}

/// So many files, and their bytes.
package struct BackupShare: Hashable, Sendable {
    /// How many.
    package private(set) var files = 0
    /// Of all of them.
    package private(set) var bytes = 0

    mutating func add(_ lengthBytes: Int) {
        files += 1
        bytes += lengthBytes
    }
}

/// The SHA-256 of a file, of which zeros may stand for the end.
struct PieceDigest: ~Copyable {
    private var digest = SHA256()

    private static let windowBytes = 1 << 20

    /// Reads a file from its beginning, a mebibyte at a time; what is not read counts as zeros.
    /// - Parameter visit: is called with each window that is read, and where it stands.
    /// - Returns: false where the file is of another length; nothing was read then.
    mutating func read(
        _ file: any File, counted: Int, of lengthBytes: Int, _ visit: (Int, [UInt8]) throws -> Void
    ) throws -> Bool {
        precondition((0...lengthBytes).contains(counted), "no more counts than is there")
        guard try file.lengthBytes() == lengthBytes else { return false }
        var offset = 0
        while offset < counted {
            let window = try file.read(exactly: min(Self.windowBytes, counted - offset), at: offset)
            digest.update(window)
            try visit(offset, window)
            offset += window.count
        }
        let zeros = [UInt8](repeating: 0, count: min(Self.windowBytes, lengthBytes - counted))
        while offset < lengthBytes {
            let count = min(zeros.count, lengthBytes - offset)
            digest.update(zeros[..<count])
            offset += count
        }
        return true
    }

    consuming func finish() -> [UInt8] { digest.finish() }
}
