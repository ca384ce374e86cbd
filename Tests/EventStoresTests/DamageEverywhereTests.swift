import Columnar
import Domain
import EventStores
import Foundation
import Platform
import Testing

/// A small store, closed in order, that is damaged at each place in each way: every answer is the right one, says what
/// it lacks, or is a typed error; what is damaged is named by its file.
///
/// By default a share of the places is tried; `PLIMSOLL_DAMAGE=all` (`make damage`) tries every byte and every length.
@Suite struct DamageEverywhereTests {
    private static let isWhole = ProcessInfo.processInfo.environment["PLIMSOLL_DAMAGE"] == "all"
    private let disk = SimulatedFileSystem(seed: 93)

    private static let questions: [(table: String, columns: [String])] = [
        ("turns", EventStoreTests.turnColumns), ("conversations", EventStoreTests.conversationColumns),
        ("events", ["id", "position"]), ("llm_call", EventStoreTests.callColumns), ("system_events", ["type"]),
    ]

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    /// - Returns: all files as they were before the last seal.
    @discardableResult
    private func make() throws -> [String: [UInt8]] {
        var earlier: [String: [UInt8]] = [:]
        let store = try open()
        for number in 1...3 {
            var events = SampleEvents()
            if number == 1 { events.addPrice("gpt-4o", "input", picoPerToken: 2_000_000, at: 1) }
            for name in ["all", "c\(number)"] { events.addTurn(name, Int64(number), at: Double(number * 1_000)) }
            _ = try store.append([events.batch])
            if number < 3 {
                try store.seal()
                earlier = disk.bytesByPath
            }
        }
        try store.seal()
        var events = SampleEvents()
        events.addTurn("tail", 1, at: 3_500)
        _ = try store.append([events.batch])
        try store.close()
        return earlier
    }

    // MARK: Answers

    private enum Answer: Equatable {
        case rows([String])
        /// It says that it lacks something.
        case lacking
        case refused(String)
    }

    private struct Outcome {
        var answers: [Answer]
        /// What is said anywhere: errors, findings.
        var said: [String]
    }

    /// A failure that nobody foresees is no answer.
    private func refusal(_ error: any Error) -> Answer {
        #expect(error is any FileContentError || error is StorageError || error is StoreError, "\(error)")
        return .refused("\(error)")
    }

    private func answers(_ store: EventStore) -> [Answer] {
        Self.questions.map { question in
            do {
                let snapshot = store.snapshot()
                let found = try rows(snapshot, question.table, question.columns)
                guard let table = snapshot.table(named: question.table) else { return .refused("no table") }
                let statistics = ScanStatistics()
                _ = try table.morsels(for: ScanRequest(columns: [0], statistics: statistics))
                return statistics.notices.isEmpty ? .rows(found) : .lacking
            } catch {
                return refusal(error)
            }
        }
    }

    /// Asks the directory as it is, without a change to it.
    private func ask() -> Outcome {
        var outcome = Outcome(answers: [], said: [])
        do {
            outcome.said = try EventStore.fileFaults(at: "/data", context: context(disk)).lines
        } catch {
            if case .refused(let text) = refusal(error) { outcome.said = [text] }
        }
        do {
            let store = try EventStore.openForReading(
                at: "/data", context: context(disk), options: EventStoreTests.options())
            outcome.answers = answers(store)
            try store.close()
        } catch {
            outcome.answers = Self.questions.map { _ in refusal(error) }
        }
        return outcome
    }

    /// Asks whether what was done to a file shows, or does not matter.
    /// - Parameter mayPass: of what nobody reads it is enough that no answer is another one.
    private func check(_ path: String, _ right: [Answer], _ what: @autoclosure () -> String, mayPass: Bool = false) {
        let outcome = ask()
        for (answer, expected) in zip(outcome.answers, right) where answer != expected {
            if case .rows = answer { Issue.record("\(path), \(what()): a wrong answer") }
            if case .refused(let text) = answer, outcome.said.isEmpty {
                Issue.record("\(path), \(what()): refused and not found: \(text)")
            }
        }
        let isRight = outcome.answers == right
        let isNamed = outcome.said.contains { $0.contains(path) }
        #expect(isNamed || isRight && mayPass, "\(path), \(what()): not named in \(outcome.said)")
    }

