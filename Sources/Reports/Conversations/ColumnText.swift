import Bytes
import Columnar
import JSONTexts
import Plans

/// Writes rows as columns of JSON, which is a fifth of what objects take and is read in one go: for each column its
/// type and one value a row. Texts are numbers, places in one list of names that all columns share, and times ns behind
/// one time. Columns without any value are left out.
struct ColumnText {
    /// What times are counted from, ns since 1970 UTC.
    let base: Int64
    private var places: [ExactText: Int] = [:]
    /// Every text, in the order in which they came first.
    private(set) var names: [String] = []

    init(base: Int64) { self.base = base }

    /// Where a text stands among the names.
    mutating func place(of text: String) -> Int {
        if let place = places[text] { return place }
        places[text] = names.count
        names.append(text)
        return names.count - 1
    }

    /// `{"count":…,"columns":{"turn":{"type":"integer","values":[…]},…}}`.
    /// - Parameter look: is asked once a column of a chunk, and ends it by throwing.
    /// - Complexity: O(values + bytes of texts that are not known yet).
    mutating func write(
        _ result: ResultSet, to json: inout JSONWriter, look: () throws(QueryError) -> Void
    ) throws(QueryError) {
        json.beginObject()
        json.member("count", result.rowCount)
        json.key("columns")
        json.beginObject()
        for (index, column) in result.columns.enumerated() {
            let vectors = result.chunks.map { $0.columns[index] }
            guard vectors.contains(where: { !Self.isEmpty($0) }) else { continue }
            json.key(column.name)
            json.beginObject()
            json.member("type", Self.name(of: column.type))
            json.key("values")
            json.beginArray()
            for vector in vectors {
                try look()
                write(vector, to: &json)
            }
            json.endArray()
            json.endObject()
        }
        json.endObject()
        json.endObject()
    }

    private static func name(of type: ColumnType) -> String {
        switch type {
        case .boolean: "boolean"
        case .integer, .date: "integer"
        case .double: "number"
        case .numeric: "decimal"
        case .timestamptz, .timestamp: "time"
        default: "text"
        }
    }

    private static func isEmpty(_ vector: Vector) -> Bool {
        if case .constant(let value) = vector.storage { return value.isNull }
        guard let validity = vector.validity else { return vector.count == 0 }
        return !(0..<vector.count).contains { validity[$0] }
    }

    private mutating func write(_ vector: Vector, to json: inout JSONWriter) {
        // A text that comes again in a chunk is looked up once.
        if case .text(let codes, let dictionary) = vector.storage, dictionary.count > 0 {
            var known: [UInt32: Int] = [:]
            for row in 0..<vector.count {
                if let validity = vector.validity, !validity[row] {
                    json.null()
                    continue
                }
                let code = codes[row]
                let place = known[code] ?? place(of: dictionary[Int(code)])
                known[code] = place
                json.value(place)
            }
            return
        }
        for row in 0..<vector.count { write(vector.scalar(at: row), to: &json) }
    }

    private mutating func write(_ value: Scalar, to json: inout JSONWriter) {
        switch value {
        case .null: json.null()
        case .boolean(let truth): json.value(truth)
        case .integer(let number), .date(let number): json.value(exact: number)
        case .double(let number): if number.isFinite { json.value(number) } else { json.null() }
        case .timestamptz(let time), .timestamp(let time): json.value(exact: Int128(time) - Int128(base))
        case .numeric: json.value(ScalarWords.text(value))
        default: json.value(place(of: ScalarWords.text(value)))
        }
    }

    /// The names, as the last member of an object.
    func writeNames(to json: inout JSONWriter) {
        json.key("names")
        json.array(names) { name, json in json.value(name) }
    }
}
