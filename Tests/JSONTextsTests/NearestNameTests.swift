import JSONTexts
import Testing

@Suite struct NearestNameTests {
    private let names = ["llm.call", "tool.call", "message.sent", "message.received", "Straße"]

    @Test(arguments: [
        ("llm.call", "llm.call"), ("LLM.CALL", "llm.call"), ("llm.cal", "llm.call"), ("lml.call", "llm.call"),
        ("message.snet", "message.sent"), ("mesage.recieved", "message.received"), ("STRAßE", "Straße"),
        ("calls", nil), ("", nil), ("z", nil), ("message.sent.and.much.more", nil),
    ] as [(String, String?)])
    func theOneWithFewestSlipsIsNear(name: String, near: String?) {
        #expect(nearestName(to: name, among: names) == near)
    }

    @Test func ofLongNamesTheBeginningCounts() {
        let long = String(repeating: "a", count: 70)
        #expect(nearestName(to: long + "x", among: ["b", long]) == long)
        #expect(nearestName(to: long, among: []) == nil)
        #expect(distanceOfNear("abcdef", "abcdfe") == 1)
        #expect(distanceOfNear("abcdef", "uvwxyz") == nil)
    }
}
