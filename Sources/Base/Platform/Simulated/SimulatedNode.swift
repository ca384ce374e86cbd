internal import Bytes

/// One file of a simulated disk: what readers see, what a power cut is sure to leave, and the changes between the two.
struct SimulatedNode {
    /// A change that no flush has covered yet.
    enum Change {
        case write(offset: Int, bytes: [UInt8])
        /// To this length: cut, or extended by zeros.
        case resize(Int)
    }

    /// What a power cut makes of one write.
    enum Fate: CaseIterable {
        case nothing, prefix, someSectors, everything
    }

    /// The piece that a disk writes as a whole.
    static let sectorBytes = 512
    /// The piece that may be a hole.
    private static let pageBytes = 4096

    var isSecret: Bool
    private(set) var written: [UInt8] = []
    private(set) var flushed: [UInt8] = []
    private(set) var changes: [Change] = []

    init(isSecret: Bool) { self.isSecret = isSecret }

    /// The first pages from a place on that are not all zeros: a volume that keeps no page of zeros.
    func nextData(from offset: Int) -> Range<Int>? {
        func isZero(_ place: Int) -> Bool {
            let start = place / Self.pageBytes * Self.pageBytes
            return written.span.extracting(start..<min(start + Self.pageBytes, written.count)).isZero
        }
        func next(_ place: Int) -> Int { min((place / Self.pageBytes + 1) * Self.pageBytes, written.count) }
        var start = offset
        while start < written.count, isZero(start) { start = next(start) }
        guard start < written.count else { return nil }
        var end = next(start)
        while end < written.count, !isZero(end) { end = next(end) }
        return start..<end
    }

    mutating func record(_ change: Change) {
        Self.apply(change, to: &written)
        changes.append(change)
    }

    mutating func flush() {
        for change in changes { Self.apply(change, to: &flushed) }
        changes.removeAll()
    }

    /// A flush that failed: the system takes the changes for done, readers still see them, the disk never gets them.
    mutating func loseChanges() { changes.removeAll() }

    /// Changes the contents behind everybody's back, as decay does.
    mutating func damage(_ body: (inout [UInt8]) -> Void) {
        body(&written)
        flushed = written
        changes.removeAll()
    }

    private static func apply(_ change: Change, to content: inout [UInt8]) {
        switch change {
        case .resize(let length):
            if length < content.count {
                content.removeLast(content.count - length)
            } else {
                content.append(contentsOf: [UInt8](repeating: 0, count: length - content.count))
            }
        case .write(let offset, let bytes):
            let end = offset + bytes.count
            if end > content.count { content.append(contentsOf: [UInt8](repeating: 0, count: end - content.count)) }
            content.replaceSubrange(offset..<end, with: bytes)
        }
    }

    /// Settles on one of the states that a power cut may leave.
    mutating func cutPower(_ generator: inout SeededGenerator, fates: [Fate]) {
        var content = flushed
        for change in changes {
            switch change {
            case .resize:
                if fates[generator.next(below: fates.count)] != .nothing { Self.apply(change, to: &content) }
            case .write(let offset, let bytes):
                Self.apply(
                    offset: offset, bytes: bytes, fate: fates[generator.next(below: fates.count)], to: &content,
                    &generator)
            }
        }
        written = content
        flushed = content
        changes.removeAll()
    }

    private static func apply(
        offset: Int, bytes: [UInt8], fate: Fate, to content: inout [UInt8], _ generator: inout SeededGenerator
    ) {
        let end = offset + bytes.count
        let firstSector = offset / sectorBytes
        let lastSector = max(firstSector, (end - 1) / sectorBytes)
        // The length may be on the disk before the data: zeros stand in for it.
        if generator.oneIn(2), end > content.count { apply(.resize(end), to: &content) }
        let prefixEnd = (firstSector + generator.next(below: lastSector - firstSector + 1)) * sectorBytes
        for sector in firstSector...lastSector {
            let isKept =
                switch fate {
                case .nothing: false
                case .everything: true
                case .prefix: sector * sectorBytes < prefixEnd
                case .someSectors: generator.oneIn(2)
                }
            let low = max(offset, sector * sectorBytes)
            let high = min(end, (sector + 1) * sectorBytes)
            guard isKept, low < high else { continue }
            apply(.write(offset: low, bytes: Array(bytes[(low - offset)..<(high - offset)])), to: &content)
        }
    }
}
