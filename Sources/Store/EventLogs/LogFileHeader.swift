internal import Bytes
internal import Hashing
internal import Platform

/// The first sector of a log file; `LogFormat` draws it.
struct LogFileHeader: Equatable {
    var logID: UInt64
    var fileNumber: UInt64
    var fileBytes: Int
    var firstPosition: Int64
    var previousEnd: Int
    var previousChain: UInt32
    /// Set by ``encoded()`` and when read.
    var checksum: UInt64 = 0

    static let checkedBytes = 56
    /// Where the log's id stands in the sector.
    static let idOffset = Offset.logID

    /// Where fields stand in the sector.
    private enum Offset {
        static let logID = 8
        static let fileNumber = 16
        static let fileBytes = 24
        static let firstPosition = 32
        static let previousEnd = 40
    }

    /// What the first record must carry.
    var chain: UInt32 { UInt32(truncatingIfNeeded: checksum) }

    /// The whole sector.
    mutating func encoded() -> [UInt8] {
        var sink = ByteSink(capacity: LogFormat.fileHeaderBytes)
        sink.append(contentsOf: LogFormat.magic)
        sink.append(LogFormatVersion.current.rawValue)
        sink.append(littleEndian: logID)
        sink.append(littleEndian: fileNumber)
        sink.append(littleEndian: UInt64(fileBytes))
        sink.append(littleEndian: firstPosition)
        sink.append(littleEndian: UInt64(previousEnd))
        sink.append(littleEndian: previousChain)
        sink.append(littleEndian: UInt32(0))
        checksum = xxh3(sink.bytes, seed: fileNumber)
        sink.append(littleEndian: checksum)
        sink.append(contentsOf: [UInt8](repeating: 0, count: LogFormat.fileHeaderBytes - sink.count))
        return sink.bytes
    }

    init(
        logID: UInt64, fileNumber: UInt64, fileBytes: Int, firstPosition: Int64, previousEnd: Int, previousChain: UInt32
    ) {
        self.logID = logID
        self.fileNumber = fileNumber
        self.fileBytes = fileBytes
        self.firstPosition = firstPosition
        self.previousEnd = previousEnd
        self.previousChain = previousChain
    }

    /// Reads a sector of a file of `lengthBytes` whose name carries `number`.
    init(parsing sector: [UInt8], number: UInt64, lengthBytes: Int) throws(DecodingError) {
        var input = ByteCursor(sector)
        guard try input.readSlice(LogFormat.magic.count).elementsEqual(LogFormat.magic) else {
            throw DecodingError(offset: 0, expectation: "the magic bytes PLIMLOG")
        }
        let version = try input.readByte()
        guard LogFormatVersion(rawValue: version) != nil else {
            throw DecodingError(
                offset: 7, expectation: "format version 1, found \(version)", isOfNewerForm: Self.isWhole(sector))
        }
        logID = try input.read(littleEndian: UInt64.self)
        fileNumber = try input.read(littleEndian: UInt64.self)
        let size = try input.read(littleEndian: UInt64.self)
        firstPosition = try input.read(littleEndian: Int64.self)
        let end = try input.read(littleEndian: UInt64.self)
        previousChain = try input.read(littleEndian: UInt32.self)
        let zero = try input.read(littleEndian: UInt32.self)
        checksum = try input.read(littleEndian: UInt64.self)
        guard checksum == xxh3(sector[..<Self.checkedBytes], seed: fileNumber) else {
            throw DecodingError(offset: Self.checkedBytes, expectation: "the checksum of the file header")
        }
        guard zero == 0, try input.readSlice(input.remaining).allSatisfy({ $0 == 0 }) else {
            throw DecodingError(offset: 64, expectation: "zeros in the rest of the sector")
        }
        guard fileNumber == number else {
            throw DecodingError(
                offset: Offset.fileNumber, expectation: "the number in the file's name, found \(fileNumber)")
        }
        guard size == UInt64(lengthBytes), lengthBytes <= LogFormat.fileBytesMax else {
            throw DecodingError(
                offset: Offset.fileBytes, expectation: "a file of \(size) bytes, found \(lengthBytes)")
        }
        guard firstPosition >= 0, end <= UInt64(LogFormat.fileBytesMax) else {
            throw DecodingError(
                offset: Offset.firstPosition, expectation: "a position and an end within the limits")
        }
        fileBytes = lengthBytes
        previousEnd = Int(end)
    }

    /// Why the file cannot stand behind another one, with the file at fault; nil where it can.
    /// - Parameter isStandIn: the header of the other one is damaged, and this one made up for it: its id and length
    ///   are no more than likely, and what differs from them is at no fault.
    func objection(
        after previous: LogFileHeader?, isStandIn: Bool = false, in directory: LogDirectory
    ) -> CorruptionError? {
        guard let previous else { return nil }
        func damage(_ offset: Int, _ expectation: String) -> CorruptionError {
            CorruptionError(file: directory.logPath(fileNumber), offset: offset, expectation: expectation)
        }
        guard fileNumber == previous.fileNumber + 1 else {
            // The file itself is whole: it is what stands before it that lacks.
            return CorruptionError(
                file: directory.logPath(previous.fileNumber + 1), offset: 0,
                expectation: "the log up to file \(fileNumber), which is there; the file is missing")
        }
        guard !isStandIn else { return nil }
        guard logID == previous.logID else { return damage(Offset.logID, "the log id of the file before") }
        guard previousEnd >= LogFormat.fileHeaderBytes, previousEnd <= previous.fileBytes else {
            return damage(Offset.previousEnd, "an end within the file before")
        }
        guard firstPosition >= previous.firstPosition else {
            return damage(Offset.firstPosition, "a position that does not fall")
        }
        return nil
    }

    /// Whether it is what was written, whatever its version.
    private static func isWhole(_ sector: [UInt8]) -> Bool {
        guard sector.count >= checkedBytes + 8 else { return false }
        var number = ByteCursor(sector[Offset.fileNumber..<Offset.fileBytes])
        var checksum = ByteCursor(sector[checkedBytes...])
        guard let seed = try? number.read(littleEndian: UInt64.self) else { return false }
        return (try? checksum.read(littleEndian: UInt64.self)) == xxh3(sector[..<checkedBytes], seed: seed)
    }
}
