internal import Bytes
internal import Platform

/// Reads a log and decides where it ends; writes nothing.
struct LogRecovery {
    let directory: LogDirectory
    let numbers: [UInt64]
    let start: ReplayStart
    let options: EventLogOptions
    /// How far the log reached when it was closed; nil where nobody knows.
    let mark: LogEndMark?

    /// Headers of the intact files, without a gap. Of files before the one that replay begins in none is needed.
    private(set) var files: [LogFileHeader] = []
    private(set) var endOffset = LogFormat.fileHeaderBytes
    /// Of the last file: what stands before it is known to have been flushed.
    private(set) var vouchedOffset = LogFormat.fileHeaderBytes
    /// What the next record must carry.
    private(set) var chain: UInt32 = 0
    private(set) var report = RecoveryReport()

    init(
        directory: LogDirectory, numbers: [UInt64], start: ReplayStart, options: EventLogOptions, mark: LogEndMark?
    ) {
        self.directory = directory
        self.numbers = numbers
        self.start = start
        self.options = options
        self.mark = mark
    }

    private var fileSystem: any FileSystem { directory.fileSystem }

    /// - Throws: ``CorruptionError`` where flushed bytes are not what they were, at the first such place.
    mutating func run(_ replay: (LogRecord) throws -> Void) throws {
        let headerDamage = try readHeaders()
        if let headerDamage, files.isEmpty { throw headerDamage }
        let (first, place) = try startingFile()
        report.nextPosition = place?.position ?? files[first].firstPosition
        for index in first..<files.count { try readFile(index, from: index == first ? place : nil, replay) }
        if let headerDamage { throw headerDamage }
        try checkReach()
        report.files = files.count
    }

    /// Reads the headers up to the first that is missing or damaged, but for those before the place where replay
    /// begins: what stood there is stored elsewhere.
    private mutating func readHeaders() throws -> CorruptionError? {
        let needed: UInt64 = if case .place(let place) = start { place.fileNumber } else { 0 }
        for number in numbers {
            let header: LogFileHeader
            switch try directory.head(of: number).header {
            case .success(let whole): header = whole
            case .failure(let damage):
                guard number < needed else { return damage }
                files = []
                continue
            }
            if let last = files.last, number <= needed, last.fileNumber + 1 < number { files = [] }
            if let objection = header.objection(after: files.last, in: directory) { return objection }
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
                throw CorruptionError(
                    file: path, offset: record.place.offset, expectation: "a position that does not fall")
            }
            let contradiction = mark?.contradiction(
                of: record, endingAt: reader.offset, chain: reader.chain, in: header, of: directory)
            if let contradiction { throw contradiction }
            assert(record.place.position == record.position, "a record knows its place")
            chain = reader.chain
            report.nextPosition = record.nextPosition
            report.wasClosed = record.kind == .end
            try hand(record, to: replay)
        }
        (endOffset, vouchedOffset) = (reader.offset, reader.vouchedOffset)
        assert(vouchedOffset <= endOffset, "only what stands before can be flushed")
        if let next {
            guard reader.offset == next.previousEnd, reader.chain == next.previousChain else {
                throw CorruptionError(
                    file: path, offset: reader.offset, expectation: "a record; the next file says that one stood here")
            }
        } else {
            try judgeTail(&reader, path)
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
    private mutating func judgeTail(_ reader: inout LogFileReader, _ path: String) throws {
        let torn = try reader.tornHeader()
        let remains = try reader.searchRemains()
        if let witness = remains.witness {
            throw CorruptionError(
                file: path, offset: reader.offset,
                expectation: "a record; the one at offset \(witness) says that it was flushed")
        }
        assert(endOffset == reader.offset && chain == reader.chain, "the log ends where reading ended")
        report.tornBytes = torn?.recordBytes ?? 0
        report.orphanedRecords = remains.orphans
    }

    /// Holds the end against what the caller knows, and against what was written down when the log was closed.
    private func checkReach() throws(CorruptionError) {
        guard let last = files.last else { return }
        if let short = mark?.shortfall(of: last, endingAt: endOffset, in: directory) { throw short }
        let end = LogPlace(fileNumber: last.fileNumber, offset: endOffset, chain: 0, position: 0)
        guard let goal = options.mustReach, end < goal else { return }
        throw CorruptionError(
            file: directory.logPath(last.fileNumber), offset: endOffset,
            expectation: "records up to \(goal), as the manifest says")
    }
}
