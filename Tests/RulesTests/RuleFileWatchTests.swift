import AlertRules
import Platform
import RuleFiles
import Rules
import Testing

/// Files of rules are looked at again; one with a mistake changes nothing, and is told.
@Suite struct RuleFileWatchTests {
    private static let path = "/etc/rules.yaml"
    private static let pause: Int64 = 15_000_000_000
    private static let start: Int64 = 1_785_574_800_000_000_000

    private let disk = SimulatedFileSystem(seed: 5)
    private let clock = SimulatedClock(wallNanoseconds: RuleFileWatchTests.start)

    private func write(_ expression: String) throws {
        let text = "groups: [{name: g, rules: [{record: a, expr: \"\(expression)\"}]}]\n"
        try disk.replace(Self.path, with: Array(text.utf8))
    }

    private func watch() throws -> RuleFileWatch {
        try disk.createDirectories("/etc")
        try write("vector(1)")
        return RuleFileWatch([Self.path], in: disk, RuleOptions(), clock: clock)
    }

    private func isNew(_ watch: RuleFileWatch, isAsked: Bool = false) throws -> Bool {
        try watch.changed(isAsked: isAsked) != nil
    }

    @Test func aMistakeIsToldOnceForEachChange() throws {
        let watch = try watch()
        try write("vector(")
        #expect(try !isNew(watch) && watch.standing.failure == nil)
        clock.advance(nanoseconds: Self.pause)
        #expect(throws: RuleFileError.self) { try isNew(watch) }
        #expect(watch.standing.failure?.hasPrefix("/etc/rules.yaml: 1:") == true)
        #expect(watch.standing.takenAt == Self.start)
        clock.advance(nanoseconds: Self.pause)
        #expect(try !isNew(watch) && watch.standing.failure != nil)
        try disk.remove(Self.path)
        clock.advance(nanoseconds: Self.pause)
        #expect(throws: StorageError.self) { try isNew(watch) }
        clock.advance(nanoseconds: Self.pause)
        #expect(try !isNew(watch))
        try write("vector(2)")
        clock.advance(nanoseconds: Self.pause)
        #expect(try isNew(watch))
        #expect(watch.standing == RuleFileWatch.Standing(takenAt: Self.start + 5 * Self.pause))
    }

    /// Not as long as the volume says: files of `/proc` have no length.
    @Test func filesAreReadToTheirEnd() throws {
        #expect(throws: RuleFileError.self) { try RuleSet(["/proc/self/status"], in: POSIXFileSystem(), RuleOptions()) }
    }

    @Test func aFileThatIsTooLongIsToldOnceAndChangesNothing() throws {
        let watch = try watch()
        try disk.replace(Self.path, with: [UInt8](repeating: UInt8(ascii: "\n"), count: RuleFile.bytesMax + 1))
        clock.advance(nanoseconds: Self.pause)
        #expect(throws: RuleFileError.tooLong(Self.path)) { try isNew(watch) }
        clock.advance(nanoseconds: Self.pause)
        #expect(try !isNew(watch) && watch.standing.failure?.contains("more than 16777216 bytes") == true)
        try write("vector(2)")
        clock.advance(nanoseconds: Self.pause)
        #expect(try isNew(watch) && watch.standing.failure == nil)
    }

    @Test func whoAsksIsAnsweredAtOnce() throws {
        let watch = try watch()
        #expect(try isNew(watch, isAsked: true))
        try write("vector(")
        for _ in 0..<2 { #expect(throws: RuleFileError.self) { try isNew(watch, isAsked: true) } }
        try write("vector(1)")
        #expect(try isNew(watch, isAsked: true) && watch.standing.failure == nil)
        #expect(try !isNew(watch))
    }
}
