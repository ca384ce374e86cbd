import Bytes
import Testing

@Suite struct ExactTextTests {
    private static let composed = ExactText("caf\u{E9}")
    private static let decomposed = ExactText("cafe\u{301}")

    @Test func spellingsOfALetterAreTwoKeys() {
        #expect(Self.composed.text == Self.decomposed.text)
        #expect(Self.composed != Self.decomposed)
        #expect(Set([Self.composed, Self.decomposed, ExactText("caf\u{E9}")]).count == 2)
        var known: [ExactText: Int] = ["caf\u{E9}": 1]
        #expect(known["cafe\u{301}"] == nil && known["caf\u{E9}"] == 1)
        known["cafe\u{301}"] = 2
        #expect(known.count == 2)
    }

    @Test func theyHashApart() { #expect(Set([Self.composed.hashValue, Self.decomposed.hashValue]).count == 2) }

    @Test func orderIsThatOfBytes() {
        #expect(Self.decomposed < Self.composed && !(Self.composed < Self.decomposed))
        // As UTF-16 the first would come after.
        #expect(ExactText("\u{FF5E}") < ExactText("\u{1F600}"))
        #expect(ExactText("") < "a" && ExactText("a") < "ab")
    }
}
