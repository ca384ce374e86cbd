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

    /// Were they hashed as `String` is, all would share one hash.
    @Test func spellingsHashApart() {
        let all = (0..<1 << 12).map { number in
            ExactText((0..<12).map { number >> $0 & 1 == 0 ? "\u{E9}" : "e\u{301}" }.joined())
        }
        #expect(Set(all.map(\.hashValue)).count > all.count / 2)
        #expect(Set(all).count == 1 << 12)
    }

    @Test func orderIsThatOfBytes() {
        #expect(Self.decomposed < Self.composed && !(Self.composed < Self.decomposed))
        // As UTF-16 the first would come after.
        #expect(ExactText("\u{FF5E}") < ExactText("\u{1F600}"))
        #expect(ExactText("") < "a" && ExactText("a") < "ab")
    }
}
