import EventStores
import Platform
import Projections
import Segments

extension SimulationRun {
    /// Damages a closed store, and asks it for everything: each answer is right, says what it lacks, or is an error
    /// that names what is damaged. Then it is repaired.
    mutating func tryDamage(_ damage: Damage, _ options: StoreOptions, _ everything: [String]) throws {
        if !oracle.mayLose {
            let faults = try EventStore.fileFaults(at: Self.directory, context: context(disk))
            guard faults.count == 0 else {
                throw Violation(.answeredOrRefused, "nothing is damaged, and yet: \(faults.lines)")
            }
        }
        let positions = try segmentPositions()
        let paths = damageFiles(damage)
        guard !paths.isEmpty else { return }
        report.damages += 1
        let harmed = SimulatedFileSystem(copying: disk, seed: history.seed ^ 4)
        try ask(paths, options, everything, positions)
        // Of what a disk lost that lied nobody knows here.
        if !oracle.mayLose { try tryRepair(harmed, paths, options, everything) }
    }

    private mutating func ask(
        _ paths: [String], _ options: StoreOptions, _ everything: [String],
        _ positions: [String: ClosedRange<Int64>]
    ) throws {
        let store: EventStore
        do {
            store = try EventStore.open(at: Self.directory, context: context(disk), options: options)
        } catch {
            try checkRefusal(error, paths)
            report.refusals += 1
            return
        }
        let contents = StoreContents(snapshot: store.snapshot())
        do {
            try checkEvents(try contents.events(sent), paths)
        } catch let violation as Violation {
            throw violation
        } catch {
            try checkRefusal(error, paths)
            report.refusals += 1
        }
        guard !Self.mayEndEarlier(paths) else { return }
        try checkFigures(contents, paths, everything)
        if !oracle.mayLose, let path = paths.first, paths.count == 1, path.hasSuffix(Self.segmentEnding) {
            try checkOthers(contents, path, positions[fileName(of: path)])
        }
    }

    private func checkEvents(_ found: [Oracle.Kept], _ paths: [String]) throws(Violation) {
        let mayEndEarlier = Self.mayEndEarlier(paths)
        for (event, wanted) in zip(found, oracle.inOrder) where event != wanted {
            // Another row came to stand for it in what is no longer there.
            let isOlder = event.position == wanted.position && sent[wanted.event.id]?.contains(event.event) == true
            if mayEndEarlier, isOlder { continue }
            throw Violation(
                .answeredOrRefused, "damage of \(paths): \(wanted.event.id) is \(event.event.id) now, "
                    + Oracle.difference(event.event, wanted.event))
        }
        guard found.count == oracle.kept.count || found.count < oracle.kept.count && mayEndEarlier else {
            throw Violation(
                .answeredOrRefused,
                "damage of \(paths): \(found.count) events of \(oracle.kept.count) are left, unsaid")
        }
    }

    /// What the last file of the log no longer has looks like what was never there where what was written down at the
    /// close is damaged at the same time: nothing vouches for it.
    static func mayEndEarlier(_ paths: [String]) -> Bool {
        paths.contains(log + "/log.end") && paths.count > 1
    }

    /// Rows of all tables, and counters, are what they were, where nothing says otherwise.
    private mutating func checkFigures(
        _ contents: StoreContents, _ paths: [String], _ everything: [String]
    ) throws {
        for table in contents.snapshot.tableNames {
            let beginning = table + ": "
            let wanted = everything.filter { $0.hasPrefix(beginning) }.map { String($0.dropFirst(beginning.count)) }
            do {
                guard let found = try contents.wholeTexts(table), found != wanted else { continue }
                throw Violation(
                    .answeredOrRefused, "damage of \(paths), \(table): \(Self.difference(found, wanted))")
            } catch let violation as Violation {
                throw violation
            } catch {
                try checkRefusal(error, paths)
                report.refusals += 1
            }
        }
        let (counters, known) = (contents.snapshot.counters.families.map { "\($0)" }, Set(everything))
        if let other = counters.first(where: { !known.contains($0) }) {
            throw Violation(.answeredOrRefused, "damage of \(paths): \(other)")
        }
    }

