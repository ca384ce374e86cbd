import Bytes
import Dashboarding
package import JSONTexts
import MetricHistory
package import PromQLText

/// What stands for an answer, so that who has it already is not sent it again.
extension BoardRequest {
    /// Writes all that decides what the lines say, but for rules, objectives and what the server has lost: the file,
    /// what is asked of it, and marks of the series that its expressions name. Where a series has no mark, the position
    /// stands for all.
    /// - Parameters:
    ///   - source: the series that are asked.
    ///   - position: the last event that is in them for sure.
    ///   - reached: ns since 1970 UTC: when it is asked.
    /// - Returns: whether it stands for the answer: not where the range ends now or later, or an expression may look at
    ///   what comes after the range, since time alone changes that.
    /// - Complexity: O(file), and a mark for each name of series that a wanted panel asks for.
    package func writeStamp(
        over source: any SeriesSource, position: Int64, reached: Int64, to json: inout JSONWriter
    ) -> Bool {
        guard times.to <= floorDivide(reached, 1_000_000).saturatingSubtract(StoreSeries.stepMilliseconds) else {
            return false
        }
        var (names, isPositional): (Set<ByteText>, Bool) = ([], false)
        for text in expressions {
            guard !Self.mayLookAhead(text) else { return false }
            let found = Self.names(in: text)
            names.formUnion(found.names)
            isPositional = isPositional || !found.areAll
        }
        json.beginArray()
        json.value(dashboard.contentHash)
        for number in [times.from, times.to, Int64(pageWidth)] { json.value(number) }
        for text in [times.zone, part.rawValue] + times.remarks { json.value(text) }
        json.array((wanted ?? [-1]).sorted()) { $1.value($0) }
        for pairs in [chosen.map { ($0.name, $0.value) }, sought.map { ($0.name, $0.text) }] {
            json.array(pairs) { pair, json in
                json.value(pair.0)
                json.value(utf8: pair.1.bytes[...])
            }
        }
        for name in names.sorted() {
            guard let wanted = try? SeriesMatchers(selector: name.bytes), wanted.onlyName == name,
                let mark = source.mark(wanted, through: times.to)
            else {
                isPositional = true
                continue
            }
            json.value(utf8: name.bytes[...])
            json.array(mark.numbers) { $1.value($0) }
        }
        if isPositional { json.value(position) }
        json.endArray()
        return true
    }

    /// All that is asked, with variables in it. Of variables the series that they look at.
    private var expressions: [String] {
        // order: as the file has them.
        let selectors = dashboard.variables.compactMap { variable -> String? in
            if case .labelValues(let query) = variable.source { query.selector } else { nil }
        }
        let marks = part == .all ? dashboard.annotations.map(\.expression) : []
        return selectors + marks + panels.flatMap { $0.targets.map(\.expression) }
    }

    /// Whether an expression may want samples behind the time at which it is asked: where it may not be told from its
    /// text, it may.
    private static func mayLookAhead(_ expression: String) -> Bool {
        if ["@", "anchored", "smoothed"].contains(where: { expression.contains($0) }) { return true }
        return expression.firstRange(of: "offset").map { expression[$0.upperBound...].contains("-") } ?? false
    }

    /// What stands for a variable while an expression is looked at.
    private static let stranger: ByteText = "value_of_a_variable"

    /// Names of series that an expression asks for, and whether it asks for no others.
    private static func names(in expression: String) -> (names: [ByteText], areAll: Bool) {
        let timing = PanelTiming(from: 0, to: 3_600_000, points: 100, least: 0)
        var variables: [String: VariableText] = [:]
        for part in expression.split(separator: "$").dropFirst() {
            let name = part.drop { $0 == "{" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            variables[String(name)] = .raw(stranger)
        }
        guard let text = try? Interpolation(timing, variables).text(expression),
            let selectors = try? PromQLExpression(text).root.selectors, !selectors.isEmpty
        else { return ([], false) }
        let found = selectors.map { selector in (try? SeriesMatchers(selector))?.onlyName }
        let known = found.compactMap { $0 }.filter { !$0.bytes.contains(stranger.bytes) }
        return (known, known.count == found.count)
    }
}
