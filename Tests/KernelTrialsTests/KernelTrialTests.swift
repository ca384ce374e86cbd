import KernelTrials
import Testing

/// What is counted of kernels is worth nothing where they compute something else.
@Suite struct KernelTrialTests {
    @Test(arguments: KernelTrials.all.map(\.name)) func resultIsThePlainOne(_ name: String) throws {
        let trial = try #require(KernelTrials.named(name))
        let first = try trial.run(repeats: 1)
        #expect(try trial.run(repeats: 2) == first)
        // Without a call it is the plain way's, which the others were held against.
        #expect(try trial.run(repeats: 0) == first)
    }

    @Test func namesAndRowsServeAsLines() {
        let all = KernelTrials.all
        #expect(Set(all.map(\.name)).count == all.count)
        for trial in all {
            #expect(trial.rows > 0)
            #expect(!trial.name.isEmpty && trial.name.allSatisfy { $0 == "-" || $0.isLowercase })
            #expect(!trial.summary.contains { $0.isNewline || $0 == "\t" })
        }
    }
}
