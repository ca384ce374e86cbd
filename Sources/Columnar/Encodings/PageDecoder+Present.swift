package import Bytes

/// The values of a column most rows of which are null: those that are there, end to end, and whose they are. Who wants
/// rows with a value alone looks at these and at no other.
package struct PresentValues: Sendable {
    /// None of them null.
    package let values: Vector
    /// Which rows have one.
    private let validity: Validity

    fileprivate init(_ values: Vector, _ validity: Validity) {
        assert(values.count == validity.validCount, "a value for each row that has one")
        (self.values, self.validity) = (values, validity)
    }

    /// How many rows there are, those without a value among them.
    package var rowCount: Int { validity.count }

    /// The rows of some values by their places.
    /// - Precondition: places ascend and are below the number of values.
    /// - Complexity: O(places + rows / 64).
    package func rows(at places: [UInt32]) -> [UInt32] { validity.rows(ofPresent: places) }
}

extension PageDecoder {
    /// The values of a page that has nulls, as ``decode(_:payload:type:sharing:)`` gives them to their rows.
    /// - Returns: nil for a page that has none, or nothing else, or texts in common with others.
    /// - Throws: likewise.
    /// - Complexity: O(values + payload + rows / 64).
    package static func present(
        _ header: PageHeader, payload: ArraySlice<UInt8>, type: ColumnType, sharing: SharedTexts.Page? = nil
    ) throws(DecodingError) -> PresentValues? {
        let (count, nullCount) = (header.rowCount, header.summary.nullCount)
        switch header.encoding {
        case .nulls, .constant, .sharedTexts: return nil
        default: if nullCount == 0 { return nil }
        }
        var cursor = ByteCursor(try plainPayload(header, payload))
        let validity = try NullMap.read(&cursor, count: count, nullCount: nullCount)
        let storage = try whole(header, &cursor, type, nil, sharing)
        return PresentValues(Vector(type: type, count: count - nullCount, storage: storage), validity)
    }
}
