extension Plan {
    // tests: each rewrite is held against the plan by itself.
    /// Tells a sort below a limit how many rows will be wanted, so that it keeps no more. The limit stays for its
    /// offset.
    package func limitingSorts() -> Plan {
        rewriteUp { node in
            guard case .limit(let input, let count?, let offset) = node else { return node }
            let (wanted, overflow) = count.addingReportingOverflow(offset)
            return overflow ? node : .limit(input.keepingFirst(wanted), count: count, offset: offset)
        }
    }

    private func keepingFirst(_ count: Int) -> Plan {
        switch self {
        case .sort(let input, let keys, let known): .sort(input, keys, limit: min(count, known ?? count))
        case .project(let input, let expressions, let output):
            .project(input.keepingFirst(count), expressions, output: output)
        case .scan, .values, .filter, .aggregate, .window, .distinct, .limit, .join, .union: self
        }
    }
}
