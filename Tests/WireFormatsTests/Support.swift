import Domain
import JSONParsing
import JSONTexts
import Testing
import WireFormats

let registry = SchemaRegistry.builtIn
let testKey = [UInt8](repeating: 7, count: 32)

func makeDecoder(_ limits: DecoderLimits = DecoderLimits()) -> EventDecoder {
    EventDecoder(registry: registry, tokeniser: UserTokeniser(key: testKey), limits: limits)
}

func decodeLines(_ text: String, _ limits: DecoderLimits = DecoderLimits()) -> DecodedBatch {
    var decoder = makeDecoder(limits)
    return decoder.decodeLines(Array(text.utf8).span)
}

/// An event with an envelope that is sound; `data` without its braces.
func event(
    _ type: String = "llm.call", _ data: String = "", id: String = "e1", source: String = "s", extra: String = ""
) -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","type":"\#(type)"\#(extra),"data":{\#(data)}}"#
}

/// Rows as text, one a line: type, time, then each field by name.
func dump(_ rows: EventRows) -> String {
    var lines: [String] = []
    for row in rows {
        var line = registry.types[Int(row.type)].name
        if !row.isTimeAbsent { line += " @" + RFC3339.render(row.time) }
        var cursor = EventRowCursor(row)
        while cursor.advance(in: row) {
            line += " " + registry.columns[Int(cursor.column)].name + "="
            switch cursor.value {
            case .integer(let value): line += "\(value)"
            case .double(let value): line += "\(value)f"
            case .boolean(let value): line += "\(value)"
            case .text(let range): line += "'" + String(decoding: row.bytes[range], as: UTF8.self) + "'"
            case .json(let range): line += String(decoding: row.bytes[range], as: UTF8.self)
            }
        }
        lines.append(line)
    }
    return lines.joined(separator: "\n")
}

/// The row of one event; an explanation when there is none.
func row(_ text: String) -> String {
    let batch = decodeLines(text)
    return batch.rejections.first.map { "refused: " + $0.error } ?? dump(batch.batch)
}

func render(_ rows: EventRows) -> [UInt8] {
    var renderer = EventRenderer(registry: registry)
    var output: [UInt8] = []
    for row in rows { renderer.append(row, to: &output) }
    return output
}

/// Everything that a batch tells besides its rows, as text, to search for what must not be there.
func account(_ batch: DecodedBatch) -> String {
    "\(batch.rejections) \(batch.deadLetters) \(batch.withheld) \(batch.unknownValues)"
}
