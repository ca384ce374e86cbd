internal import Bytes
package import Platform

/// All of a log that is there, damaged or not: where it is damaged, and what lies behind the first such place. Reads
/// alone, and one record at a time.
package struct LogSurvey: Sendable {
    /// What was flushed and is not what it was, in the order of the log; of very many the first ones.
    package private(set) var faults: [CorruptionError] = []
    /// All of them.
    package private(set) var faultCount = 0
    /// Where the first of them begins: up to there the log is whole. nil where nothing is damaged, and where what comes
    /// before the place is not known.
    package private(set) var end: LogPlace?
    /// What is intact behind that place.
    package private(set) var behind = Behind()
    /// The greatest received time before it; 0 where nothing was received.
    package private(set) var receivedTime: Int64 = 0
    /// What is damaged beside the records, with which nothing is lost.
    package private(set) var harmless: [CorruptionError] = []

    /// Intact records behind a damaged place.
    package struct Behind: Sendable {
        /// But for those that the log writes for itself.
        package var records = 0
        /// Events in them.
        package var events = 0
        /// The position that the next event had at least behind all of it; nil where nothing tells.
        package var nextPosition: Int64?
    }

    /// So many faults are named.
    private static let faultsMax = 100

    private let directory: LogDirectory
    private let start: LogPlace?
    /// Where the stretch ends that is looked at; nil for all of the log.
    private let bound: LogPlace?
    /// How far the log reached when it was closed; nil where nobody knows, or only a stretch is looked at.
    private var mark: LogEndMark?
    /// The least that the next record may have.
    private var position: Int64 = 0

    /// - Parameters:
    ///   - start: where replay goes on, from which on the log must be whole; nil for its beginning.
    ///   - each: is given each intact record, but for the log's own, and whether it stands behind the first damaged
    ///     place.
    /// - Throws: ``StorageError``; ``NewerFormatError``; what `each` throws.
    /// - Complexity: O(bytes of the log from `start` on).
    package init(
        directory path: String, fileSystem: any FileSystem, from start: LogPlace? = nil,
        each: (_ record: LogRecord, _ isBehind: Bool) throws -> Void = { _, _ in }
    ) throws {
        self.init(LogDirectory(path: path, fileSystem: fileSystem), from: start)
        let isThere = try fileSystem.isDirectory(path)
        let found = isThere ? try LogEndMark.read(in: directory) : LogEndMark.Found()
        mark = found.mark
        let numbers = isThere ? try directory.listing().logs.filter { $0 >= start?.fileNumber ?? 0 } : []
        if let damage = found.damage, start != nil || !numbers.isEmpty { harmless.append(Self.harmless(damage)) }
        if let start, numbers.first != start.fileNumber {
            note(path: directory.logPath(start.fileNumber), 0, "the log from here on; the file is missing")
        } else if numbers.isEmpty, let lost = LogEndMark.shortfall(of: found, in: directory) {
            note(lost)
        }
        if numbers.isEmpty, let mark, start.map({ $0 < mark.place }) ?? true { behind.reach(mark.place.position) }
        try read(numbers, each)
    }

    /// What is the matter with what was written down when the log was closed (``LogEndMark``); nil where nothing is,
    /// and where no file of the log is there, which is more than harmless.
    /// - Throws: ``StorageError``; ``NewerFormatError``.
    package static func markDamage(directory path: String, fileSystem: any FileSystem) throws -> CorruptionError? {
        let directory = LogDirectory(path: path, fileSystem: fileSystem)
        guard let damage = try LogEndMark.read(in: directory).damage, try !directory.listing().logs.isEmpty else {
            return nil
        }
        return harmless(damage)
    }

    private static func harmless(_ fault: CorruptionError) -> CorruptionError {
        var fault = fault
        fault.expectation += "; nothing is lost: it says that the log was closed, and the next close writes it anew"
        return fault
    }

    /// What is the matter with the header of a file; nil where it is whole.
    /// - Throws: ``StorageError``; ``NewerFormatError``.
    package static func headDamage(
        of number: UInt64, directory path: String, fileSystem: any FileSystem
    ) throws -> CorruptionError? {
        let found = try LogDirectory(path: path, fileSystem: fileSystem).head(of: number).header
        if case .failure(let damage) = found { return damage }
        return nil
    }

    private init(_ directory: LogDirectory, from start: LogPlace? = nil, before bound: LogPlace? = nil) {
        (self.directory, self.start, self.bound) = (directory, start, bound)
    }

    /// What stands before the place where replay goes on, in files that are still there: what was in it is stored
    /// elsewhere, so nothing is lost with it. Another process may let go of such files meanwhile, the oldest first: of
    /// these nothing is the matter.
    /// - Throws: ``StorageError``; ``NewerFormatError``.
    /// - Complexity: O(bytes of the log before the place).
    package init(directory path: String, fileSystem: any FileSystem, before place: LogPlace) throws {
        self.init(LogDirectory(path: path, fileSystem: fileSystem), before: place)
        let numbers = try directory.listing().logs.filter { number in
            guard number == place.fileNumber else { return number < place.fileNumber }
            // Whoever looks at what comes from the place on tells of its file's header.
            return (try? directory.head(of: number).header.get()) != nil
        }
        func isThere(_ number: UInt64) throws -> Bool {
            try fileSystem.lengthBytes(of: directory.logPath(number)) != nil
        }
        var found: [(number: UInt64, survey: LogSurvey)] = []
        var previous: KnownHeader?
        for (index, number) in numbers.enumerated() {
            var file = LogSurvey(directory, before: place)
            do {
                previous = try file.read(number, after: previous, before: numbers[(index + 1)...]) ?? previous
            } catch let error as StorageError where error.isMissing {
                if let last = previous, try !isThere(last.header.fileNumber) { previous = nil }
                continue
            }
            found.append((number, file))
        }
        // The bytes of a file that has lost its name may be of another one by now.
        for (number, file) in found where file.faultCount > 0 {
            guard try isThere(number) else { continue }
            for fault in file.faults { note(fault) }
            faultCount += file.faultCount - file.faults.count
        }
    }

    /// Reads one file of those before the place.
    /// - Returns: its header, or what serves in its stead; nil where nothing does.
    private mutating func read(
        _ number: UInt64, after previous: KnownHeader?, before others: ArraySlice<UInt64>
    ) throws -> KnownHeader? {
        let (found, fault) = try header(number, after: previous, before: others)
        if let fault { note(fault) }
        guard let found else { return nil }
        position = found.header.firstPosition
        var following = others.first.flatMap { try? directory.head(of: $0).header.get() }
        if following?.objection(after: found.header, isStandIn: found.isStandIn, in: directory) != nil {
            following = nil
        }
        try read(found.header, isWhole: fault == nil, next: following, isLast: others.isEmpty) { _, _ in }
        return found
    }

    private mutating func note(_ fault: CorruptionError) {
        faultCount += 1
        if faults.count < Self.faultsMax { faults.append(fault) }
    }

    private mutating func note(path: String, _ offset: Int, _ expectation: String) {
        note(CorruptionError(file: path, offset: offset, expectation: expectation))
    }

    private mutating func read(_ numbers: [UInt64], _ each: (LogRecord, Bool) throws -> Void) throws {
        var last: (known: KnownHeader, isWhole: Bool)?
        for (index, number) in numbers.enumerated() {
            let (found, fault) = try header(number, after: last?.known, before: numbers[(index + 1)...])
            if let last {
                try read(last.known.header, isWhole: last.isWhole, next: fault == nil ? found?.header : nil, each)
            }
            if let fault { note(fault) } else if faultCount > 0, let found { behind.reach(found.header.firstPosition) }
            if last == nil, let found { position = start?.position ?? found.header.firstPosition }
            if let found { last = (found, fault == nil) }
        }
        if let last { try read(last.known.header, isWhole: last.isWhole, next: nil, isLast: true, each) }
    }

    /// The header of a file, or one that serves to search it where it is damaged.
    private struct KnownHeader {
        var header: LogFileHeader
        var isStandIn = false
    }

    /// - Parameter others: the files behind it.
    private func header(
        _ number: UInt64, after previous: KnownHeader?, before others: ArraySlice<UInt64>
    ) throws -> (KnownHeader?, CorruptionError?) {
        let (head, found) = try directory.head(of: number)
        let fault: CorruptionError
        switch found {
        case .success(let header):
            let objection = header.objection(
                after: previous?.header, isStandIn: previous?.isStandIn ?? false, in: directory)
            return (KnownHeader(header: header), objection)
        case .failure(let damage): fault = damage
        }
        guard let logID = previous?.header.logID ?? logID(of: head, before: others) else { return (nil, fault) }
        let before = previous?.header
        let stand = LogFileHeader(
            logID: logID, fileNumber: number, fileBytes: min(head.lengthBytes, LogFormat.fileBytesMax),
            firstPosition: before?.firstPosition ?? start?.position ?? 0, previousEnd: before?.fileBytes ?? 0,
            previousChain: 0)
        return (KnownHeader(header: stand, isStandIn: true), fault)
    }

    /// The id by which the records of a file with a damaged header, before which no file stands, are known: what the
    /// next whole header says, else what stands where the damaged one has it; nil where nothing does.
    private func logID(of head: LogFileHead, before others: ArraySlice<UInt64>) -> UInt64? {
        let next = others.lazy.compactMap { try? directory.head(of: $0).header.get().logID }.first
        var own = ByteCursor(head.sector.dropFirst(LogFileHeader.idOffset))
        return next ?? (try? own.read(littleEndian: UInt64.self))
    }

    /// Reads one file to its end.
    private mutating func read(
        _ header: LogFileHeader, isWhole: Bool, next: LogFileHeader?, isLast: Bool = false,
        _ each: (LogRecord, Bool) throws -> Void
    ) throws {
        let path = directory.logPath(header.fileNumber)
        let file = try directory.fileSystem.open(path, .read)
        defer { file.close() }
        let start = start.flatMap { $0.fileNumber == header.fileNumber ? $0 : nil }
        let until: (offset: Int, chain: UInt32)? =
            if let bound, bound.fileNumber == header.fileNumber {
                (bound.offset, bound.chain)
            } else {
                next.map { ($0.previousEnd, $0.previousChain) }
            }
        var reader = LogFileReader(
            file: file, header: header, offset: start?.offset ?? LogFormat.fileHeaderBytes,
            chain: start?.chain ?? header.chain, limit: min(until?.offset ?? header.fileBytes, header.fileBytes))
        if !isWhole { guard try reader.resume(from: reader.offset) else { return } }
        let beginning = LogPlace(
            fileNumber: header.fileNumber, offset: reader.offset, chain: reader.chain, position: position)
        while true {
            if let other = try otherHistory(reader, header) { noteOtherHistory(other, from: beginning) }
            while case .record(let record) = try reader.next() { try take(record, path, each) }
            let here = LogPlace(
                fileNumber: header.fileNumber, offset: reader.offset, chain: reader.chain, position: position)
            if let until, reader.offset == until.offset, reader.chain == until.chain { return }
            guard let missing = try missing(&reader, isKnown: until != nil) else {
                // The file behind is damaged or missing, and this one is whole as far as it tells.
                if !isLast { end(at: here) } else { judgeEnd(header, here) }
                return
            }
            end(at: here)
            note(path: path, reader.offset, missing)
            guard try reader.resume() else { return }
        }
    }

    /// Why what a reader goes on with is of another history than the log had when it was closed, looked at before any
    /// record of it is taken: those before the one that shows it count no more than it does.
    private func otherHistory(_ reader: LogFileReader, _ header: LogFileHeader) throws -> CorruptionError? {
        guard let mark, mark.isOf(header) else { return nil }
        var ahead = reader
        while ahead.offset < mark.place.offset, case .record(let record) = try ahead.next() {
            let other = mark.contradiction(
                of: record, endingAt: ahead.offset, chain: ahead.chain, in: header, of: directory)
            if let other { return other }
        }
        return nil
    }

    /// Records of a file are of another history than the one that the log had when it was closed: from which one on
    /// nobody knows, so none of them counts.
    private mutating func noteOtherHistory(_ fault: CorruptionError, from beginning: LogPlace) {
        if faultCount == 0, end == nil { end = beginning }
        note(fault)
        if let mark { behind.reach(mark.place.position) }
    }

    /// Holds the end of the last file against what was written down when the log was closed.
    private mutating func judgeEnd(_ header: LogFileHeader, _ place: LogPlace) {
        guard let mark else { return }
        if let short = mark.shortfall(of: header, endingAt: place.offset, in: directory) {
            end(at: place)
            note(short)
            behind.reach(mark.place.position)
        } else if mark.hasLostMarker(of: header, endingAt: place.offset) {
            harmless.append(
                Self.harmless(
                    CorruptionError(
                        file: directory.logPath(header.fileNumber), offset: place.offset,
                        expectation: "the log's end marker")))
        }
    }

    private mutating func take(_ record: LogRecord, _ path: String, _ each: (LogRecord, Bool) throws -> Void) throws {
        if faultCount == 0, record.position < position {
            end(at: record.place)
            note(path: path, record.place.offset, "a position that does not fall")
        }
        let isBehind = faultCount > 0
        if isBehind { behind.add(record) } else { position = record.nextPosition }
        guard !record.kind.isMarker else { return }
        if !isBehind { receivedTime = max(receivedTime, record.receivedTime) }
        try each(record, isBehind)
    }

    private mutating func end(at place: LogPlace) {
        guard faultCount == 0, end == nil else { return }
        end = place
        end?.position = position
    }

    /// What should stand where reading ended; nil where a log may end there.
    /// - Parameter isKnown: whether something says where the records of the file end.
    private func missing(_ reader: inout LogFileReader, isKnown: Bool) throws -> String? {
        if isKnown {
            return "a record; " + (bound == nil ? "the next file says that one stood here" : "one stood here")
        }
        guard let witness = try reader.searchRemains().witness else { return nil }
        return "a record; the one at offset \(witness) says that it was flushed"
    }
}

extension LogSurvey.Behind {
    /// Something tells that the next event had this position at least.
    fileprivate mutating func reach(_ position: Int64) { nextPosition = max(nextPosition ?? 0, position) }

    fileprivate mutating func add(_ record: LogRecord) {
        reach(record.nextPosition)
        guard !record.kind.isMarker else { return }
        records += 1
        events += record.count
    }
}
