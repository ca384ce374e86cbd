import Domain
package import Projections

// tests: counters that fall are made there.
/// Looks whether counters fall: what Prometheus would take for a restart, and count twice.
package struct CounterWatch: Sendable {
    private struct Key: Hashable {
        var name: String
        var labels: [String]
    }

    private var last: [Key: MetricValue] = [:]
    /// Series that were seen.
    var count: Int { last.count }

    /// Of nothing seen.
    package init() {}

    /// Looks at all counters and histograms.
    /// - Returns: those that say less than before, or that are gone; a line each.
    package mutating func fallen(in families: [MetricFamily]) -> [String] {
        var now: [Key: MetricValue] = [:]
        for family in families where family.definition.kind != .gauge {
            for series in family.series {
                now[Key(name: family.definition.name, labels: series.labels)] = series.value
            }
        }
        // order: sorted below.
        let fallen = last.compactMap { key, before -> String? in
            let name = "\(key.name)\(key.labels)"
            guard let value = now[key] else { return "\(name) is gone" }
            return Self.falls(value, below: before) ? "\(name) fell from \(before) to \(value)" : nil
        }
        last = now
        return fallen.sorted()
    }

    private static func falls(_ value: MetricValue, below before: MetricValue) -> Bool {
        switch (value, before) {
        case (.number(let now), .number(let then)), (.picoUSD(let now), .picoUSD(let then)): now < then
        case (.histogram(let now, let sum), .histogram(let then, let thenSum)):
            now.count != then.count || zip(now, then).contains { $0 < $1 } || sum < thenSum
        case (.number, _), (.picoUSD, _), (.histogram, _): true
        }
    }
}