    // MARK: Files

    private var files: [(path: String, bytes: [UInt8])] {
        disk.snapshot().filter { $0.path.hasPrefix("/data/") && !$0.path.hasSuffix("/LOCK") }
    }

    /// Files of which damage may pass: those that only the manifest before the one in force names, and files of the log
    /// that wait to be used.
    private func mayPass(_ path: String) throws -> Bool {
        if path.hasPrefix("/data/log/spare-") { return true }
        let states = files.map(\.path).filter { $0.contains("/state-") }.sorted { ($0.count, $0) < ($1.count, $1) }
        guard let newest = states.last else { return false }
        return path.contains("state-") && !path.hasSuffix(fileName(of: newest))
    }

    /// Where what a file holds ends: behind it a file of the log has room. Records begin at multiples of eight.
    private func end(_ path: String, _ bytes: [UInt8]) -> Int {
        path.hasPrefix("/data/log/events-") ? ((bytes.lastIndex { $0 != 0 } ?? 0) / 8 + 1) * 8 : bytes.count
    }

    /// Bytes of a file that are tried: all that hold something, or a share of them.
    private func places(_ bytes: [UInt8], share: Int) -> [Int] {
        let end = min(bytes.count, (bytes.lastIndex { $0 != 0 } ?? 0) + 64)
        return Array(stride(from: 0, to: end, by: Self.isWhole ? 1 : max(1, end / share)))
    }

    @Test func everyByte() throws {
        try make()
        let right = ask().answers
        #expect(right.allSatisfy { if case .rows = $0 { true } else { false } })
        for (path, bytes) in files {
            let mayPass = try mayPass(path)
            for offset in places(bytes, share: 24) {
                let mask: UInt8 = Self.isWhole ? 1 << UInt8(offset % 8) : offset % 2 == 0 ? 0xFF : 0x04
                disk.damage(path) { $0[offset] ^= mask }
                check(path, right, "byte \(offset)", mayPass: mayPass || offset >= end(path, bytes))
                disk.damage(path) { $0 = bytes }
            }
        }
        #expect(ask().answers == right)
    }

    @Test func everyLength() throws {
        try make()
        let right = ask().answers
        for (path, bytes) in files {
            let mayPass = try mayPass(path)
            for length in places(bytes, share: 10) where length < bytes.count {
                disk.damage(path) { $0 = Array(bytes[..<length]) }
                check(path, right, "cut to \(length)", mayPass: mayPass)
                disk.damage(path) { $0 = bytes }
            }
        }
    }

    /// Blocks of zeros, and of what stands elsewhere in the file.
    @Test func blocks() throws {
        try make()
        let right = ask().answers
        for (path, bytes) in files where bytes.count > 1_024 {
            let mayPass = try mayPass(path)
            for start in places(bytes, share: 6) where start + 512 <= end(path, bytes) {
                for replacement in [[UInt8](repeating: 0, count: 512), Array(bytes[..<512])] {
                    guard Array(bytes[start..<start + 512]) != replacement else { continue }
                    disk.damage(path) { $0.replaceSubrange(start..<start + 512, with: replacement) }
                    check(path, right, "512 bytes at \(start)", mayPass: mayPass)
                    disk.damage(path) { $0 = bytes }
                }
            }
        }
    }

