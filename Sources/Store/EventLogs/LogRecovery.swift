internal import Bytes
internal import Platform

/// Reads a log and decides where it ends; writes nothing until ``quarantine(_:)``.
struct LogRecovery {
    /// Flushed bytes that are not what they were.
    struct Damage {
        var error: CorruptionError
        /// The last file that is trusted up to `offset`; nil when none is.
        var fileIndex: Int?
        var offset: Int
        /// Position after the last event known to have been there.
        var knownPosition: Int64?
    }

    let directory: LogDirectory
    let numbers: [UInt64]
    let start: ReplayStart
    let options: EventLogOptions

    /// Headers of the intact files, without a gap.
    private(set) var files: [LogFileHeader] = []
    private(set) var endOffset = LogFormat.fileHeaderBytes
    /// What the next record must carry.
    private(set) var chain: UInt32 = 0
    private(set) var report = RecoveryReport()
    private(set) var damage: Damage?

    init(directory: LogDirectory, numbers: [UInt64], start: ReplayStart, options: EventLogOptions) {
        self.directory = directory
        self.numbers = numbers
        self.start = start
        self.options = options
    }

    private var fileSystem: any FileSystem { directory.fileSystem }

    mutating func run(_ replay: (LogRecord) throws -> Void) throws {
        var headerDamage = try readHeaders()
        guard !files.isEmpty else {
            damage = headerDamage
            return
        }
        let (first, place) = try startingFile()
        report.nextPosition = place?.position ?? files[first].firstPosition
        for index in first..<files.count {
            try readFile(index, from: index == first ? place : nil, replay)
            if damage != nil {
                files.removeSubrange((index + 1)...)
                headerDamage = nil
                break
            }
        }
        assert(!files.isEmpty, "the file of a damage is kept up to it")
        if var headerDamage {
            headerDamage.fileIndex = files.count - 1
            headerDamage.offset = endOffset
            damage = headerDamage
        }
        checkReach()
        report.files = files.count
    }

    /// Reads the headers up to the first that is missing or damaged.
    private mutating func readHeaders() throws -> Damage? {
        for (index, number) in numbers.enumerated() {
            let path = directory.logPath(number)
            func damaged(_ offset: Int, _ expectation: String) -> Damage {
                Damage(
                    error: CorruptionError(file: path, offset: offset, expectation: expectation), fileIndex: nil,
                    offset: 0,
                    knownPosition: nil)
            }
            let file = try fileSystem.open(path, .read)
            defer { file.close() }
            let sector = try file.read(upTo: LogFormat.fileHeaderBytes, at: 0)
            let header: LogFileHeader
            do {
                header = try LogFileHeader(parsing: sector, number: number, lengthBytes: try file.lengthBytes())
            } catch let error as StorageError {
                throw error
            } catch {
                return damaged((error as? DecodingError)?.offset ?? 0, "\(error)")
            }
            if index > 0, let previous = files.last {
                guard number == previous.fileNumber + 1 else {
                    return damaged(0, "file \(previous.fileNumber + 1) before this one; it is missing")
                }
                guard header.logID == previous.logID else { return damaged(8, "the log id of the file before") }
                guard header.previousEnd >= LogFormat.fileHeaderBytes, header.previousEnd <= previous.fileBytes else {
                    return damaged(40, "an end within the file before")
                }
                guard header.firstPosition >= previous.firstPosition else {
                    return damaged(32, "a position that does not fall")
                }
            }
            files.append(header)
        }
        return nil
    }

    /// The file that replay begins in, and the place in it.
    private func startingFile() throws -> (index: Int, place: LogPlace?) {
        switch start {
        case .beginning:
            return (0, nil)
        case .place(let place):
            guard let index = files.firstIndex(where: { $0.fileNumber == place.fileNumber }),
                (LogFormat.fileHeaderBytes...files[index].fileBytes).contains(place.offset)
            else {
                throw CorruptionError(
                    file: directory.logPath(place.fileNumber), offset: place.offset,
                    expectation: "the place from which replay goes on; the log does not have it")
            }
            return (index, place)
        case .position(let position):
            // The last file that begins before the position: records without events at the position itself may stand at
            // its end.
            return (max(0, (files.firstIndex { $0.firstPosition >= position } ?? files.count) - 1), nil)
        }
    }

