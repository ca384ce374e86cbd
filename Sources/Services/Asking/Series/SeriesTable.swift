import Bytes
import Domain
import JSONTexts
import PromQLText

/// An answer for people, made of what Prometheus' API says in JSON, so that it looks the same whoever answered.
package struct SeriesTable {
    private let answer: JSONValue

    /// Reads an answer.
    /// - Throws: where the text is none.
    /// - Complexity: O(bytes).
    package init(_ answer: [UInt8]) throws {
        let limits = JSONReader.Limits(depthMax: 16, bytesMax: 512 << 20)
        self.answer = try JSONReader.parse(answer[...], limits: limits)
    }

    /// A table, a line for each sample; a number or a text alone stands alone.
    /// - Complexity: O(bytes of the answer).
    package var text: String {
        let data = answer["data"]
        let result = data?["result"]?.array ?? []
        switch data?["resultType"]?.string {
        case "vector":
            return Self.aligned(
                ["series", "value"], result.map { [Self.series($0), Self.value($0["value"] ?? $0["histogram"])] })
        case "matrix":
            return Self.aligned(["series", "time", "value"], result.flatMap(Self.rows))
        default:
            return (result.count > 1 ? result[1].string ?? "" : "") + "\n"
        }
    }

    /// Whether it is one of series and has none.
    package var isEmpty: Bool {
        ["vector", "matrix"].contains(answer["data"]?["resultType"]?.string)
            && answer["data"]?["result"]?.array?.isEmpty ?? true
    }

    /// What the answer says beside its value: warnings, then what is worth a look.
    package var remarks: [String] {
        ["warnings", "infos"].flatMap { (answer[$0]?.array ?? []).compactMap(\.string) }
    }

    private static func aligned(_ head: [String], _ rows: [[String]]) -> String {
        rows.isEmpty ? "no series\n" : renderAligned([head] + rows)
    }

    /// The samples of a series, numbers before distributions.
    private static func rows(_ one: JSONValue) -> [[String]] {
        let name = series(one)
        return ["values", "histograms"].flatMap { one[$0]?.array ?? [] }.map { [name, time($0), value($0)] }
    }

    private static func series(_ one: JSONValue) -> String {
        (LabelSet(json: one["metric"]) ?? LabelSet([])).description
    }

    private static func time(_ sample: JSONValue) -> String {
        guard case .number(let text)? = sample.array?.first, let time = try? SeriesTimeText.time(text, "time") else {
            return ""
        }
        let (nanoseconds, isBeyond) = time.multipliedReportingOverflow(by: 1_000_000)
        return isBeyond ? text : RFC3339.render(nanoseconds)
    }

    private static func value(_ sample: JSONValue?) -> String {
        guard let value = sample?.array?.last else { return "" }
        if let number = value.string { return number }
        let buckets = (value["buckets"]?.array ?? []).compactMap { bucket -> String? in
            guard let parts = bucket.array, parts.count == 4, let rule = parts[0].integer else { return nil }
            let (lower, upper, count) = (parts[1].string ?? "", parts[2].string ?? "", parts[3].string ?? "")
            return (rule == 1 || rule == 3 ? "[" : "(") + "\(lower),\(upper)" + (rule == 0 || rule == 3 ? "]" : ")")
                + ":\(count)"
        }
        let parts = ["count:\(value["count"]?.string ?? "")", "sum:\(value["sum"]?.string ?? "")"] + buckets
        return "{" + parts.joined(separator: ", ") + "}"
    }
}
