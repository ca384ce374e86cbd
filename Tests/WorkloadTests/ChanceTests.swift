import Foundation
import Testing
import Workload

@Suite struct ChanceTests {
    @Test func elementaryFunctionsAgreeWithTheLibrary() {
        for step in -400...400 {
            let value = Double(step) / 20
            #expect(abs(exponential(value) / exp(value) - 1) < 1e-12)
            let positive = exp(value)
            #expect(abs(naturalLogarithm(positive) - value) < 1e-9)
        }
    }

    @Test func distributionsHaveTheirMeans() {
        var random = SeededGenerator(seed: 5, stream: 9)
        let count = 40_000
        var (normal, square, waiting, few, many, below) = (0.0, 0.0, 0.0, 0, 0, 0)
        for _ in 0..<count {
            let draw = random.normal()
            normal += draw
            square += draw * draw
            waiting += random.waitingTime(mean: 3)
            few += random.poisson(mean: 0.7)
            many += random.poisson(mean: 80)
            if random.logNormal(median: 10, sigma: 0.5) < 10 { below += 1 }
        }
        let scale = Double(count)
        #expect(abs(normal / scale) < 0.02)
        #expect(abs(square / scale - 1) < 0.03)
        #expect(abs(waiting / scale - 3) < 0.06)
        #expect(abs(Double(few) / scale - 0.7) < 0.02)
        #expect(abs(Double(many) / scale - 80) < 0.3)
        #expect(abs(Double(below) / scale - 0.5) < 0.01)
    }

    @Test func streamsOfOneSeedDiffer() {
        var first = SeededGenerator(seed: 1, stream: 1)
        var second = SeededGenerator(seed: 1, stream: 2)
        var again = SeededGenerator(seed: 1, stream: 1)
        let drawn = (0..<8).map { _ in first.next() }
        #expect(drawn == (0..<8).map { _ in again.next() })
        #expect(drawn != (0..<8).map { _ in second.next() })
    }

    @Test(arguments: WorkloadIDStyle.allCases) func identitiesFollowTheirStyle(_ style: WorkloadIDStyle) {
        var maker = IdentityMaker(style: style, generator: SeededGenerator(seed: 3, stream: 4))
        var seen: Set<WorkloadID> = []
        for _ in 0..<2000 { seen.insert(maker.next(at: 0x0102_0304_0506 * 1_000_000)) }
        #expect(seen.count == 2000)
        for identity in seen {
            guard case .uuid(let high, let low) = identity else {
                #expect(style == .text)
                continue
            }
            #expect(low >> 62 == 2)
            #expect(high >> 12 & 15 == (style == .uuid7 ? 7 : 4))
            if style == .uuid7 { #expect(high >> 16 == 0x0102_0304_0506) }
        }
    }
}
