package import Platform
import Synchronization

/// Where an import's bytes come from, in order.
package protocol ByteSource: AnyObject, Sendable {
    /// How messages name it.
    var name: String { get }
    /// Bytes in all, maybe none, of what is kept and can be read again; nil for what comes once and ends when it ends,
    /// a pipe.
    var lengthBytes: Int? { get }
    /// Fills the span from its start; returns how much, 0 only at the end. Not to be called from two threads at a time.
    func read(into span: inout MutableSpan<UInt8>) throws(StorageError) -> Int
}

/// One that can be read at any place, where its length is known.
package protocol PlacedSource: ByteSource {
    /// Fills the span from a place on, whatever else is read meanwhile; returns how much, fewer than wanted only at the
    /// end.
    func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int
    /// Has ``ByteSource/read(into:)`` go on at a place.
    func skip(to offset: Int)
}

extension [any ByteSource] {
    /// Bytes of all together; nil where one comes once, or 64 bits do not hold them.
    var lengthBytes: Int? {
        reduce(Int?(0)) { total, source in
            guard let total, let length = source.lengthBytes else { return nil }
            let (sum, isBeyond) = total.addingReportingOverflow(length)
            return isBeyond ? nil : sum
        }
    }
}

/// A file from its beginning, or a pipe with a name.
package final class FileSource: PlacedSource {
    /// How messages name it.
    package let name: String
    /// The length when it was opened; nil for a pipe.
    package let lengthBytes: Int?
    private let file: any File
    private let offset = Mutex(0)

    /// Opens the file.
    package init(_ path: String, fileSystem: any FileSystem) throws(StorageError) {
        name = path
        file = try fileSystem.open(path, .input)
        // By its name: of a pipe that is open the system says that it is empty.
        lengthBytes = try fileSystem.lengthBytes(of: path)
    }

    /// See ``ByteSource/read(into:)``.
    package func read(into span: inout MutableSpan<UInt8>) throws(StorageError) -> Int {
        let start = offset.withLock { $0 }
        let count = try file.read(into: &span, at: start)
        offset.withLock { $0 += count }
        return count
    }

    /// See ``PlacedSource/read(into:at:)``.
    package func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int {
        try file.read(into: &span, at: offset)
    }

    /// See ``PlacedSource/skip(to:)``.
    package func skip(to offset: Int) { self.offset.withLock { $0 = offset } }
}

/// What another program writes to us.
package final class InputSource: ByteSource {
    /// Standard input from where it stands.
    package init() {}

    /// How messages name it.
    package var name: String { "standard input" }
    /// Comes once.
    package var lengthBytes: Int? { nil }

    /// See ``ByteSource/read(into:)``.
    package func read(into span: inout MutableSpan<UInt8>) throws(StorageError) -> Int {
        try StandardStream.input.read(into: &span)
    }
}

/// Bytes at hand.
package final class BytesSource: PlacedSource {
    /// How messages name it.
    package let name: String
    private let bytes: [UInt8]
    private let offset = Mutex(0)

    /// The bytes under a name for messages.
    package init(_ bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    /// All of them.
    package var lengthBytes: Int? { bytes.count }

    /// See ``ByteSource/read(into:)``.
    package func read(into span: inout MutableSpan<UInt8>) throws(StorageError) -> Int {
        let start = offset.withLock { $0 }
        let count = try read(into: &span, at: start)
        offset.withLock { $0 += count }
        return count
    }

    /// See ``PlacedSource/read(into:at:)``.
    package func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int {
        let count = min(span.count, max(0, bytes.count - offset))
        for index in 0..<count { span[index] = bytes[offset + index] }
        return count
    }

    /// See ``PlacedSource/skip(to:)``.
    package func skip(to offset: Int) { self.offset.withLock { $0 = offset } }
}
