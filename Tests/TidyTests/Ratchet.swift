/// Counts of findings that are tolerated until they are mended. They may only fall: lower a number when its room got
/// better.
enum Ratchet {
    /// Declarations that only tests use and that do not say why, by target.
    static let testsOnly: [String: Int] = [
        "Access": 1,
        "Clients": 2,
        "Columnar": 1,
        "Dialects": 4,
        "Domain": 8,
        "EventLogs": 2,
        "EventStores": 3,
        "Execution": 1,
        "Projections": 1,
        "Segments": 4,
        "Transfers": 2,
        "WireFormats": 2,
        "Workload": 2,
    ]

    /// Declarations without a documentation comment, by target; a target that is not named has none.
    static let undocumented: [String: Int] = [
        "Bytes": 19,
        "Columnar": 53,
        "Compression": 3,
        "EventLogs": 9,
        "EventStores": 21,
        "Execution": 2,
        "Hashing": 4,
        "JSONParsing": 3,
        "Platform": 52,
        "WireFormats": 6,
    ]

    /// Unsafe code away from its homes, by target.
    static let unsafe: [String: Int] = [:]

    /// Calls of the machine that go around Platform, by target.
    static let machine: [String: Int] = [
        // It runs in the process of an agent, beside that one's own threads, and needs waits with an end.
        "PlimsollEmitter": 1
    ]

    /// Texts as keys where data is handled, by target: units of time and their words, zones, columns.
    static let textKeys: [String: Int] = [
        "Execution": 1,
        "Plans": 3,
        "Segments": 1,
    ]

    /// Iterations without order, by target.
    static let unordered: [String: Int] = [:]

    /// Lines beyond the width, by target or test folder.
    static let longLines: [String: Int] = [
        "Access": 1,
        "Asking": 3,
        "Columnar": 4,
        "Dialects": 4,
        "Domain": 14,
        "EventLogs": 1,
        "EventStores": 13,
        "Intakes": 2,
        "Projections": 14,
        "Reports": 51,
        "Segments": 2,
        "Settings": 4,
        "Tests/AskingTests": 2,
        "Tests/DialectsTests": 4,
        "Tests/DomainTests": 1,
        "Tests/EventLogsTests": 1,
        "Tests/EventStoresTests": 2,
        "Tests/ExecutionTests": 6,
        "Tests/ExportingTests": 2,
        "Tests/HTTPFrontsTests": 7,
        "Tests/PlimsollEmitterTests": 2,
        "Tests/ProjectionsTests": 1,
        "Tests/SQLTextTests": 2,
        "Tests/TransfersTests": 13,
        "Tests/WireFormatsTests": 15,
        "Tests/TidyTests": 7,
        "Transfers": 6,
        "WireFormats": 2,
        "plimsoll": 2,
    ]

    /// Functions beyond the limit, by `path:name`. A flat switch may stay here for good.
    static let longFunctions: [String: Int] = [
        "Sources/Base/Domain/Schemas/WellKnownColumns.swift:init": 90
    ]

    /// Findings beyond the tolerated counts; of a group with too many all are shown.
    static func beyond(_ findings: [Finding], _ tolerated: [String: Int], group: (String) -> String) -> [Finding] {
        Dictionary(grouping: findings) { group($0.path) }.sorted { $0.key < $1.key }.flatMap {
            name, members -> [Finding] in
            let limit = tolerated[name] ?? 0
            guard members.count > limit else { return [] }
            let head = Finding(path: name, line: 0, message: "\(members.count) findings, \(limit) are tolerated:")
            return limit == 0 ? members : [head] + members
        }
    }

    /// Groups that got better than their number, so that it can be lowered.
    static func slack(_ findings: [Finding], _ tolerated: [String: Int], group: (String) -> String) -> [String] {
        let counts = Dictionary(grouping: findings) { group($0.path) }.mapValues(\.count)
        return tolerated.sorted { $0.key < $1.key }.filter { counts[$0.key, default: 0] < $0.value }
            .map { "\($0.key): \(counts[$0.key, default: 0]) instead of \($0.value)" }
    }
}
