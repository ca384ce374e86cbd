import Platform
import PromQLText
import Testing

@Suite struct WrittenNumberTests {
    private func appended(_ value: Double) -> String {
        var bytes = Array("x".utf8)
        WrittenNumber.append(plain: value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (0, "x0"), (-0.0, "x-0"), (5, "x5"), (-1200, "x-1200"), (0.1, "x0.1"), (10.05, "x10.05"), (1e-7, "x0.0000001"),
        (1e20, "x100000000000000000000"), (.nan, "xNaN"), (.infinity, "x+Inf"), (-.infinity, "x-Inf"),
    ] as [(Double, String)])
    func numbers(_ value: Double, _ text: String) { #expect(appended(value) == text) }

    /// Of every size, whole ones among them.
    @Test func asPlain() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<5_000 {
            let any = Double(bitPattern: random.next())
            let scale = [1, 1e-9, 1e-4, 1000, 1e12, 1e18][random.next(below: 6)]
            let common = Double(random.next(below: 1_000_000)) * scale / 64
            for value in [any, common, common.rounded(), -common] {
                #expect(appended(value) == "x" + WrittenNumber.plain(value))
            }
        }
    }
}
