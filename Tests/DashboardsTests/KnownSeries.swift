import Domain

/// Which series exist with which labels: those of the catalogue, those of recording rules, and what Prometheus itself
/// adds.
struct KnownSeries {
    private var labels: [String: Set<String>] = [:]

    init(_ rules: [Rule]) {
        let target: Set = ["job", "instance"]
        for metric in MetricCatalogue.all {
            let own = target.union(metric.labels.map(\.name))
            if metric.kind == .histogram {
                labels[metric.name + "_bucket"] = own.union(["le"])
                labels[metric.name + "_sum"] = own
                labels[metric.name + "_count"] = own
            } else {
                labels[metric.name] = own
            }
        }
        labels["up"] = target
        labels["ALERTS"] = target.union(["alertname", "alertstate", "severity", "objective", "audience"])
        // The first part of a recorded name says the level: `job_tenant:…` has the labels job and tenant.
        for rule in rules where !rule.isAlert {
            let parts = rule.name.split(separator: ":")
            labels[rule.name] = parts.count > 2 ? Set(parts[0].split(separator: "_").map(String.init)) : []
        }
    }

    /// What an expression names that does not exist.
    func complaints(about expression: String) -> [String] {
        let names = PromQLNames(expression)
        let own = { (series: String) in labels[series] ?? [] }
        var complaints: [String] = []
        var all = names.texts
        for selector in names.selectors {
            guard let known = labels[selector.series] else {
                complaints.append("there is no series \(selector.series)")
                continue
            }
            all.formUnion(known)
            for label in selector.labels.subtracting(known).sorted() {
                complaints.append("\(selector.series) has no label \(label)")
            }
        }
        for aggregation in names.aggregations {
            let left = names.labelsLeft(in: aggregation.operand, own: own)
            for label in aggregation.list.labels.subtracting(left).sorted() {
                complaints.append("what is aggregated has no label \(label)")
            }
        }
        for label in names.matching.subtracting(all).sorted() {
            complaints.append("no series of the expression has the label \(label)")
        }
        return complaints
    }

    /// Labels that may be left in the answer of an expression.
    func labels(of expression: String) -> Set<String> {
        let names = PromQLNames(expression)
        let left = names.labelsLeft { labels[$0] ?? [] }
        return names.hasQuantile ? left.subtracting(["le"]) : left
    }
}