    /// What lies in other segments than the damaged one can be read, and nothing of it needs that one.
    /// - Parameter positions: of the events of the damaged one.
    private func checkOthers(
        _ contents: StoreContents, _ path: String, _ positions: ClosedRange<Int64>?
    ) throws(Violation) {
        let found: (ids: Set<String>, failures: [any Error])
        do {
            found = try contents.readableEvents()
        } catch {
            throw Violation(.othersReadable, "damage of \(path) takes down a whole table: \(error)")
        }
        for failure in found.failures where !Self.names(failure, [path]) {
            throw Violation(.othersReadable, "damage of \(path) has another one refused: \(failure)")
        }
        // A row that stands for another one has the position of that one, and lies elsewhere.
        let lost = oracle.inOrder.first { one in
            !found.ids.contains(one.event.id) && !(positions?.contains(one.position) ?? false)
                && !oracle.replaced.contains(one.event.id)
        }
        if let lost {
            throw Violation(
                .othersReadable, "damage of \(path) takes down \(lost.event.id) at position \(lost.position)")
        }
    }

    /// The positions of the events of each segment, by its name.
    private func segmentPositions() throws -> [String: ClosedRange<Int64>] {
        let manifest = try ManifestStore.open(fileSystem: disk, directory: Self.segments).store.current
        let pairs = manifest.segments.compactMap { segment in
            segment.positions.map { (segment.description.fileName, $0) }
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    static let segmentEnding = ".segment"

    /// An error has to be of a kind that says what is damaged, and to say it.
    func checkRefusal(_ error: any Error, _ paths: [String]) throws(Violation) {
        guard Self.isKnown(error) else {
            throw Violation(.answeredOrRefused, "damage of \(paths) ends in an error without a place: \(error)")
        }
        guard oracle.mayLose || Self.names(error, paths) else {
            throw Violation(.answeredOrRefused, "damage of \(paths) is said to be elsewhere: \(error)")
        }
    }

    /// Whether something that is said names one of some files.
    static func names(_ said: Any, _ paths: [String]) -> Bool {
        let text = "\(said)"
        return paths.contains { text.contains($0) }
    }

    /// - Returns: the files that are concerned; none where there was nothing to be done.
    private func damageFiles(_ damage: Damage) -> [String] {
        var generator = SeededGenerator(seed: damage.seed)
        let files = disk.snapshot().filter { !$0.bytes.isEmpty && $0.path.hasPrefix(Self.directory + "/") }
        guard !files.isEmpty else { return [] }
        let file = files[generator.next(below: files.count)]
        let count = file.bytes.count
        switch damage.kind {
        case .flip:
            let place = generator.next(below: count)
            disk.damage(file.path) { $0[place] ^= 1 << UInt8(generator.next(below: 8)) }
        case .cut:
            let length = generator.next(below: count)
            disk.damage(file.path) { $0.removeLast(count - length) }
        case .zero:
            let block = block(of: count, &generator)
            disk.damage(file.path) { for place in block { $0[place] = 0 } }
        case .swap:
            let other = generator.oneIn(2) ? file : files[generator.next(below: files.count)]
            let bytes = min(512, count, other.bytes.count)
            let first = generator.next(below: (count - bytes) / 512 + 1) * 512
            let second = generator.next(below: (other.bytes.count - bytes) / 512 + 1) * 512
            let (mine, theirs) = (file.bytes[first..<(first + bytes)], other.bytes[second..<(second + bytes)])
            disk.damage(file.path) { $0.replaceSubrange(first..<(first + bytes), with: theirs) }
            disk.damage(other.path) { $0.replaceSubrange(second..<(second + bytes), with: mine) }
            return other.path == file.path ? [file.path] : [file.path, other.path]
        case .rollBack:
            let earlier = rolledBack(file.path)
            guard !earlier.isEmpty else { return [] }
            let bytes = earlier[generator.next(below: earlier.count)]
            disk.damage(file.path) { $0 = bytes }
        case .foreign:
            let other = files[generator.next(below: files.count)].bytes
            disk.damage(file.path) { $0 = other }
        case .missing:
            try? disk.remove(file.path)
        case .extra:
            let path = file.path + "0"
            guard let extra = try? disk.open(path, .create) else { return [] }
            try? extra.write(file.bytes, at: 0)
            return [path]
        }
        return [file.path]
    }

    private func block(of count: Int, _ generator: inout SeededGenerator) -> Range<Int> {
        let size = generator.oneIn(2) ? 512 : 4_096
        let start = generator.next(below: (count - 1) / size + 1) * size
        return start..<min(start + size, count)
    }
}
