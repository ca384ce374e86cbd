import Domain

/// System records that no segment holds, in the order of the log, and what they take.
///
/// Each version of the store holds them as they were: they lie in chunks, of which what comes changes the last one, so
/// that an addition to one of two copies is cheap.
struct UnsealedRecords: Sendable {
    /// None is empty.
    private var chunks: [[SystemRecord]] = []
    private(set) var count = 0
    /// Of all of them.
    private(set) var byteCount = 0
    private static let chunkMax = 256

    var isEmpty: Bool { count == 0 }

    /// - Complexity: O(records).
    var all: [SystemRecord] { chunks.flatMap { $0 } }

    mutating func append(_ record: SystemRecord) {
        if chunks.last?.count ?? Self.chunkMax >= Self.chunkMax { chunks.append([]) }
        chunks[chunks.count - 1].append(record)
        count += 1
        byteCount += record.byteCount
    }

    mutating func removeFirst(_ number: Int) {
        precondition(number <= count, "they are there")
        var (left, whole) = (number, 0)
        while whole < chunks.count, chunks[whole].count <= left {
            left -= chunks[whole].count
            whole += 1
        }
        forget(chunks[..<whole].joined())
        chunks.removeFirst(whole)
        guard left > 0 else { return }
        forget(chunks[0].prefix(left))
        chunks[0].removeFirst(left)
    }

    mutating func removeLast(_ number: Int) {
        precondition(number <= count, "they are there")
        for _ in 0..<number {
            forget(CollectionOfOne(chunks[chunks.count - 1].removeLast()))
            if chunks[chunks.count - 1].isEmpty { chunks.removeLast() }
        }
    }

    /// Removes the last record of a kind among those in front of the last one.
    /// - Parameter first: those before it stay.
    /// - Complexity: O(records behind it + records / 256).
    mutating func removeLast(from first: Int, where isOfKind: (SystemRecord) -> Bool) {
        var end = count
        for chunk in chunks.indices.reversed() {
            let start = end - chunks[chunk].count
            guard end > first else { return }
            let places = max(0, first - start)..<(min(end, count - 1) - start)
            if let place = chunks[chunk][places].lastIndex(where: isOfKind) {
                forget(CollectionOfOne(chunks[chunk].remove(at: place)))
                if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
                return
            }
            end = start
        }
    }

    private mutating func forget(_ records: some Sequence<SystemRecord>) {
        for record in records {
            count -= 1
            byteCount -= record.byteCount
        }
    }
}

extension SystemRecord {
    /// Bytes of its texts, and some for the rest.
    var byteCount: Int {
        switch content {
        case .event(let type, let data): 64 + type.utf8.count + data.utf8.count
        case .deadLetter(let letter):
            [letter.id, letter.source, letter.type, letter.error, letter.fields].reduce(128) { $0 + $1.utf8.count }
        }
    }
}
