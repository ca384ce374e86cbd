import HTTPFronts
import Testing

/// Which questions are read on the event loop of their connection.
@Suite struct QuickReadingTests {
    private static let address = "/api/v1/query?query=sum%20by%20(model)%20(rate(support_llm_calls_total%7Bmodel!="

    @Test func shortQuestionsAre() {
        #expect(QuickReading.isQuick(Self.address + "%22a%22%7D%5B5m%5D))"))
        #expect(QuickReading.isQuick(""))
    }

    /// A few letters of a regular expression make a program that takes a tenth of a second.
    @Test(arguments: ["=~", "=%7E", "%3D%7e", "!~"])
    func thoseWithARegularExpressionAreNot(sign: String) {
        #expect(!QuickReading.isQuick("/api/v1/query?query=%7Ba" + sign + "%22(?i)%5CpL%7B300%7D%22%7D"))
    }

    @Test func longOnesAreNot() {
        let long = Self.address + String(repeating: "a", count: 4096 - Self.address.utf8.count)
        #expect(QuickReading.isQuick(long) && !QuickReading.isQuick(long + "a"))
    }

    /// Whose statement others read; one that does not say how long it is may be of any length.
    @Test func shortBodiesAre() {
        #expect(QuickReading.isQuick(bodyBytes: 0) && QuickReading.isQuick(bodyBytes: 4096))
        for bytes in [nil, -1, 4097, .max] as [Int?] { #expect(!QuickReading.isQuick(bodyBytes: bytes)) }
    }
}
