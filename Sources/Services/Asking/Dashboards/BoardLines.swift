import Bytes
import Dashboarding
import JSONTexts
import PromQLText

/// How the lines of an answer are written.
enum BoardLines {
    /// Of the values of a variable so many are listed.
    private static let valuesMax = 1_000

    /// A line with its end: an object that says what it is about.
    static func line(_ kind: String, _ body: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("line", kind)
        try body(&json)
        json.endObject()
        json.endLine()
        return json.take()
    }

    static func write(_ refusal: BoardRefusal, to json: inout JSONWriter) {
        json.object { json in
            json.member("type", refusal.kind.rawValue)
            json.member("message", refusal.message)
            if let position = refusal.position { json.member("position", position) }
        }
    }

    /// - Parameter sought: what listed values hold; nil: all are listed, as far as they are not too many.
    static func variable(
        _ variable: BoardVariable, values: [ByteText], chosen: [ByteText], refusal: BoardRefusal?,
        sought: ValueSearch? = nil
    ) -> [UInt8] {
        let listed = sought.map { sought in values.filter(sought.finds) } ?? values
        return line("variable") { json in
            json.member("name", variable.name)
            json.member("label", variable.label)
            json.key("values")
            json.array(listed.prefix(valuesMax)) { $1.value(utf8: $0.bytes[...]) }
            if listed.count > valuesMax { json.member("leftOut", listed.count - valuesMax) }
            json.member("total", values.count)
            json.key("chosen")
            json.array(chosen) { $1.value(utf8: $0.bytes[...]) }
            let known = Set(values)
            let missing = chosen.filter { $0 != ByteText(BoardVariable.all.utf8) && !known.contains($0) }
            if refusal == nil, case .labelValues = variable.source {
                json.key("missing")
                json.array(missing) { $1.value(utf8: $0.bytes[...]) }
            }
            if let refusal {
                json.key("error")
                write(refusal, to: &json)
            }
        }
    }
}
