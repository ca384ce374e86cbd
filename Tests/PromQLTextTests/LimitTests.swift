import PromQLText
import Testing

/// Whatever the text, the answer is an expression or a typed error, in time and within the stack.
@Suite struct LimitTests {
    private func state(_ text: String) -> String {
        do throws(PromQLError) {
            _ = try Reading.expression(text, .all)
            return "read"
        } catch { return error.isTooComplex ? "too complex" : "wrong" }
    }

    private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test(arguments: [1_000, 20_000])
    func deepNesting(_ depth: Int) {
        let shapes = [
            repeated("(", depth) + "1" + repeated(")", depth), repeated("-", depth) + "a",
            repeated("abs(", depth) + "a" + repeated(")", depth), repeated("sum(", depth) + "a" + repeated(")", depth),
            repeated("a ^ ", depth) + "a", repeated("a + (", depth) + "a" + repeated(")", depth),
            "a[" + repeated("(", depth) + "1" + repeated(")", depth) + "]", "a[" + repeated("-", depth) + "1]",
            "a[" + repeated("min_of(1,", depth) + "1" + repeated(")", depth) + "]",
            "a[" + repeated("1 ^ ", depth) + "1]", "a[" + repeated("1 + ", depth) + "1]", repeated("a + ", depth) + "a",
            "a" + repeated("[5m:]", depth), "a offset " + repeated("-", depth) + "1",
        ]
        for shape in shapes { #expect(state(shape) == "too complex", "\(shape.prefix(30))… of \(depth)") }
        for shape in [repeated("(", depth), repeated("[", depth), repeated("{", depth), "a[" + repeated("(", depth)] {
            #expect(state(shape) != "read")
        }
    }

    /// Just below the limits all that is done with an expression has stack enough.
    @Test func deepestAllowed() throws {
        for text in [
            repeated("(", 190) + "a" + repeated(")", 190), repeated("-", 190) + "a",
            repeated("a + (", 95) + "a" + repeated(")", 95), repeated("a or ", 900) + "a",
            repeated("sum(", 190) + "a" + repeated(")", 190), repeated("a ^ ", 190) + "a",
            "a[" + repeated("1 + ", 700) + "1]",
        ] {
            let expression = try Reading.expression(text, .all)
            #expect(try Reading.expression(expression.description, .all) == expression)
            #expect(try Reading.expression(expression.formatted, .all) == expression)
        }
    }

    @Test func longTexts() {
        #expect(state(repeated(" ", 300_000) + "a") == "too complex")
        #expect(state("a{b=\"" + repeated("x", 200_000) + "\"}") == "read")
        #expect(state("a{" + repeated("b!=\"\",", 20_000) + "}") == "read")
        #expect(state("label_join(a, 'b'" + repeated(",'c'", 40_000) + ")") == "read")
        #expect(state(repeated("9", 200_000)) == "wrong")
        #expect(state("0." + repeated("9", 200_000)) == "read")
        #expect(state("1e" + repeated("9", 200_000)) == "wrong")
        #expect(state(repeated("1", 50_000) + "m") == "wrong")
        #expect(state("a + fill" + repeated(" ", 200_000)) == "read")
        #expect(state("a" + repeated("# c\n", 50_000)) == "read")
    }

    /// Patterns take time to compile that has nothing to do with their length.
    @Test func largePatterns() {
        #expect(state("a{b=~'" + repeated("(x{1000}){1000}", 5) + "'}") == "wrong")
        #expect(state("a{b=~'\\\\pL{1000}'}") == "too complex")
        #expect(state("a{" + repeated("b=~'[^a]{1000}',", 5_000) + "}") == "too complex")
        #expect(state("a{" + repeated("b=~'\\\\pL{100}',", 5_000) + "}") == "too complex")
        #expect(state("a{b=~'" + repeated("some-name-of-a-host-0123|", 2_000) + "'}") == "read")
    }

    @Test func timeIsLinear() {
        let clock = ContinuousClock()
        func time(_ text: String) -> Duration { clock.measure { for _ in 0..<3 { _ = state(text) } } }
        let shapes: [(Int) -> String] = [
            { count in "label_join(a, 'b'" + self.repeated(",'c'", count) + ")" },
            { count in "a{" + self.repeated("b!=\"\",", count) + "}" },
            { count in "sum by (" + self.repeated("b,", count) + ") (a)" },
            { count in "a" + self.repeated("fill ", count) },
        ]
        for shape in shapes {
            _ = time(shape(1_000))
            let (short, long) = (time(shape(1_000)), time(shape(16_000)))
            // Sixteen times as much; a square would take 256 times as long.
            #expect(long < short * 100 + .milliseconds(200), "\(shape(2))")
        }
    }
}
