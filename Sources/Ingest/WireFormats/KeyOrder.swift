internal import Bytes
internal import Domain

/// Guesses the column of a key from its place: senders write the keys of one type in one order, so the last event of
/// the type tells most of the next one's. A guess is compared with the key; only where it fails is the key looked up.
struct KeyOrder: Sendable {
    private static let placesMax = 64

    /// Names end to end, by column.
    private let names: [UInt8]
    private let ends: [Int]
    /// By type, then place; −1 where nothing is known.
    private var columns: [Int16]

    init(_ registry: SchemaRegistry) {
        var names: [UInt8] = []
        var ends: [Int] = []
        for column in registry.columns {
            names += Array(column.name.utf8)
            ends.append(names.count)
        }
        (self.names, self.ends) = (names, ends)
        columns = [Int16](repeating: -1, count: registry.types.count * Self.placesMax)
    }

    /// The column of the `place`th key; nil where the guess fails.
    @inline(__always)
    func guess(_ type: UInt16, _ place: Int, _ key: Span<UInt8>) -> UInt16? {
        guard place < Self.placesMax else { return nil }
        let column = Int(columns[Int(type) * Self.placesMax + place])
        guard column >= 0 else { return nil }
        let start = column == 0 ? 0 : ends[column - 1]
        guard ends[column] - start == key.count, key.isEqual(at: 0, to: names.span, at: start, length: key.count) else {
            return nil
        }
        return UInt16(column)
    }

    mutating func learn(_ type: UInt16, _ place: Int, _ column: UInt16) {
        guard place < Self.placesMax, let small = Int16(exactly: column) else { return }
        columns[Int(type) * Self.placesMax + place] = small
    }
}