    /// Of a store that was closed, what the last acknowledgement stands in is known as well: no byte of it passes for a
    /// record that was never finished.
    @Test func theLastRecordsAreNoTornTail() throws {
        try make()
        let right = ask().answers
        let (path, bytes) = try #require(files.last { $0.path.hasPrefix("/data/log/events-") })
        let (markerBytes, end) = (56, end(path, bytes))
        for offset in stride(from: end - markerBytes - 400, to: end - markerBytes, by: Self.isWhole ? 1 : 7) {
            // What fills the last record up is zero as it is: there the marker alone would be lost.
            guard bytes[offset..<end - markerBytes].contains(where: { $0 != 0 }) else { continue }
            // All from there on, so that nothing behind it vouches.
            disk.damage(path) { for place in offset..<end { $0[place] = 0 } }
            let outcome = ask()
            #expect(outcome.said.contains { $0.contains("\(path) is damaged at offset") }, "\(outcome.said)")
            #expect(logDamage { try open().close() }?.file == path, "from byte \(offset)")
            #expect(zip(outcome.answers, right).allSatisfy { if case .rows = $0 { $0 == $1 } else { true } })
            disk.damage(path) { $0 = bytes }
        }
        #expect(ask().answers == right)
    }

    /// A file in the place of another one, as a whole; one that is gone; one that was before.
    @Test func wholeFiles() throws {
        let earlier = try make()
        let right = ask().answers
        let all = files
        for (path, bytes) in all {
            let mayPass = try mayPass(path)
            for (other, others) in all where other != path && others != bytes {
                disk.damage(path) { $0 = others }
                check(path, right, "holds \(other)", mayPass: mayPass)
            }
            if let before = earlier[path], before != bytes {
                disk.damage(path) { $0 = before }
                check(path, right, "as it was before the last seal", mayPass: mayPass)
            }
            for empty in [[], [UInt8](repeating: 0, count: bytes.count)] {
                disk.damage(path) { $0 = empty }
                check(path, right, "\(empty.count) zeros", mayPass: mayPass)
            }
            disk.damage(path) { $0 = bytes }
            try disk.remove(path)
            // Versions of before wrote no copies, nor how a log was closed: that one is missing is no damage, nor that
            // a manifest of before is.
            let manifest = all.map(\.path).filter { $0.contains("/manifest-") }.max()
            let isOfBefore = path.contains("/manifest-") && path != manifest
            let isUnmissed = path.contains("copy-of-") || path == "/data/log/log.end"
            check(path, right, "missing", mayPass: mayPass || isUnmissed || isOfBefore)
            try disk.replace(path, with: bytes)
        }
        #expect(ask().answers == right)
    }

    /// Files that nobody wrote, under any name that might be taken for one of the store's.
    @Test func filesMore() throws {
        try make()
        let right = ask().answers
        let all = files
        let places = [
            "/data/segments/manifest-00000000000000ff", "/data/segments/copy-of-manifest-00000000000000ff",
            "/data/segments/state-99", "/data/segments/copy-of-state-99", "/data/segments/00000000000000ff.segment",
            "/data/segments/notes.txt", "/data/log/events-000000000009.log", "/data/log/spare-000000000009.log",
            "/data/log/notes.txt", "/data/keys/store.key.old", "/data/notes.txt",
        ]
        for place in places {
            for (_, bytes) in all + [("", []), ("", [UInt8](repeating: 0xAB, count: 600))] {
                try disk.replace(place, with: bytes)
                check(place, right, "a file of \(bytes.count) bytes more", mayPass: true)
                try disk.remove(place)
            }
        }
    }

    /// Who opens the store to write decides the same: nothing is mended into something else.
    @Test func whoeverWritesGoesOnFromWhatIsRight() throws {
        try make()
        let right = ask().answers
        let all = disk.snapshot()
        for (path, bytes) in files {
            for offset in places(bytes, share: 4).prefix(Self.isWhole ? .max : 5) {
                disk.damage(path) { $0[offset] ^= 0x10 }
                do {
                    let store = try open()
                    for (answer, expected) in zip(answers(store), right) where answer != expected {
                        if case .rows = answer { Issue.record("\(path), byte \(offset): a wrong answer") }
                    }
                    try store.close()
                } catch {
                    _ = refusal(error)
                }
                for name in disk.snapshot().map(\.path) where !all.contains(where: { $0.path == name }) {
                    try disk.remove(name)
                }
                for (path, bytes) in all {
                    if disk.snapshot(of: path) == nil { try disk.replace(path, with: bytes) }
                    disk.damage(path) { $0 = bytes }
                }
            }
        }
    }
}
