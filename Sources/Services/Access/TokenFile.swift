import Bytes
import Hashing
package import Platform

// The file of tokens, `keys/tokens` in a data directory, mode 0600. Text, one record a line:
//
//     plimsoll tokens 1
//     <sum> token <id> <digest> <scopes> <created> <expires> <revoked> <name>
//     <sum> end <count>
//
// sum      16 hexadecimal digits: XXH3-64 of the rest of the line, without its line end, seeded with the line's offset in the file
// digest   64 hexadecimal digits: SHA-256 of the secret
// scopes   joined by commas
// created, expires, revoked   ns since 1970 UTC, `-` for none
// name     up to the end of the line
//
// Versions: 1. Numbers are never used again.

/// Where tokens are kept. A file of its own, so that tokens can be made and revoked while a server holds the data
/// directory; the server reads it again. Replaced whole, so that a crash leaves the old or the new one.
package struct TokenFile: Sendable {
    private static let head = Array("plimsoll tokens 1\n".utf8)
    /// More than all records that may be there.
    private static let bytesMax = 8 << 20

    private let path: String
    private let fileSystem: any FileSystem

    /// The file of a data directory.
    package init(dataDirectory: String, fileSystem: any FileSystem) {
        path = dataDirectory + "/keys/tokens"
        self.fileSystem = fileSystem
    }

    /// All tokens; nil when none was ever made.
    /// - Throws: `CorruptionError` naming file and offset, `StorageError`.
    package func load() throws -> TokenBook? {
        let file: any File
        do {
            // What has the name and is no file says nothing of tokens: it is refused.
            file = try fileSystem.open(path, .read)
        } catch where error.isMissing {
            return nil
        }
        defer { file.close() }
        let length = try file.lengthBytes()
        guard length <= Self.bytesMax else {
            throw CorruptionError(file: path, offset: Self.bytesMax, expectation: "the end of the tokens")
        }
        return try Self.decode(try file.read(upTo: length, at: 0), file: path)
    }

    /// Changes the tokens and makes it durable; nothing is written when `change` throws.
    /// - Throws: what `change` throws, what ``load()`` throws; `StorageError` also while another process is about to
    ///   change them.
    package func update<Result>(_ change: (inout TokenBook) throws -> Result) throws -> Result {
        try fileSystem.createDirectories(parentDirectory(of: path))
        let lock = try fileSystem.lock(path + ".lock", isSecret: true)
        defer { lock.release() }
        var book = try load() ?? TokenBook()
        let result = try change(&book)
        try fileSystem.replace(path, with: Self.encode(book), isSecret: true)
        return result
    }

    // MARK: Format

    /// The same lines with sums that pass for what was written: whoever tries the reader with what nobody wrote would
    /// else try the sums alone.
    package static func resealed(_ bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.dropFirst(head.count).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var file = head
        for line in lines.dropLast() { append(line.dropFirst(17), to: &file) }
        return file + (lines.last ?? [])
    }

    /// Puts a line behind others, with its sum.
    private static func append(_ line: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let sum = xxh3(line, seed: UInt64(bytes.count))
        bytes += hexadecimal((0..<8).map { UInt8(truncatingIfNeeded: sum >> (56 - 8 * $0)) }).utf8
        bytes += [UInt8(ascii: " ")] + line + [UInt8(ascii: "\n")]
    }

    static func encode(_ book: TokenBook) -> [UInt8] {
        var bytes = head
        func append(_ line: String) { Self.append(Array(line.utf8)[...], to: &bytes) }
        for record in book.records {
            let times = [record.created, record.expires, record.revoked].map { $0.map(String.init) ?? "-" }.joined(
                separator: " ")
            append("token \(record.id) \(hexadecimal(record.digest)) \(record.scopeList) \(times) \(record.name)")
        }
        append("end \(book.records.count)")
        return bytes
    }

    static func decode(_ bytes: [UInt8], file: String) throws(CorruptionError) -> TokenBook {
        guard bytes.starts(with: head) else {
            throw CorruptionError(file: file, offset: 0, expectation: "the line `plimsoll tokens 1`")
        }
        var book = TokenBook()
        var offset = head.count
        while true {
            func damaged(_ expectation: String) -> CorruptionError {
                CorruptionError(file: file, offset: offset, expectation: expectation)
            }
            guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else {
                throw damaged("a line with its end")
            }
            let (sum, line) = (bytes[offset..<end].prefix(17), bytes[offset..<end].dropFirst(17))
            let computed = xxh3(line, seed: UInt64(offset))
            let expected = (0..<8).map { UInt8(truncatingIfNeeded: computed >> (56 - 8 * $0)) }
            guard sum.last == UInt8(ascii: " "), sum.count == 17, self.bytes(sum.dropLast()) == expected else {
                throw damaged("a line with its checksum")
            }
            if line.elementsEqual("end \(book.records.count)".utf8) {
                guard end + 1 == bytes.count else { throw damaged("nothing after the last line") }
                return book
            }
            guard let record = record(line), book.add(record) else {
                throw damaged("a token, or the end with the number of tokens")
            }
            offset = end + 1
        }
    }

    private static func bytes(_ digits: ArraySlice<UInt8>) -> [UInt8]? { Bytes.bytes(ofHexadecimal: digits) }

    private static func record(_ line: ArraySlice<UInt8>) -> TokenRecord? {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 7, omittingEmptySubsequences: false)
        guard parts.count == 8, parts[0].elementsEqual("token".utf8), bytes(parts[1])?.count == 6,
            let digest = bytes(parts[2]), digest.count == SHA256.digestBytes
        else { return nil }
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        let names = texts[3].split(separator: ",", omittingEmptySubsequences: false)
        let scopes = names.compactMap { AccessScope(rawValue: String($0)) }
        guard !scopes.isEmpty, scopes.count == names.count, let created = Int64(texts[4]),
            texts[5] == "-" || Int64(texts[5]) != nil,
            texts[6] == "-" || Int64(texts[6]) != nil
        else { return nil }
        return TokenRecord(
            id: texts[1], digest: digest, scopes: scopes, created: created, expires: Int64(texts[5]),
            revoked: Int64(texts[6]),
            name: texts[7])
    }
}
