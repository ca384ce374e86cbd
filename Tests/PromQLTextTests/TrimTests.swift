import PromQLText
import Testing

/// Operators that take parts of a histogram away.
@Suite struct TrimTests {
    @Test(arguments: ["m </ 1.5", "m >/ -1", "m + 1 </ 2 * 3", "m < 1", "m <= 1 >/ 2", "m </ on (a) n"])
    func readAndWritten(_ text: String) {
        #expect(Reading.line(text) == text)
    }

    @Test func refused() {
        #expect(Reading.line("1 </ 2") == "1:3: parse error: operator \"</\" not allowed for Scalar operations")
        #expect(
            Reading.line("m >/ bool 2")
                == "1:3: parse error: bool modifier can only be used on comparison operators")
        #expect(Reading.line("m < / 2") == "1:5: parse error: unexpected <op:/>")
    }
}
