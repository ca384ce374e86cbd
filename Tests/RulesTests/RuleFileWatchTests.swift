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
    private let clock = SimulatedClock(wallNanoseconds: start)

    private func write(_ expression: String) throws {
        let text = "groups: [{name: g, rules: [{record: a, expr: \"\(expression)\"}]}]\n"
        try disk.replace(Self.path, with: Array(text.utf8))
    }

    private func watch() throws -> RuleFileWatch {
        try disk.createDirectories("/etc")
        try write("vector(1)")
        return RuleFileWatch([Self.path], in: disk, RuleOptions(), clock: clock)
    }

    @Test func aMistakeIsToldOnceForEachChange() throws {
        let watch = try watch()
        try write("vector(")
        #expect(try watch.changed() == nil && watch.standing.failure == nil)
        clock.advance(nanoseconds: Self.pause)
        #expect(throws: RuleFileError.self) { try watch.changed() }
        #expect(watch.standing.failure?.hasPrefix("/etc/rules.yaml: 1:") == true)
        #expect(watch.standing.takenAt == Self.start)
        clock.advance(nanoseconds: Self.pause)
        #expect(try watch.changed() == nil && watch.standing.failure != nil)
        try disk.remove(Self.path)
        clock.advance(nanoseconds: Self.pause)
        #expect(throws: StorageError.self) { try watch.changed() }
        clock.advance(nanoseconds: Self.pause)
        #expect(try watch.changed() == nil)
        try write("vector(2)")
        clock.advance(nanoseconds: Self.pause)
        #expect(try watch.changed() != nil)
        #expect(watch.standing == RuleFileWatch.Standing(takenAt: Self.start + 5 * Self.pause))
    }

    @Test func whoAsksIsAnsweredAtOnce() throws {
        let watch = try watch()
        #expect(try watch.changed(isAsked: true) != nil)
        try write("vector(")
        for _ in 0..<2 { #expect(throws: RuleFileError.self) { try watch.changed(isAsked: true) } }
        try write("vector(1)")
        #expect(try watch.changed(isAsked: true) != nil && watch.standing.failure == nil)
        #expect(try watch.changed() == nil)
    }
}
