import JSONParsing
import JSONTexts
import Testing
import WireFormats

func parsed(_ text: String) throws -> JSONTape {
    var parser = JSONParser()
    var tape = JSONTape()
    try parser.parse(Array(text.utf8), into: &tape)
    return tape
}

func canonical(_ text: String) throws -> String {
    var writer = JSONWriter()
    let tape = try parsed(text)
    writer.value(canonical: tape, at: tape.root)
    return writer.text
}

/// The error of bytes that are not JSON; nil when they are.
func failure(_ bytes: [UInt8]) -> JSONError? {
    var parser = JSONParser()
    var tape = JSONTape()
    do throws(JSONError) { try parser.parse(bytes, into: &tape) } catch { return error }
    return nil
}

@Suite struct JSONParserTests {
    @Test func walksValues() throws {
        let tape = try parsed(#" {"a":[1,-2,18446744073709551615,1.5,true,false,null,"x\n\u00e9"],"b":{},"c":[]} "#)
        #expect(tape.kind(tape.root) == .object)
        let array = try #require(tape.value(tape.root, "a"))
        var kinds: [JSONKind] = []
        var place = tape.firstChild(array)
        while place < tape.end(array) {
            kinds.append(tape.kind(place))
            place = tape.next(place)
        }
        #expect(kinds == [.integer, .integer, .unsigned, .double, .true, .false, .null, .string])
        let first = tape.firstChild(array)
        #expect(tape.integer(first) == 1)
        #expect(tape.integer(first + 2) == -2)
        #expect(tape.unsigned(first + 4) == .max)
        #expect(tape.double(first + 6) == 1.5)
        #expect(tape.text(first + 11) == "x\né")
        for key in ["b", "c"] {
            let place = try #require(tape.value(tape.root, key))
            #expect(tape.firstChild(place) == tape.end(place))
        }
        #expect(tape.value(tape.root, "d") == nil)
    }

    @Test func scalarsAreDocuments() throws {
        #expect(try canonical("7") == "7")
        #expect(try canonical(" \"\" ") == "\"\"")
        #expect(try canonical("null") == "null")
    }

    @Test func canonicalForm() throws {
        let text = #"{"b":1.0,"a":{"z":[1e3,-0.0,1e-7],"y":"\u0001\u001f\"\\\/é\u007f"},"b":2,"":null}"#
        #expect(
            try canonical(text)
                == "{\"\":null,\"a\":{\"y\":\"\\u0001\\u001f\\\"\\\\/é\u{7F}\",\"z\":[1000.0,-0.0,1e-07]},\"b\":2}")
        #expect(try canonical(canonical(text)) == canonical(text))
        #expect(try canonical(#"["\u0008\u000c\u000B\u0000"]"#) == #"["\b\f\u000b\u0000"]"#)
        let edges = "[-9223372036854775808,18446744073709551615]"
        #expect(try canonical(edges) == edges)
    }

    @Test func reusesItsBuffers() throws {
        var parser = JSONParser()
        var tape = JSONTape()
        // Growing, shrinking, and a failure in between; a text with and without room behind it.
        for length in [1, 10_000, 3, 100_000, 0] {
            let text = Array(("[" + String(repeating: "\"ab\",", count: length) + "1]").utf8)
            try parser.parse(text, into: &tape)
            #expect(tape.words.count == length + 6)
            try parser.parse((text + [UInt8](repeating: 0x20, count: 40)).span, 0..<text.count, into: &tape)
            #expect(tape.words.count == length + 6)
            #expect(throws: JSONError.self) { try parser.parse(Array("[1,".utf8), into: &tape) }
            #expect(tape.isEmpty)
        }
    }

    @Test func parsesInsideALargerText() throws {
        let text = Array("garbage [1] {\"a\":2}more".utf8)
        var parser = JSONParser()
        var tape = JSONTape()
        try parser.parse(text[12..<19], into: &tape)
        #expect(tape.value(tape.root, "a") != nil)
        try parser.parse(text.span, 8..<11, into: &tape)
        #expect(tape.kind(tape.root) == .array)
    }
}
