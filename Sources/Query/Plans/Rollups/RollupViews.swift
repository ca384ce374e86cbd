import Columnar

extension Plan {
    /// The plan with each scan of a rollup's table as a question sees it: rows of equal keys merged into one, whose
    /// time is the bucket's beginning. Run it on a plan as it was bound; what ``answeredFromRollups(_:timeZone:)`` puts
    /// in reads the parts themselves.
    func mergingRollups(_ rollups: [RollupDescription]) -> Plan {
        if rollups.isEmpty { return self }
        return rewriteUp { node in
            guard case .scan(let table, let columns, let output, _) = node,
                let rollup = rollups.first(where: { $0.table == table })
            else {
                return node
            }
            return rollup.merged(columns, output: output)
        }
    }
}

extension RollupDescription {
    /// The rollup's rows, merged.
    fileprivate func merged(_ wanted: [Int], output: [TableColumn]) -> Plan {
        let all = Array(columns.indices)
        func column(_ index: Int) -> Expression { .column(index, columns[index].type) }
        var parts = Plan.scan(table: table, columns: all, output: columns, predicates: [])
        if let earliestTime {
            let bound = Expression.literal(.timestamptz(earliestTime), .timestamptz)
            parts = .filter(parts, .call(.greaterOrEqual, [column(time), bound], .boolean))
        }
        let length = Interval(nanoseconds: grainNanoseconds)
        let bucket = Expression.call(
            .dateBin, [.literal(.interval(length), .interval), column(time), .literal(.timestamptz(0), .timestamptz)],
            .timestamptz)
        let keys = [time] + dimensions
        let measured = wanted.filter { !keys.contains($0) }
        let calls = measured.map { index in
            AggregateCall(
                function: merging(index), arguments: arguments(index).map(column), type: columns[index].type)
        }
        let names = (keys + measured).map { columns[$0] }
        let aggregate = Plan.aggregate(
            parts, groups: [bucket] + dimensions.map(column), aggregates: calls, output: names)
        let places = wanted.map { index in
            keys.firstIndex(of: index) ?? keys.count + (measured.firstIndex(of: index) ?? 0)
        }
        return .project(aggregate, places.map { .column($0, names[$0].type) }, output: output)
    }

    private func merging(_ index: Int) -> AggregateFunction {
        for measure in measures {
            switch index {
            case measure.sum: return .sum
            case measure.minimum: return .minimum
            case measure.maximum: return .maximum
            case measure.histogram: return .mergedHistogram
            default: continue
            }
        }
        return .mergedCount
    }

    private func arguments(_ index: Int) -> [Int] {
        for measure in measures where measure.histogram == index { return [index, measure.count, measure.sum] }
        return [index]
    }
}
