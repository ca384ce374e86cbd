import Foundation
import Testing

/// Runs the programs of `Tests/Outside` against the executable that was built with the tests, with short settings. They
/// are Python, because they share no code with what they check. `make test` names a Python that has their packages.
@Suite(
    .serialized, .enabled(if: OutsideChecks.areWanted, "PLIMSOLL_TEST_PYTHON names no Python; `make test` provides one")
)
struct OutsideTests {
    static let programs: [[String]] = [
        ["test_outside.py"],
        ["test_peers.py"],
        ["test_kernels.py"],
        ["test_growth.py"],
        ["test_ingest.py"],
        ["same_rows.py", "--plimsoll", OutsideChecks.executable],
        ["growth_figures.py", "--plimsoll", OutsideChecks.executable],
        ["both_ways.py", "--plimsoll", OutsideChecks.executable, "--events", "6000", "--seed", "5"],
        ["both_ways.py", "--plimsoll", OutsideChecks.executable, "--demo-users", "40"],
        ["first_minute.py", "--plimsoll", OutsideChecks.executable],
        ["first_aid.py", "--plimsoll", OutsideChecks.executable],
        ["descriptors.py", "--plimsoll", OutsideChecks.executable],
        ["overload.py", "--plimsoll", OutsideChecks.executable, "--seconds", "4", "--idle", "900"],
        ["runbooks.py", "--plimsoll", OutsideChecks.executable],
        ["damage.py", "--plimsoll", OutsideChecks.executable],
        ["backup.py", "--plimsoll", OutsideChecks.executable],
        ["finance_walk.py", "--plimsoll", OutsideChecks.executable, "--seed", "3"],
        ["older_stores.py", "--plimsoll", OutsideChecks.executable],
        ["bad_input.py", "--plimsoll", OutsideChecks.executable, "--bomb-mib", "256", "--channels", "20000"],
        ["test_faults.py"],
        ["kill_loop.py", "--plimsoll", OutsideChecks.executable, "--rounds", "6"],
        ["faults.py", "--plimsoll", OutsideChecks.executable],
        ["access.py", "--plimsoll", OutsideChecks.executable],
        ["pages.py", "--plimsoll", OutsideChecks.executable],
        ["command_line.py", "--plimsoll", OutsideChecks.executable],
        ["wires.py", "--plimsoll", OutsideChecks.executable],
        ["installing.py", "--plimsoll", OutsideChecks.executable],
        [
            "postgres_differential.py", "--plimsoll", OutsideChecks.executable, "--queries", "1200", "--seconds", "40",
            "--seed", "11",
        ],
        [
            "postgres_differential.py", "--plimsoll", OutsideChecks.executable, "--only", "constants", "--queries",
            "800", "--seconds", "40", "--seed", "28",
        ],
        ["sql_logic.py", "--plimsoll", OutsideChecks.executable],
        ["parquet_files.py", "--plimsoll", OutsideChecks.executable, "--events", "3000"],
        ["shipping_postgresql.py", "--plimsoll", OutsideChecks.executable, "--events", "4000", "--rounds", "10"],
        [
            "engines_differential.py", "--plimsoll", OutsideChecks.executable, "--questions", "400", "--seconds", "25",
            "--seed", "7",
        ],
        [
            "partitions.py", "--plimsoll", OutsideChecks.executable, "--questions", "300", "--seconds", "15", "--seed",
            "7",
        ],
        ["one_history.py", "--plimsoll", OutsideChecks.executable, "--seed", "7", "--events", "1000"],
        ["clients.py", "--plimsoll", OutsideChecks.executable, "--seconds", "15", "--interval", "3"],
        ["promql_api.py", "--plimsoll", OutsideChecks.executable],
        ["promql_differential.py", "--plimsoll", OutsideChecks.executable, "--questions", "600", "--seed", "11"],
        ["grafana.py", "--plimsoll", OutsideChecks.executable],
        ["own_alerts.py", "--plimsoll", OutsideChecks.executable],
        ["sample_alertmanager.py", "--plimsoll", OutsideChecks.executable],
        ["replays.py", "--plimsoll", OutsideChecks.executable],
        ["live_frameworks.py", "--plimsoll", OutsideChecks.executable],
        ["told_outcomes.py", "--plimsoll", OutsideChecks.executable],
        ["trace_receiver.py", "--plimsoll", OutsideChecks.executable, "--down", "5", "--kills", "3"],
    ]

    @Test func whatTheProgramsNeedIsThere() throws {
        let missing = try OutsideChecks.missing()
        #expect(missing.isEmpty, "missing: \(missing.joined(separator: ", ")); `make test` installs them")
    }

    @Test(arguments: programs) func programSucceeds(_ program: [String]) async throws {
        guard try OutsideChecks.missing().isEmpty else { return }
        let (status, output) = try await OutsideChecks.run(program)
        #expect(status == 0, "\(program.joined(separator: " ")) said:\n\(output)")
    }
}

enum OutsideChecks {
    private static let environment = ProcessInfo.processInfo.environment
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Outside")
    private static let python = environment["PLIMSOLL_TEST_PYTHON"] ?? "/usr/bin/python3"

    /// A continuous build always runs them; whoever shapes code asks for them.
    static let areWanted = environment["PLIMSOLL_TEST_PYTHON"] != nil || environment["CI"] == "true"

    /// The executable stands beside the bundle of the tests.
    static let executable: String = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("plimsoll").path
    }()

    /// What the programs cannot do without, by name.
    static func missing() throws -> [String] {
        var missing: [String] = []
        let isThere = FileManager.default.isExecutableFile(atPath:)
        if !isThere(executable) { missing.append("the executable \(executable)") }
        for (tool, package) in [
            ("prometheus", "prometheus"), ("promtool", "prometheus"), ("amtool", "prometheus-alertmanager"),
            ("prometheus-alertmanager", "prometheus-alertmanager"), ("ss", "iproute2"), ("chromium", "chromium"),
            ("chromedriver", "chromium-driver"), ("strace", "strace"),
        ] where !["/usr/bin", "/usr/local/bin", "/usr/sbin"].contains(where: { isThere("\($0)/\(tool)") }) {
            missing.append("\(tool) (Debian package \(package))")
        }
        // What makes the certificates of a test.
        if !["/usr/bin/openssl", "/usr/local/bin/openssl"].contains(where: isThere) {
            missing.append("openssl (Debian package openssl)")
        }
        guard isThere(python) else { return missing + ["the Python \(python)"] }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [
            "-c",
            "import cloudevents, duckdb, langgraph, opentelemetry.proto, opentelemetry.sdk, pydantic_ai, selenium",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { missing.append("Python packages of Tests/Outside/requirements*.txt") }
        return missing
    }

    /// Status and the end of what the program printed; waits without holding a thread.
    static func run(_ program: [String]) async throws -> (status: Int32, output: String) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "plimsoll-outside-\(UUID().uuidString)")
        #expect(FileManager.default.createFile(atPath: path.path, contents: nil))
        defer { try? FileManager.default.removeItem(at: path) }
        let output = try FileHandle(forWritingTo: path)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [folder.appendingPathComponent(program[0]).path] + program.dropFirst()
        process.currentDirectoryURL = folder
        process.environment = environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        (process.standardOutput, process.standardError) = (output, output)
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        try output.close()
        return (status, String(decoding: try Data(contentsOf: path).suffix(6000), as: UTF8.self))
    }
}
