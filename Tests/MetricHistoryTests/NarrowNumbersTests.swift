import MetricHistory
import Testing

/// Numbers in as few bytes as all of them fit in, which are counted as they are held.
@Suite struct NarrowNumbersTests {
    @Test(arguments: [(Int128(1), 4), (1 << 40, 8), (1 << 100, 16)])
    func whatIsHeldIsCounted(step: Int128, bytes: Int) {
        var numbers = NarrowNumbers()
        for number in 0..<Int128(1_000) { numbers.append(number * step) }
        let held = numbers.memoryBytes
        // Grown one by one it holds more than it has, at 1,000 as with any array that doubles.
        #expect(held >= 1_000 * bytes)
        numbers.trim()
        #expect(numbers.memoryBytes >= 1_000 * bytes && numbers.memoryBytes <= min(held, 1_125 * bytes + 64))
        #expect((0..<1_000).allSatisfy { numbers[$0] == Int128($0) * step })
        numbers.append(7)
        #expect(numbers[1_000] == 7)
    }
}
