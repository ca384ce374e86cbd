import Bytes
import JSONTexts

/// Which rows a report is of: those that say one of some values of each of some dimensions.
struct ReportFilters: Hashable, Sendable {
    /// One dimension, and what rows say of it.
    struct Condition: Hashable, Sendable {
        var dimension: ReportDimension
        /// In the order in which they were given, each once; the empty one stands for rows that say nothing.
        var values: [ExactText]
    }

    /// In the order in which they were given, each dimension once.
    private(set) var conditions: [Condition] = []

    /// More than anybody chooses; each is in every question of the report.
    private static let valuesMax = 100
    private static let textBytesMax = 8 << 10

    /// Every row.
    init() {}

    /// Reads what an address or a command says.
    /// - Parameter texts: each `name=value`; values of one name are alternatives, of several names all must hold. An
    ///   empty value stands for rows that say nothing of the dimension.
    /// - Throws: ``ReportError`` for what is no filter of the report.
    init(_ texts: [String], of kind: ReportKind) throws(ReportError) {
        var (count, byteCount) = (0, 0)
        for text in texts {
            guard let end = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                throw ReportError(
                    message: "\(text) is no filter", hint: "write it as \(Self.example): a name, =, and what rows say")
            }
            let (name, value) = (String(text[..<end]), String(text[text.utf8.index(after: end)...]))
            let dimension = try Self.dimension(name, of: kind)
            guard !value.utf8.contains(0) else {
                throw ReportError(message: "no row says such a \(name)", hint: "leave out the byte 0")
            }
            (count, byteCount) = (count + 1, byteCount + value.utf8.count)
            guard count <= Self.valuesMax, byteCount <= Self.textBytesMax else {
                throw ReportError(
                    message: "filters of a report have at most \(Self.valuesMax) values and \(Self.textBytesMax) bytes",
                    hint: "filter by something that more rows have in common")
            }
            add(dimension, ExactText(value))
        }
    }

    private static let example = "team=billing"

    private static func dimension(_ name: String, of kind: ReportKind) throws(ReportError) -> ReportDimension {
        let known = kind.dimensions.filter { !$0.isTime }
        guard let dimension = known.first(where: { $0.rawValue.hasSameBytes(as: name) }) else {
            if ReportDimension.times.contains(where: { $0.rawValue.hasSameBytes(as: name) }) {
                throw ReportError(
                    message: "a report is not filtered by \(name)", hint: "from and to say of which time it is")
            }
            throw ReportError(
                message: name.isEmpty ? "a filter has no name" : "this report cannot be filtered by \(name)",
                hint: nameHint(to: name, known: known.map(\.rawValue)))
        }
        return dimension
    }

    private mutating func add(_ dimension: ReportDimension, _ value: ExactText) {
        guard let place = conditions.firstIndex(where: { $0.dimension == dimension }) else {
            conditions.append(Condition(dimension: dimension, values: [value]))
            return
        }
        if !conditions[place].values.contains(value) { conditions[place].values.append(value) }
    }

    /// Whether all rows count.
    var isEmpty: Bool { conditions.isEmpty }

    /// Whether any is of what only calls say of themselves: a conversation, a bill and a message say nothing of it.
    var isOfCalls: Bool { conditions.contains { $0.dimension.isOfCalls } }

    /// What it means, in one line.
    var definition: ReportDefinition {
        let rest =
            isOfCalls
            ? "; questions and answers as their last answering call says; ratings, closed conversations, bills and "
                + "what agents say of whole traces say nothing of calls, so figures of these are left out" : ""
        return ReportDefinition(
            "where",
            "\(text): every figure is of rows alone that say so themselves, or whose conversation does where they say "
                + "nothing\(rest)")
    }

    /// As people read it, such as `team is billing or support, channel is not told`; empty without filters.
    var text: String {
        conditions.map { condition in
            let values = condition.values.filter { !$0.text.isEmpty }.map(\.text)
            var parts = values.isEmpty ? [] : ["is " + values.joined(separator: " or ")]
            if values.count < condition.values.count { parts.append("is not told") }
            return condition.dimension.rawValue.replacing("_", with: " ") + " " + parts.joined(separator: " or ")
        }.joined(separator: ", ")
    }
}
