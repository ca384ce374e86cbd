import Columnar
import Plans

/// `value IN (constants)`: true when one equals, else null when the value or a constant is null, else false.
enum Membership {
    /// - Parameter work: looks whether the query may go on.
    static func test(_ value: Vector, _ constants: [Scalar], _ work: TextBudget.Count) throws -> Vector {
        let count = value.count
        if value.isAllNull { return .nulls(.boolean, count: count) }
        let hasNull = constants.contains { $0.isNull }
        let wanted = constants.filter { !$0.isNull }
        let result: Vector
        if case .text(let codes, let dictionary) = value.storage {
            let texts = Set(wanted.compactMap { if case .text(let text) = $0 { Array(text.utf8)[...] } else { nil } })
            try work.spend(wanted.textBytes + dictionary.bytes.count)
            result = TextMapping.test(codes, dictionary, validity: value.validity) { texts.contains($0) }
        } else if case .int64(let values) = value.storage, let numbers = integers(wanted, type: value.type) {
            var truth = values.map { numbers.contains($0) }
            TextMapping.clearNulls(&truth, value.validity)
            result = Vector(type: .boolean, count: count, storage: .boolean(truth), validity: value.validity)
        } else {
            var builder = VectorBuilder(type: .boolean, capacity: count)
            for row in 0..<count {
                let own = value.scalar(at: row)
                try work.spend(8 * wanted.count)
                builder.append(own.isNull ? .null : .boolean(wanted.contains { ScalarOrder.compare(own, $0) == 0 }))
            }
            result = builder.finish()
        }
        guard hasNull else { return result }
        guard case .boolean(let truth) = result.storage else {
            if case .constant(.boolean(false)) = result.storage { return .nulls(.boolean, count: count) }
            return result
        }
        assert(truth.count == count, "a truth value for each row")
        var validity = Validity(count: count, allValid: false)
        for row in truth.indices where truth[row] { validity[row] = true }
        return Vector(type: .boolean, count: count, storage: .boolean(truth), validity: validity)
    }

    private static func integers(_ constants: [Scalar], type: ColumnType) -> Set<Int64>? {
        var result: Set<Int64> = []
        for constant in constants {
            switch constant {
            case .integer(let v), .timestamptz(let v), .timestamp(let v), .date(let v): result.insert(v)
            case .numeric(let mantissa, let scale):
                guard let exact = Decimal128.rescale(mantissa, from: scale, to: type.scale),
                    Decimal128.rescale(exact, from: type.scale, to: scale) == mantissa
                else { return nil }
                if let narrow = Int64(exactly: exact) { result.insert(narrow) }
            default: return nil
            }
        }
        return result
    }
}
