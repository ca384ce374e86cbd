import JSONTexts
import Testing

@Suite struct JSONTextTests {
    private func text(_ build: (inout JSONText) -> Void) -> String {
        var json = JSONText()
        build(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func commasStandBetweenMembersAndElements() {
        let json = text { json in
            json.beginObject()
            json.member("a", 1)
            json.key("b")
            json.beginArray()
            json.value("x")
            json.null()
            json.value(true)
            json.beginObject()
            json.endObject()
            json.endArray()
            json.member("c", -2.5)
            json.endObject()
        }
        #expect(json == #"{"a":1,"b":["x",null,true,{}],"c":-2.5}"#)
    }

    @Test func anObjectIsWrittenAtOnce() {
        let text = JSONText.object { json in
            json.member("a", "x")
            json.key("b")
            json.beginArray()
            json.endArray()
        }
        #expect(text == #"{"a":"x","b":[]}"# && JSONText.object { _ in } == "{}")
    }

    @Test func controlCharactersQuotesAndBackslashesAreEscaped() {
        #expect(text { $0.value("a\"b\\c\n\r\t\u{01}\u{1F}é") } == "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001fé\"")
    }

    @Test func doublesThatJSONLacksBecomeText() {
        #expect(text { $0.value(Double.infinity) } == "\"Infinity\"")
        #expect(text { $0.value(-Double.infinity) } == "\"-Infinity\"")
        #expect(text { $0.value(Double.nan) } == "\"NaN\"")
        #expect(text { $0.value(3.0) } == "3")
        #expect(text { $0.value(1e300) } == "1e+300")
    }

    @Test func linesStartAfresh() {
        let json = text { json in
            json.value(1)
            json.endLine()
            json.value(2)
            json.endLine()
        }
        #expect(json == "1\n2\n")
    }
}
