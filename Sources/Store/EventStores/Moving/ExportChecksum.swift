import Bytes
import Domain
package import Hashing
import JSONTexts

/// The checksum that runs along an export. It is told every ``stretchLines`` lines and at the end, so that damage is
/// located to a stretch and what stands before it is known to be as it was written.
///
/// Of each line it takes XXH3-128; of these, with the checksum before them in front, XXH3-128 again when it is told: so
/// each one stands for everything from the first line on, order included. It finds damage and edits that forgot of it,
/// no forgery.
package struct ExportChecksum: Sendable {
    /// Lines between two checkpoints, which do not count themselves.
    package static let stretchLines = 256

    /// Lines that were taken in.
    package private(set) var lines = 0
    private var last = Hash128(high: 0, low: 0)
    private var hashes = ByteSink()

    /// Of no line.
    package init() {}

    /// Lines since it was told.
    package var linesSinceTold: Int { hashes.count / 16 }

    /// Takes a line in; no checkpoint, and not the last one.
    /// - Parameter hash: `ExportLineHash` of its text.
    package mutating func add(_ hash: Hash128) {
        append(hash)
        lines += 1
    }

    /// The checksum over all lines so far, as exports write it. What comes later builds on it.
    package mutating func told() -> String {
        let stretch = hashes.bytes
        hashes.removeAll()
        append(last)
        last = xxh3Wide(hashes.bytes + stretch)
        hashes.removeAll()
        return hexadecimal(bytes(last))
    }

    private mutating func append(_ hash: Hash128) {
        hashes.append(littleEndian: hash.high)
        hashes.append(littleEndian: hash.low)
    }

    private func bytes(_ hash: Hash128) -> [UInt8] {
        var sink = ByteSink(capacity: 16)
        sink.append(littleEndian: hash.high.byteSwapped)
        sink.append(littleEndian: hash.low.byteSwapped)
        return sink.bytes
    }
}

/// A line of an export with the checksum over the lines before it.
package struct ExportCheckpoint: Hashable, Sendable {
    /// How many they are, other checkpoints left out.
    package var lines: Int
    /// See ``ExportChecksum/told()``.
    package var checksum: String

    /// Takes each part as given.
    package init(lines: Int, checksum: String) { (self.lines, self.checksum) = (lines, checksum) }

    /// The line, its end included.
    package var line: String {
        ExportLine.text(id: "checkpoint-\(lines)", type: "export.checkpoint") { json in
            json.member("lines", lines)
            json.member("checksum", checksum)
        }
    }

    /// Reads what ``line`` wrote; nil where it is something else.
    package init?(parsing line: [UInt8]) {
        guard let data = (try? JSONReader.parse(line))?["data"], let lines = data["lines"]?.integer,
            let checksum = data["checksum"]?.string
        else { return nil }
        self.init(lines: Int(lines), checksum: checksum)
    }
}
