import Bytes
import Hashing
import Platform

// What one backup is of: a file of its own in the place of backups, written whole, and a copy of it. Little-endian,
// varints LEB128.
//
//     offset  size  field
//     0       8     magic "PLIMBACK"
//     8       1     format (BackupFormat)
//     9       7     zeros
//     16      8     number of the backup: 1, 2, 3, …
//     24      8     length of the body
//     32      n     body
//     32+n    32    SHA-256 of all bytes before it
//
//     body
//     z z z   position, received time and time of making, ns
//     v+…     fingerprint of the store's key, empty where it could not be read
//     v       files, each: v+… path in the store's directory, v length, 32 SHA-256

/// The ladder of formats of backups; numbers are never reused.
enum BackupFormat: UInt8 {
    case first = 1
}

/// One backup: a store at one position, file by file.
package struct BackupRecord: Hashable, Sendable {
    /// Of the backup, in its place: 1, 2, 3, …
    package let number: UInt64
    /// The last position that it has.
    package let position: Int64
    /// Every event received up to this time is in it, ns since 1970 UTC.
    package let receivedTime: Int64
    /// When it was begun, by the clock of the machine, ns since 1970 UTC.
    let madeTime: Int64
    /// What tells the store from others; empty where its key could not be read.
    let store: String
    /// In the order in which they are to be written.
    let files: [BackupFile]

    init(
        number: UInt64, position: Int64, receivedTime: Int64, madeTime: Int64, store: String, files: [BackupFile]
    ) {
        (self.number, self.position, self.receivedTime) = (number, position, receivedTime)
        (self.madeTime, self.store, self.files) = (madeTime, store, files)
    }

    /// Bytes of its files; of such as are alike once.
    package var wholeBytes: Int { pieces.reduce(0) { $0 + $1.lengthBytes } }

    /// A file for each of the contents, in order.
    var pieces: [BackupFile] {
        var known: Set<[UInt8]> = []
        return files.filter { known.insert($0.sha256).inserted }
    }
}

/// A file of a store as a backup has it.
struct BackupFile: Hashable, Sendable {
    /// In the store's directory.
    let path: ExactText
    let lengthBytes: Int
    /// By which it is found among the pieces; 32 bytes.
    let sha256: [UInt8]

    init(path: String, lengthBytes: Int, sha256: [UInt8]) {
        (self.path, self.lengthBytes, self.sha256) = (ExactText(path), lengthBytes, sha256)
    }

    static let segments = "segments/"
    static let log = "log/"
    static let setAside = StoreFiles.setAsideName + "/"

    /// Whether a path is one that a backup has: nothing else is written where a store is restored.
    static func isOurs(path: String) -> Bool {
        guard [segments, log, setAside].contains(where: path.hasPrefix) else { return false }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty && part != "." && part != ".." && part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
    }
}

extension BackupRecord {
    private static let magic = Array("PLIMBACK".utf8)
    static let headerBytes = 32
    private static let pathBytesMax = 1_024
    /// Far above what a store of a thousand segments has.
    private static let filesMax = 1 << 20
    /// Half a million files; what is longer is something else, and not read into memory to say so.
    static let bytesMax = 64 << 20

    var serialised: [UInt8] {
        var body = ByteSink()
        for number in [position, receivedTime, madeTime] { body.append(zigzag: number) }
        body.append(text: store)
        body.append(varint: UInt64(files.count))
        for file in files {
            body.append(text: file.path.text)
            body.append(varint: UInt64(file.lengthBytes))
            assert(file.sha256.count == SHA256.digestBytes, "a digest has its length")
            body.append(contentsOf: file.sha256)
        }
        var sink = ByteSink(capacity: Self.headerBytes + body.count + SHA256.digestBytes)
        sink.append(contentsOf: Self.magic)
        sink.append(BackupFormat.first.rawValue)
        sink.append(contentsOf: repeatElement(0, count: 7))
        sink.append(littleEndian: number)
        sink.append(littleEndian: UInt64(body.count))
        sink.append(contentsOf: body.bytes)
        sink.append(contentsOf: SHA256.hash(sink.bytes))
        return sink.bytes
    }

    init(parsing bytes: [UInt8]) throws(DecodingError) {
        var cursor = ByteCursor(bytes)
        guard try cursor.readSlice(8).elementsEqual(Self.magic) else {
            throw DecodingError(offset: 0, expectation: "the magic of a backup")
        }
        let isWhole =
            bytes.count >= Self.headerBytes + SHA256.digestBytes
            && SHA256.hash(bytes.dropLast(SHA256.digestBytes)).elementsEqual(bytes.suffix(SHA256.digestBytes))
        let format = try cursor.readByte()
        guard BackupFormat(rawValue: format) != nil else {
            throw DecodingError(offset: 8, expectation: "format 1 of backups, found \(format)", isOfNewerForm: isWhole)
        }
        guard isWhole else {
            throw DecodingError(
                offset: max(0, bytes.count - SHA256.digestBytes), expectation: "the SHA-256 of all before")
        }
        guard try cursor.readSlice(7).allSatisfy({ $0 == 0 }) else { throw cursor.failure("zeros") }
        number = try cursor.read(littleEndian: UInt64.self)
        let length = try cursor.read(littleEndian: UInt64.self)
        guard length == UInt64(cursor.remaining - SHA256.digestBytes) else { throw cursor.failure("a whole body") }
        position = try cursor.readZigzag()
        receivedTime = try cursor.readZigzag()
        madeTime = try cursor.readZigzag()
        store = try cursor.readText(max: Self.pathBytesMax)
        var files: [BackupFile] = []
        var total = 0
        for _ in 0..<(try cursor.readCount(max: Self.filesMax)) {
            let path = try cursor.readText(max: Self.pathBytesMax)
            guard BackupFile.isOurs(path: path) else { throw cursor.failure("the path of a file of a store") }
            let lengthBytes = try cursor.readCount(max: .max)
            let (sum, isBeyond) = total.addingReportingOverflow(lengthBytes)
            guard !isBeyond else { throw cursor.failure("files of fewer bytes in all") }
            total = sum
            files.append(
                BackupFile(
                    path: path, lengthBytes: lengthBytes,
                    sha256: Array(try cursor.readSlice(SHA256.digestBytes))))
        }
        guard cursor.remaining == SHA256.digestBytes, position >= 0 else {
            throw cursor.failure("the end of the backup")
        }
        self.files = files
    }
}
