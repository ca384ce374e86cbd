import Foundation
import JSONTexts
import Platform
import Testing

@Suite struct JSONWriterTests {
    private func text(_ build: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
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

    /// Many nulls are as many single ones, with the same white space.
    @Test(arguments: [JSONWriter.Layout.compact, .spaced, .indented]) func nullsAreWrittenAtOnce(
        layout: JSONWriter.Layout
    ) {
        for count in [0, 1, 2, 64, 65, 66, 200] {
            func written(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
                var json = JSONWriter(layout)
                json.beginArray()
                write(&json)
                json.value(true)
                write(&json)
                json.endArray()
                return json.bytes
            }
            let singly = written { json in for _ in 0..<count { json.null() } }
            #expect(written { $0.nulls(count) } == singly, "\(count)")
        }
    }

    @Test func anObjectIsWrittenAtOnce() {
        let text = JSONWriter.object { json in
            json.member("a", "x")
            json.key("b")
            json.beginArray()
            json.endArray()
        }
        #expect(text == #"{"a":"x","b":[]}"# && JSONWriter.object { _ in } == "{}")
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

    private func shape(_ json: inout JSONWriter) {
        json.object { json in
            json.key("a")
            json.array([1, 2]) { $1.value($0) }
            json.key("b")
            json.object { _ in }
            json.key("c")
            json.array([] as [Int]) { $1.value($0) }
            json.key("d")
            json.object { $0.member("x", "y") }
        }
    }

    @Test func layoutsDifferInWhiteSpaceOnly() {
        var (compact, spaced, indented) = (JSONWriter(), JSONWriter(.spaced), JSONWriter(.indented))
        shape(&compact)
        shape(&spaced)
        shape(&indented)
        #expect(compact.text == #"{"a":[1,2],"b":{},"c":[],"d":{"x":"y"}}"#)
        #expect(spaced.text == #"{"a": [1, 2], "b": {}, "c": [], "d": {"x": "y"}}"#)
        #expect(
            indented.text == """
                {
                  "a": [
                    1,
                    2
                  ],
                  "b": {},
                  "c": [],
                  "d": {
                    "x": "y"
                  }
                }
                """)
    }

    @Test func oneWriterGoesOnWhereAnotherStands() {
        var head = JSONWriter()
        head.beginObject()
        head.member("a", 1)
        head.key("b")
        var members = JSONWriter()
        members.member("c", 2)
        members.member("d", true)
        var json = JSONWriter(appendingTo: Array("before\n".utf8))
        for _ in 0..<2 {
            json.append(head)
            json.object { json in
                json.append(members)
                json.member("e", 3)
            }
            json.append(JSONWriter())
            json.endObject()
            json.endLine()
        }
        let line = #"{"a":1,"b":{"c":2,"d":true,"e":3}}"# + "\n"
        #expect(json.text == "before\n" + line + line)
        json.removeAll()
        json.value(1)
        #expect(json.take() == [0x31] && json.bytes.isEmpty)
    }

    @Test func integersAreWhole() {
        let json = text { json in
            json.beginArray()
            for value in [Int64.min, -1, 0, 9, 10, .max] { json.value(value) }
            json.value(UInt64.max)
            json.value(Int128.min)
            json.value(Int128.max)
            json.value(UInt128.max)
            json.value(UInt8.max)
            json.endArray()
        }
        #expect(
            json == "[-9223372036854775808,-1,0,9,10,9223372036854775807,18446744073709551615,"
                + "-170141183460469231731687303715884105728,170141183460469231731687303715884105727,"
                + "340282366920938463463374607431768211455,255]")
    }

