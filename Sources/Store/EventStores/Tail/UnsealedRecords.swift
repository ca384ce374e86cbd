import Domain

/// System records that no segment holds, in the order of the log, and what they take.
struct UnsealedRecords: Sendable {
    private(set) var all: [SystemRecord] = []
    /// Of all of them.
    private(set) var byteCount = 0

    var count: Int { all.count }
    var isEmpty: Bool { all.isEmpty }

    mutating func append(_ record: SystemRecord) {
        all.append(record)
        byteCount += record.byteCount
    }

    mutating func removeFirst(_ count: Int) {
        byteCount -= all.prefix(count).reduce(0) { $0 + $1.byteCount }
        all.removeFirst(count)
    }

    mutating func removeLast(_ count: Int) {
        byteCount -= all.suffix(count).reduce(0) { $0 + $1.byteCount }
        all.removeLast(count)
    }

    mutating func remove(at index: Int) { byteCount -= all.remove(at: index).byteCount }
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
