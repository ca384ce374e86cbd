import Glibc
import Platform
import Testing

@Suite struct ProcessEndTests {
    @Test func nothingRunsThatALibraryAskedForAtTheEnd() async {
        await #expect(processExitsWith: .exitCode(7)) {
            atexit { _exit(99) }
            exitProcess(7)
        }
    }

    @Test func whatWaitsInAStreamOfCIsSentOn() async throws {
        let end = try await #require(processExitsWith: .exitCode(5), observing: [\.standardOutputContent]) {
            print("it waited", terminator: "")
            exitProcess(5)
        }
        #expect(String(decoding: end.standardOutputContent, as: UTF8.self).contains("it waited"))
    }

    @Test func itEndsBesideThreadsThatWork() async {
        await #expect(processExitsWith: .exitCode(3)) {
            let pool = ThreadPool(threadCount: 4)
            for _ in 0..<4 { pool.submit { while true { sleep(1) } } }
            exitProcess(3)
        }
    }
}