    private mutating func readFile(_ index: Int, from place: LogPlace?, _ replay: (LogRecord) throws -> Void) throws {
        let header = files[index]
        assert(report.nextPosition >= 0, "positions are counted")
        let next = index + 1 < files.count ? files[index + 1] : nil
        let path = directory.logPath(header.fileNumber)
        let file = try fileSystem.open(path, .read)
        defer { file.close() }
        chain = place?.chain ?? header.chain
        var reader = LogFileReader(
            file: file, header: header, offset: place?.offset ?? LogFormat.fileHeaderBytes,
            chain: chain, limit: next?.previousEnd ?? header.fileBytes)
        while case .record(let record) = try reader.next() {
            guard record.position >= report.nextPosition else {
                damage = Damage(
                    error: CorruptionError(
                        file: path, offset: record.place.offset, expectation: "a position that does not fall"),
                    fileIndex: index, offset: record.place.offset)
                break
            }
            assert(record.place.position == record.position, "a record knows its place")
            chain = reader.chain
            report.nextPosition = record.nextPosition
            report.wasClosed = record.kind == .end
            try hand(record, to: replay)
        }
        endOffset = damage?.offset ?? reader.offset
        if damage != nil { return }
        if let next {
            guard reader.offset == next.previousEnd,
                reader.chain == next.previousChain
            else {
                damage = Damage(
                    error: CorruptionError(
                        file: path, offset: reader.offset,
                        expectation: "a record; the next file says that one stood here"),
                    fileIndex: index, offset: reader.offset, knownPosition: next.firstPosition)
                return
            }
        } else {
            try judgeTail(&reader, index, path)
        }
    }

    private mutating func hand(_ record: LogRecord, to replay: (LogRecord) throws -> Void) throws {
        guard !record.kind.isMarker else { return }
        if case .position(let position) = start {
            let isWanted = record.count > 0 ? record.nextPosition > position : record.position >= position
            guard isWanted else { return }
        }
        report.replayedRecords += 1
        report.replayedEvents += record.count
        try replay(record)
    }

    /// Torn, or damaged?
    private mutating func judgeTail(_ reader: inout LogFileReader, _ index: Int, _ path: String) throws {
        let torn = try reader.tornHeader()
        let remains = try reader.searchRemains()
        if let witness = remains.witness {
            damage = Damage(
                error: CorruptionError(
                    file: path, offset: reader.offset,
                    expectation: "a record; the one at offset \(witness.offset) says that it was flushed"),
                fileIndex: index, offset: reader.offset, knownPosition: witness.nextPosition)
            return
        }
        assert(endOffset == reader.offset && chain == reader.chain, "the log ends where reading ended")
        report.tornBytes = torn?.recordBytes ?? 0
        report.orphanedRecords = remains.orphans
    }

    /// Forgets the files that went to quarantine.
    mutating func keepFiles(through index: Int?) {
        files.removeSubrange((index.map { $0 + 1 } ?? 0)...)
        report.files = files.count
        report.wasClosed = false
    }

    /// Holds the end against what the caller knows.
    private mutating func checkReach() {
        guard damage == nil, let goal = options.mustReach, let last = files.last else { return }
        let end = LogPlace(fileNumber: last.fileNumber, offset: endOffset, chain: 0, position: 0)
        guard end < goal else { return }
        damage = Damage(
            error: CorruptionError(
                file: directory.logPath(last.fileNumber), offset: endOffset,
                expectation: "records up to \(goal), as the manifest says"),
            fileIndex: files.count - 1, offset: endOffset)
    }
}
