import Platform
import Testing

@Suite struct ResidentMemoryTests {
    /// Pages that the system made for the thread so far, by `proc(5)`: the tenth word of `stat`, of which the second
    /// stands in brackets and may have blanks.
    private static func faults() throws -> Int {
        let file = try POSIXFileSystem().open("/proc/thread-self/stat", .read)
        defer { file.close() }
        let text = String(decoding: try file.read(upTo: 1024, at: 0), as: UTF8.self)
        let words = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        return try #require(words.count > 8 ? Int(words[8]) : nil)
    }

    /// Eighty megabytes at a time, as the rounds of an import have them and let them go.
    private static func useAndFree() -> Int {
        let blocks = (0..<10).map { [UInt8](repeating: UInt8($0), count: 8 << 20) }
        return blocks.reduce(0) { $0 + Int($1[$1.count / 2]) }
    }

    @Test func whatIsFreedIsHadAgainAsItIs() throws {
        keepFreedMemory()
        var sum = Self.useAndFree()
        let before = try Self.faults()
        for _ in 0..<5 { sum += Self.useAndFree() }
        #expect(sum == 6 * 45)
        // Less than one of the five would need of new pages.
        #expect(try Self.faults() - before < 10 * (8 << 20) / 4096)
    }
}
