import Bytes
package import JSONTexts
package import PromQLText

/// The answers of a panel as one table.
package struct PanelTable: Sendable {
    /// What one question says, once.
    package struct Answer: Sendable {
        /// By which its column is named.
        var refID: String
        /// A series and its value each.
        var values: [(labels: LabelSet, value: Double)]

        /// Takes each part as given.
        package init(refID: String, values: [(labels: LabelSet, value: Double)]) {
            (self.refID, self.values) = (refID, values)
        }
    }

    private enum Column: Hashable {
        case time
        case label(ByteText)
        case value(Int)
    }

    private struct Row {
        var labels: LabelSet
        var values: [Double?]
    }

    private let time: Int64
    private var rows: [Row] = []
    private var columns: [(column: Column, name: [UInt8])] = []
    /// More rows than these are counted alone.
    private var leftOutCount = 0

    private static let rowsMax = 5_000

    /// - Parameter time: ms since 1970, when all were asked.
    /// - Complexity: O(n log n) in values and labels; it holds no more than rows that are shown, and labels of others.
    package init(_ answers: [Answer], at time: Int64, _ transformations: [Transformation]) {
        self.time = time
        let merges = transformations.contains { if case .merge = $0 { true } else { false } }
        var (places, names): ([LabelSet: Int], Set<ByteText>) = ([:], [])
        var left: Set<LabelSet> = []
        for (number, answer) in answers.enumerated() {
            for (labels, value) in answer.values {
                if merges, let known = places[labels], rows[known].values[number] == nil {
                    rows[known].values[number] = value
                    continue
                }
                // A row has room for every answer: what is not shown gets none.
                guard rows.count < Self.rowsMax else {
                    if !merges || left.insert(labels).inserted { leftOutCount += 1 }
                    continue
                }
                names.formUnion(labels.labels.map(\.name))
                places[labels] = rows.count
                var row = Row(labels: labels, values: Array(repeating: nil, count: answers.count))
                row.values[number] = value
                rows.append(row)
            }
        }
        columns = [(.time, Array("Time".utf8))] + names.sorted().map { (.label($0), $0.bytes) }
        for (number, answer) in answers.enumerated() {
            columns.append((.value(number), Array((answers.count > 1 ? "Value #" + answer.refID : "Value").utf8)))
        }
        for case .organize(let order) in transformations { organize(order) }
    }

    private mutating func organize(_ order: ColumnOrder) {
        func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
        columns.removeAll { order.excluded.contains(text($0.name)) }
        let places = columns.indices.map { (order.places[text(columns[$0].name)] ?? .max, $0) }
        columns = places.sorted { $0 < $1 }.map { columns[$0.1] }
        for place in columns.indices {
            if let name = order.titles[text(columns[place].name)] { columns[place].name = Array(name.utf8) }
        }
    }

    /// Writes columns and rows; what is missing is `null`, never 0.
    /// - Parameter look: asked now and then, whether to go on.
    package func write(to json: inout JSONWriter, look: () throws -> Void) rethrows {
        json.beginObject()
        json.key("columns")
        json.array(columns) { entry, json in
            json.object { json in
                json.key("name")
                json.value(utf8: entry.name[...])
                switch entry.column {
                case .time: json.member("kind", "time")
                case .label: json.member("kind", "text")
                case .value: json.member("kind", "number")
                }
            }
        }
        json.key("rows")
        json.beginArray()
        for (number, row) in rows.enumerated() {
            if number % 256 == 0 { try look() }
            json.array(columns) { entry, json in
                switch entry.column {
                case .time: json.value(time)
                case .label(let name): json.value(utf8: row.labels[name].bytes[...])
                case .value(let number):
                    if let value = row.values[number] { json.value(value) } else { json.null() }
                }
            }
        }
        json.endArray()
        if leftOutCount > 0 { json.member("leftOut", leftOutCount) }
        json.endObject()
    }
}
