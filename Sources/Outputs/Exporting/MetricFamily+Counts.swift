import Domain
import Projections

extension MetricFamily {
    /// A metric of the catalogue made of counts; nil where it has none of the name.
    /// - Parameter counts: the first labels, then for each the others and a number.
    static func counted(_ name: String, _ counts: [(labels: [String], values: [([String], Int)])]) -> MetricFamily? {
        MetricCatalogue.metric(named: name).map { definition in
            MetricFamily(
                definition,
                counts.flatMap { labels, values in
                    values.map { MetricSeries(labels: labels + $0.0, value: .number(Int128($0.1))) }
                })
        }
    }
}
