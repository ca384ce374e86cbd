import Hashing
import Platform
import Segments

/// Where files of a store may stand as they were written: a copy of its directory, or a place of backups, each of which
/// has them under the names that they had.
struct RepairSource: Sendable {
    /// A directory as a store's, on the volume that has it.
    struct Volume: Sendable {
        var files: StoreFiles
        var fileSystem: any FileSystem
        /// Fingerprint of the store's key; empty where nothing says it.
        var store = ""
    }

    /// Those that are newer first.
    let volumes: [Volume]
    private let place: BackupPlace?

    /// - Throws: ``StorageError``. A backup that cannot be read is none.
    init(_ directory: String, _ fileSystem: any FileSystem) throws {
        let files = StoreFiles(root: directory)
        let backups = BackupPlace(directory, fileSystem)
        guard try !fileSystem.isDirectory(files.segments), try fileSystem.isDirectory(backups.pieces) else {
            (volumes, place) = ([Volume(files: files, fileSystem: fileSystem)], nil)
            return
        }
        let key = try fileSystem.lengthBytes(of: backups.key) == nil ? nil : backups.key
        volumes = try backups.numbers().compactMap { number in
            guard let record = try? backups.read(number).record else { return nil }
            let (mapped, root) = backups.volume(record, keyFile: key)
            return Volume(files: StoreFiles(root: root), fileSystem: mapped, store: record.store)
        }
        place = backups
    }

    /// Where the file may be that a manifest names, on the volume that was given: whoever takes it compares the hash.
    /// - Parameter names: those that it may have in a directory.
    func paths(of sha256: [UInt8], named names: [String]) -> [String] {
        if let place { return [place.piece(sha256)] }
        return volumes.flatMap { volume in names.map { volume.files.segments + "/" + $0 } }
    }
}

extension RepairSource.Volume {
    /// Whether it has the same key as a store, or another one; nil where one of the two cannot be read.
    func hasKey(of store: StoreFiles, _ fileSystem: any FileSystem) -> Bool? {
        guard let own = try? StoreKey.read(store.secret, fileSystem: fileSystem) else { return nil }
        if let other = try? StoreKey.read(files.secret, fileSystem: self.fileSystem) { return own == other }
        return self.store.isEmpty ? nil : self.store == ExportHeader.fingerprint(ofKey: own)
    }

    /// Whether it has a file of a store's log as that began: no two logs begin alike.
    func hasLog(of store: StoreFiles, _ fileSystem: any FileSystem) throws -> Bool {
        guard try fileSystem.isDirectory(store.log) else { return false }
        return try fileSystem.list(store.log).contains { entry in
            guard !entry.isDirectory, let own = Self.head(store.log + "/" + entry.name, fileSystem) else {
                return false
            }
            return Self.head(files.log + "/" + entry.name, self.fileSystem) == own
        }
    }

    private static func head(_ path: String, _ fileSystem: any FileSystem) -> [UInt8]? {
        guard let file = try? fileSystem.open(path, .read) else { return nil }
        defer { file.close() }
        let bytes = try? file.read(upTo: headBytes, at: 0)
        return bytes?.count == headBytes ? bytes : nil
    }

    /// The header of a log file, which tells logs apart.
    private static let headBytes = 512
}

extension WholeFile {
    /// A segment, or where one may be.
    init(_ path: String, _ description: SegmentDescription) {
        self.init(path: path, lengthBytes: description.lengthBytes, sha256: description.sha256)
    }
}
