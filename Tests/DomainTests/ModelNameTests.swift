import Domain
import Testing

@Suite struct ModelNameTests {
    @Test func whatAnsweredThenWhatWasAskedForThenBothWithoutPath() {
        #expect(ModelName.names(requestModel: "x/mini", responseModel: "y/z/mini-2") == ["y/z/mini-2", "x/mini", "mini-2", "mini"])
        #expect(ModelName.names(requestModel: "mini", responseModel: nil) == ["mini"])
        #expect(ModelName.names(requestModel: "x/", responseModel: "") == ["x/"])
        #expect(ModelName.names(requestModel: nil, responseModel: nil) == [])
    }
}
