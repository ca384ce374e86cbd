import Bytes
import Columnar
import Domain

/// Numbers the label sets of a table's rows.
final class LabelReader {
    private enum Part {
        case column(Int, words: (ByteText, ByteText)?)
        case constant(ByteText)
    }

    private let names: [String]
    private let parts: [Part]
    private var groups: GroupTable?
    /// By group: the number of its label set.
    private var sets: [Int] = []
    private var ordinal: UInt64 = 0

    /// - Parameters:
    ///   - labels: what rows say; those that code gives are left out.
    ///   - type: the place of the table's event type among the metric's.
    init(_ labels: [MetricLabel], _ table: NamedTable, type: Int = 0) {
        var names: [String] = []
        var parts: [Part] = []
        for label in labels {
            switch label.source {
            case .column(let name):
                parts.append(.column(names.count, words: nil))
                names.append(name)
            case .boolean(let name, let yes, let no):
                parts.append(.column(names.count, words: (ByteText(yes.utf8), ByteText(no.utf8))))
                names.append(name)
            case .eventType(let words): parts.append(.constant(ByteText(words[type].utf8)))
            case .given: break
            }
        }
        (self.names, self.parts) = (names, parts)
        groups = names.isEmpty ? nil : GroupTable(types: names.map(table.type))
    }

    /// Labels that are columns of text or whole numbers, and behind them texts that are always the same.
    init(columns: [String], constants: [ByteText] = [], _ table: NamedTable) {
        names = columns
        parts = columns.indices.map { .column($0, words: nil) } + constants.map { .constant($0) }
        groups = columns.isEmpty ? nil : GroupTable(types: columns.map(table.type))
    }

    var memoryBytes: Int { (groups?.memoryBytes ?? 0) + sets.count * 8 }

    /// The number of each row's label set, by the row.
    func read(
        _ morsel: any Morsel, _ table: NamedTable, into cells: inout LabelledCells
    ) throws -> RowSets {
        guard groups != nil else {
            if sets.isEmpty { sets.append(cells.set(values { _, _ in ByteText([]) })) }
            return RowSets(groups: [], sets: sets)
        }
        let keys = try names.map { try table.column($0, of: morsel) }
        let numbers = groups?.assign(keys, ordinal: ordinal) ?? []
        ordinal += UInt64(morsel.rowCount)
        let known = sets.count
        if let groups, groups.count > known {
            let fresh = (known..<groups.count).map { UInt32($0) }
            let columns = groups.keys(of: fresh)
            for row in fresh.indices {
                sets.append(cells.set(values { columns[$0].label(row, words: $1) }))
            }
        }
        return RowSets(groups: numbers, sets: sets)
    }

    private func values(_ text: (Int, (ByteText, ByteText)?) -> ByteText) -> [ByteText] {
        parts.map { part in
            switch part {
            case .column(let place, let words): text(place, words)
            case .constant(let text): text
            }
        }
    }
}

/// The label sets of the rows at hand.
struct RowSets {
    /// Empty where all rows have one set.
    fileprivate let groups: [UInt32]
    fileprivate let sets: [Int]

    fileprivate init(groups: [UInt32], sets: [Int]) { (self.groups, self.sets) = (groups, sets) }

    subscript(row: Int) -> Int { groups.isEmpty ? sets[0] : sets[Int(groups[row])] }
}
