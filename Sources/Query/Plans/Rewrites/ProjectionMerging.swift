extension Plan {
    /// The plan without projections that change nothing, and with a projection that only picks columns of another one
    /// merged into it.
    func mergingProjections(within options: QueryOptions) -> Plan {
        rewriteUp { node in
            guard !options.isOver, case .project(let input, let expressions, let output) = node else { return node }
            if case .project(let below, let computed, _) = input, let picked = expressions.pickedColumns {
                return Plan.project(below, picked.map { computed[$0] }, output: output).withoutIdentity
            }
            return node.withoutIdentity
        }
    }

    private var withoutIdentity: Plan {
        guard case .project(let input, let expressions, let output) = self, input.output == output,
            expressions.pickedColumns == Array(output.indices)
        else { return self }
        return input
    }
}

extension [Expression] {
    /// The columns that these are, each at most once; nil when one computes something or repeats.
    fileprivate var pickedColumns: [Int]? {
        var picked: [Int] = []
        var seen: Set<Int> = []
        for expression in self {
            guard case .column(let index, _) = expression, seen.insert(index).inserted else { return nil }
            picked.append(index)
        }
        return picked
    }
}