    @Test(
        arguments: [
            (9_007_199_254_740_992, "9007199254740992"), (9_007_199_254_740_993, #""9007199254740993""#),
            (-9_007_199_254_740_992, "-9007199254740992"), (-9_007_199_254_740_993, #""-9007199254740993""#),
            (Int128(Int64.min), #""-9223372036854775808""#), (.min, #""-170141183460469231731687303715884105728""#),
            (0, "0"),
        ] as [(Int128, String)])
    func whatDoublesHoldNoMoreIsText(_ number: Int128, _ expected: String) {
        #expect(text { $0.value(exact: number) } == expected)
        if let small = Int64(exactly: number) { #expect(text { $0.value(exact: small) } == expected) }
    }

    @Test func narrowIntegersAreNumbers() {
        #expect(text { $0.value(exact: UInt8.max) } == "255")
        #expect(text { $0.value(exact: Int32.min) } == "-2147483648")
        #expect(text { $0.value(exact: UInt64.max) } == #""18446744073709551615""#)
    }

    @Test func doublesOfOneTypeKeepIt() {
        let json = text { json in
            json.beginArray()
            for value in [1, -0.0, 0.1, 1e300, .leastNonzeroMagnitude, .nan, .infinity, -.infinity] as [Double] {
                json.value(keepingType: value)
            }
            json.endArray()
        }
        #expect(json == "[1.0,-0.0,0.1,1e+300,5e-324,null,null,null]")
    }

    /// The same bits come back, and no shorter text would do.
    @Test func doublesAreShortestAndReadBack() throws {
        var random = SeededGenerator(seed: 61)
        for _ in 0..<5_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            for written in [text { $0.value(value) }, text { $0.value(keepingType: value) }] {
                guard case .number(let digits) = try JSONReader.parse(written) else {
                    Issue.record("\(written) is no number")
                    return
                }
                #expect(Double(digits)?.bitPattern == value.bitPattern, "seed 61: \(written)")
            }
            let digits = value.description.prefix { $0 != "e" }.filter(\.isNumber).drop { $0 == "0" }
            let count = digits.reversed().drop { $0 == "0" }.count
            guard count > 1 else { continue }
            let shorter = String(format: "%.\(count - 2)e", value)
            #expect(Double(shorter) != value, "seed 61: \(shorter) would do for \(value)")
        }
    }

    @Test func decimalsTimesAndPlainTexts() {
        let digits = Array("3".utf8)
        let json = text { json in
            json.beginArray()
            json.value(-12_005, decimals: 3)
            json.value(7, decimals: 0)
            json.value(0, decimals: 2)
            json.value(.min, decimals: 9)
            json.value(time: 250_000_000)
            json.value(time: 250_000_000, decimals: .nine)
            json.value(plain: { $0 += Array("ab".utf8) })
            json.raw(#"{"x":1}"#)
            json.raw(utf8: Array("[2]".utf8)[...])
            json.raw(utf8: digits.span)
            json.endArray()
        }
        #expect(
            json == "[-12.005,7,0.00,-9223372036.854775808,\"1970-01-01T00:00:00.250Z\","
                + #""1970-01-01T00:00:00.250000000Z","ab",{"x":1},[2],3]"#)
    }

    /// Names ascending by bytes, not by characters; of several of one name the last.
    @Test func canonicalOrderIsThatOfBytes() {
        func order(_ names: [String]) -> [Int] {
            JSONWriter.canonicalOrder(of: names.count) { Array(names[$0].utf8)[...] }
        }
        let names = ["b", "a", "b", "", "é", "e\u{301}", "B", "ab", "\u{10000}", "\u{FFFD}"]
        #expect(order(names) == [3, 6, 1, 7, 2, 5, 4, 9, 8])
        #expect(order([]).isEmpty)
        var random = SeededGenerator(seed: 62)
        for _ in 0..<200 {
            let names = (0..<random.next(below: 20)).map { _ in String(random.next(below: 12), radix: 2) }
            var last: [String: Int] = [:]
            for (place, name) in names.enumerated() { last[name] = place }
            let expected = last.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
            #expect(order(names) == expected, "seed 62: \(names)")
        }
    }
}
