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

    @Test func aHintGuessesAndSaysTheRest() {
        #expect(nameHint(to: "tabel", known: ["table", "csv"]) == "did you mean table? known: table, csv")
        #expect(nameHint(to: "x-ray", known: ["table", "csv"]) == "known: table, csv")
        #expect(nameHint(to: "tabel", among: ["table"], orElse: "ask for all") == "did you mean table? ask for all")
        // A known name at a wrong place is no guess.
        #expect(nameHint(to: "table", among: ["table"], orElse: "ask for all") == "ask for all")
        #expect(nameHint(near: nil, orElse: "ask for all") == "ask for all")
    }

    /// Of a name so short that a slip makes another one of it capitals and an exchange alone are no matter.
    @Test(arguments: [
        ("Web", 0), ("API", 1), ("wed", nil), ("wbe", 0), ("Aip", 1), ("bwe", nil), ("pa", nil), ("weeb", 0),
        ("ap", nil), ("", nil), ("Emial", 2), ("emil", 2),
    ])
    func aSlipLeadsToOnePlace(said: String, place: Int?) {
        #expect(placeOfSlip(said, among: ["web", "api", "email"]) == place)
    }

    @Test func ofLongNamesTheBeginningCounts() {
        let long = String(repeating: "a", count: 70)
        #expect(nearestName(to: long + "x", among: ["b", long]) == long)
        #expect(nearestName(to: long, among: []) == nil)
        #expect(distanceOfNear("abcdef", "abcdfe") == 1)
        #expect(distanceOfNear("abcdef", "uvwxyz") == nil)
    }
}
