import Platform
import Testing

/// What is planted is planted nowhere but where somebody asked for it.
@Suite struct PlantedBugTests {
    @Test func noBuildThatIsTestedHasOne() {
        #expect(PlantedBug.allCases.count >= 20)
        for bug in PlantedBug.allCases { #expect(!planted(bug)) }
    }
}
