import Foundation

/// A program that ends with whoever started it, however he ends: a test run that traps, is killed or given up comes to
/// no `defer`. A shell beside it reads from a pipe of which the test run has the other end, and kills it when that is
/// closed, as the system does where a process ends. One task uses it.
final class HeldProcess {
    /// Starts its arguments, and kills that program at the end of standard input. Signals are for the test run, whose
    /// end the shell sees; what the program writes ends with the program.
    static let script = """
        trap '' HUP INT QUIT TERM
        "$@" &
        program=$!
        exec >&-
        read -r nothing
        kill -KILL "$program"
        wait "$program"
        """

    private let shell = Process()
    private let held = Pipe()
    private let output = Pipe()
    private var hasEnded = false

    /// Starts it; what it says on standard error nobody hears.
    init(_ executable: String, _ arguments: [String]) throws {
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", Self.script, "sh", executable] + arguments
        shell.standardInput = held
        shell.standardOutput = output
        shell.standardError = FileHandle.nullDevice
        try shell.run()
    }

    deinit { kill() }

    /// What it has written since; waits for something, empty at its end.
    func read() -> Data { output.fileHandleForReading.availableData }

    /// SIGKILL: nothing is flushed, nobody is told. Returns when it is gone.
    func kill() {
        guard !hasEnded else { return }
        hasEnded = true
        try? held.fileHandleForWriting.close()
        shell.waitUntilExit()
    }
}
