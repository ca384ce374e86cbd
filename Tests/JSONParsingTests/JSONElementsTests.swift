import JSONParsing
import Testing

/// Elements of an array are found in any text of which brackets, commas and quotes are sound.
@Suite struct JSONElementsTests {
    private func elements(_ text: String) -> [String]? {
        let bytes = Array(text.utf8)
        guard JSONElements.areSound(bytes.span) else { return nil }
        var (place, found) = (0, [String]())
        while let element = JSONElements.next(bytes.span, &place) {
            found.append(String(decoding: bytes[element], as: UTF8.self))
        }
        return found
    }

    @Test(arguments: [
        [], ["1"], ["{}", "[]", "\"\"", "null"], ["1e400", "18446744073709551616", "NaN"],
        [#"{"a":[{"b":"]},"}]}"#, #""\"\\""#, "[[],{}]"],
        [String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000), #"{"x" : [1 , 2]}"#],
        [#""\ud800""#, "\"a\tb\""],
    ])
    func theyAreWhatStandsBetweenTheCommas(parts: [String]) {
        for (between, around) in [(",", ""), (" ,\n", " \t")] {
            let text = around + "[" + around + parts.joined(separator: between) + around + "]" + around
            #expect(elements(text) == parts, "\(text.prefix(200))")
        }
    }

    @Test(arguments: [
        "", " ", "{}", "1", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1]]", "[1] 2", "[1 2]", #"["a]"#, #"["a\"]"#,
        "[{]}", "[{1:2}]",
        #"[{"a"}]"#, #"[{"a":}]"#, #"[{"a":1,}]"#, #"[{"a":"b"c"}]"#, #"["\"#, "[\u{7f}]",
    ])
    func whatHasNoBoundsIsNotCut(text: String) {
        #expect(elements(text) == nil)
    }
}
