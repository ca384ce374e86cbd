import AlertRules
package import Asking
import Bytes
import PromQLText

/// Which of the alerts that fire are asked for by a client of Alertmanager, and what it is told of them.
package struct AlertListing: Sendable {
    /// Who is told of every alert: there are no routes here.
    package static let receiver = "plimsoll"

    private let wanted: SeriesMatchers
    private let isReceiverWanted: Bool

    /// - Parameters:
    ///   - filters: matchers as Alertmanager writes them, such as `severity=~"page|ticket"` or `team=a`: an alert is
    ///     wanted that passes them all.
    ///   - receiver: a pattern of the receivers whose alerts are wanted; nil: all.
    /// - Throws: ``SeriesRefusal`` for what is no matcher, or no pattern.
    package init(_ filters: [[UInt8]], receiver: [UInt8]?) throws(SeriesRefusal) {
        wanted = try Self.matchers(filters.map(Self.quoting), "filter")
        let pattern = receiver.map { Array("receiver=~".utf8) + Array(QuotedText.quoted($0).utf8) }
        isReceiverWanted = try Self.matchers([pattern].compactMap { $0 }, "receiver")
            .passes(ByteText(Self.receiver.utf8), of: "receiver")
    }

    /// The answer in JSON, in the order of rules, in a rule by labels.
    /// - Parameter manager: who evaluates rules; nil: nobody does.
    /// - Complexity: O(alerts).
    package func json(of manager: RuleManager?) -> [UInt8] {
        let firing = isReceiverWanted ? manager?.firing ?? [] : []
        return AlertBodies.listing(
            firing.filter { wanted.passes(Self.series($0.message.labels)) }, receiver: Self.receiver)
    }

    /// The name that an alert has as a series: a selector of these is what a filter says.
    private static let name: ByteText = "ALERTS"

    private static func series(_ labels: LabelSet) -> LabelSet {
        LabelSet(labels.labels.map { ($0.name, $0.value) } + [(LabelMatcher.metricName, name)])
    }

    private static func matchers(_ texts: [[UInt8]], _ parameter: String) throws(SeriesRefusal) -> SeriesMatchers {
        let text = name.bytes + Array("{".utf8) + Array(texts.joined(separator: Array(",".utf8))) + Array("}".utf8)
        do throws(PromQLError) {
            return try SeriesMatchers(selector: text)
        } catch {
            throw SeriesRefusal(parameter: parameter, error.description)
        }
    }

    /// As PromQL writes a matcher: its value stands in quotes.
    private static func quoting(_ filter: [UInt8]) -> [UInt8] {
        func isSign(_ byte: UInt8) -> Bool { [UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "~")].contains(byte) }
        let label = filter.prefix { !isSign($0) }
        let sign = filter[label.endIndex...].prefix(while: isSign)
        let value = filter[sign.endIndex...].drop { $0 == UInt8(ascii: " ") }
        guard !sign.isEmpty, value.first != UInt8(ascii: "\"") else { return filter }
        return Array(label) + Array(sign) + Array(QuotedText.quoted(value).utf8)
    }
}
