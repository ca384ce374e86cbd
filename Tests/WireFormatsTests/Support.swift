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
func event(_ type: String = "llm.call", _ data: String = "", extra: String = "") -> String {
    #"{"specversion":"1.0","id":"e1","source":"s","type":"\#(type)"\#(extra),"data":{\#(data)}}"#
}

/// Rows as text, one a line: type, time, then each field by name.
func dump(_ batch: EventBatch) -> String {
    var lines: [String] = []
    for offset in batch.offsets {
        let start = Int(offset)
        var line = registry.types[Int(EventRowCursor.type(batch.bytes, at: start))].name
        if !EventRowCursor.isTimeAbsent(batch.bytes, at: start) {
            line += " @" + RFC3339.render(EventRowCursor.time(batch.bytes, at: start))
        }
        var cursor = EventRowCursor(batch.bytes, at: start)
        while cursor.advance(in: batch.bytes) {
            line += " " + registry.columns[Int(cursor.column)].name + "="
            switch cursor.value {
            case .integer(let value): line += "\(value)"
            case .double(let value): line += "\(value)f"
            case .boolean(let value): line += "\(value)"
            case .text(let range): line += "'" + String(decoding: batch.bytes[range], as: UTF8.self) + "'"
            case .json(let range): line += String(decoding: batch.bytes[range], as: UTF8.self)
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

func render(_ batch: EventBatch) -> [UInt8] {
    var renderer = EventRenderer(registry: registry)
    var output: [UInt8] = []
    for offset in batch.offsets { renderer.append(batch.bytes, at: Int(offset), to: &output) }
    return output
}

/// Everything that a batch tells besides its rows, as text, to search for what must not be there.
func account(_ batch: DecodedBatch) -> String {
    "\(batch.rejections) \(batch.deadLetters) \(batch.withheld) \(batch.unknownValues)"
}
