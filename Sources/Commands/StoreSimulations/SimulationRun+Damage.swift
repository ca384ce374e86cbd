import EventStores
import Platform

extension SimulationRun {
    /// Damages a closed store, and asks it for everything: each answer is right, or an error says what is not.
    mutating func tryDamage(_ damage: Damage, _ options: StoreOptions) throws {
        guard let path = damageFiles(damage) else { return }
        noteDamage()
        let store: EventStore
        do {
            store = try EventStore.open(at: Self.directory, context: context(disk), options: options)
        } catch {
            try checkRefusal(error, path)
            noteRefusal()
            return
        }
        // What the last file of the log no longer has looks like what was never there: nothing behind it vouches.
        let mayEndEarlier = parentDirectory(of: path) == Self.log && path == lastLogFile
        let contents = StoreContents(snapshot: store.snapshot())
        do {
            let found = try contents.events(sent)
            for (event, wanted) in zip(found, oracle.inOrder) where event != wanted {
                // Another row came to stand for it in what is no longer there.
                let isOlder = event.position == wanted.position && sent[wanted.event.id]?.contains(event.event) == true
                if mayEndEarlier, isOlder { continue }
                throw Violation(
                    .answeredOrRefused, "\(damage.kind) of \(path): \(wanted.event.id) is \(event.event.id) now, "
                        + Oracle.difference(event.event, wanted.event))
            }
            guard found.count == oracle.kept.count || found.count < oracle.kept.count && mayEndEarlier else {
                throw Violation(
                    .answeredOrRefused,
                    "\(damage.kind) of \(path): \(found.count) events of \(oracle.kept.count) are left, unsaid")
            }
        } catch let violation as Violation {
            throw violation
        } catch {
            try checkRefusal(error, path)
            noteRefusal()
        }
    }

    private func checkRefusal(_ error: any Error, _ path: String) throws(Violation) {
        guard Self.isKnown(error) else {
            throw Violation(.answeredOrRefused, "damage of \(path) ends in an error without a place: \(error)")
        }
    }

    private var lastLogFile: String? {
        disk.snapshot().map(\.path).last { $0.hasPrefix(Self.log + "/events-") }
    }

    /// - Returns: the file that is concerned; nil where there was nothing to be done.
    private func damageFiles(_ damage: Damage) -> String? {
        var generator = SeededGenerator(seed: damage.seed)
        let files = disk.snapshot().filter { !$0.bytes.isEmpty }
        guard !files.isEmpty else { return nil }
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
            // Where the other one is of the log, it is the one that may end earlier.
            return other.path == lastLogFile ? other.path : file.path
        case .rollBack:
            let earlier = rolledBack(file.path)
            guard !earlier.isEmpty else { return nil }
            let bytes = earlier[generator.next(below: earlier.count)]
            disk.damage(file.path) { $0 = bytes }
        case .foreign:
            let other = files[generator.next(below: files.count)].bytes
            disk.damage(file.path) { $0 = other }
        case .missing:
            try? disk.remove(file.path)
        case .extra:
            let path = file.path + "0"
            guard let extra = try? disk.open(path, .create) else { return nil }
            try? extra.write(file.bytes, at: 0)
            return path
        }
        return file.path
    }

    private func block(of count: Int, _ generator: inout SeededGenerator) -> Range<Int> {
        let size = generator.oneIn(2) ? 512 : 4_096
        let start = generator.next(below: (count - 1) / size + 1) * size
        return start..<min(start + size, count)
    }
}
