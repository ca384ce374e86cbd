import Columnar
import Plans

extension AggregateOperator {
    /// The input's columns that anything looks at.
    var columnsRead: Set<Int> {
        var columns: Set<Int> = []
        for group in groups { group.collectColumns(into: &columns) }
        for call in calls {
            columns.formUnion(columnsRead(by: call))
            call.filter?.collectColumns(into: &columns)
        }
        return columns
    }

    /// The input's columns of texts of which nothing counts but which are equal, and which are null: they are grouped
    /// by, or counted, as they are, and nothing else looks at them.
    /// - Parameter conditions: what is asked of the input's rows before they come here.
    func keys(besides conditions: [Expression]) -> Set<Int> {
        var (keys, others): (Set<Int>, Set<Int>) = ([], [])
        func note(_ expression: Expression) {
            if case .column(let index, .text) = expression {
                keys.insert(index)
            } else {
                expression.collectValues(into: &others)
            }
        }
        for group in groups { note(group) }
        for call in calls {
            for argument in call.arguments {
                if call.function == .count { note(argument) } else { argument.collectValues(into: &others) }
            }
            for key in call.order { key.expression.collectValues(into: &others) }
            call.filter?.collectValues(into: &others)
        }
        for condition in conditions { condition.collectValues(into: &others) }
        return keys.subtracting(others)
    }
}

extension AggregateOperator {
    /// The input's columns of times that nothing looks at but `date_trunc`, and the units that they are cut down to.
    /// What is asked of the input's rows before they come here does not count.
    var units: [Int: [TimeUnit]] {
        var (units, others): ([Int: [TimeUnit]], Set<Int>) = ([:], [])
        for group in groups { group.collectUnits(into: &units, others: &others) }
        for call in calls {
            others.formUnion(columnsRead(by: call))
            call.filter?.collectColumns(into: &others)
        }
        return units.filter { !others.contains($0.key) }
    }
}

extension Expression {
    /// Adds the units that columns of times are cut down to, and the columns that are looked at otherwise.
    fileprivate func collectUnits(into units: inout [Int: [TimeUnit]], others: inout Set<Int>) {
        if case .call(.dateTrunc, let arguments, _) = self, arguments.count == 2,
            case .text(let name)? = arguments[0].constant, case .column(let index, .timestamptz) = arguments[1],
            let unit = try? TimeUnit(named: name)
        {
            units[index, default: []].append(unit)
            return
        }
        if case .column(let index, _) = self { others.insert(index) }
        for child in children { child.collectUnits(into: &units, others: &others) }
    }

    /// Adds the columns that it looks at, those left out of which it asks only whether they are null.
    func collectValues(into columns: inout Set<Int>) {
        if case .call(let function, let arguments, _) = self, function == .isNull || function == .isNotNull,
            arguments.count == 1, case .column = arguments[0]
        {
            return
        }
        if case .column(let index, _) = self { columns.insert(index) }
        for child in children { child.collectValues(into: &columns) }
    }
}
