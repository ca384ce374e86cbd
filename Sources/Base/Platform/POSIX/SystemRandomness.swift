/// The kernel's generator, fit for keys.
package final class SystemRandomness: Randomness {
    package init() {}

    package func fill(_ span: inout MutableSpan<UInt8>) {
        var generator = SystemRandomNumberGenerator()
        var word: UInt64 = 0
        for index in span.indices {
            word = index % 8 == 0 ? generator.next() : word >> 8
            span[index] = UInt8(truncatingIfNeeded: word)
        }
    }
}
