import Columnar
import Domain

/// One column of a group as fields of event rows: its shape is decided once, not for each row. A class: of a value,
/// each row would count the references to what it holds.
final class RestoredField {
    private enum Source {
        case integers([Int64])
        case doubles([Double])
        case booleans([Bool])
        case texts(codes: [UInt32], dictionary: TextDictionary)
        /// The same bytes in every row.
        case text([UInt8])
        case integer(Int64)
        /// Shapes that few groups have.
        case other(Vector)
    }

    private let id: UInt16
    private let isJSON: Bool
    private let source: Source
    private let validity: Validity?

    /// - Parameter id: the field's column in the registry.
    /// - Returns: nil for a column without any value.
    init?(_ vector: Vector, id: UInt16, isJSON: Bool) {
        self.id = id
        self.isJSON = isJSON
        validity = vector.validity
        switch vector.storage {
        case .constant(.null): return nil
        case .int64(let values): source = .integers(values)
        case .double(let values): source = .doubles(values)
        case .boolean(let values): source = .booleans(values)
        case .text(let codes, let dictionary): source = .texts(codes: codes, dictionary: dictionary)
        case .constant(.text(let text)), .constant(.json(let text)): source = .text(Array(text.utf8))
        case .constant(.integer(let value)), .constant(.timestamptz(let value)): source = .integer(value)
        default: source = .other(vector)
        }
    }

    /// Adds the field to the row under way, if the row has it.
    func write(_ row: Int, into writer: inout EventRowWriter) {
        if let validity, !validity[row] { return }
        switch source {
        case .integers(let values): writer.add(id, integer: values[row])
        case .doubles(let values): writer.add(id, double: values[row])
        case .booleans(let values): writer.add(id, boolean: values[row])
        case .texts(let codes, let dictionary):
            let (bytes, range) = (dictionary.bytes, dictionary.range(Int(codes[row])))
            writer.add(id, utf8: bytes.span.extracting(range), isJSON: isJSON)
        case .text(let bytes): writer.add(id, utf8: bytes.span, isJSON: isJSON)
        case .integer(let value): writer.add(id, integer: value)
        case .other(let vector):
            if let value = vector.double(at: row) {
                writer.add(id, double: value)
            } else if let value = vector.boolean(at: row) {
                writer.add(id, boolean: value)
            } else if let value = vector.integer(at: row) {
                writer.add(id, integer: value)
            }
        }
    }
}
