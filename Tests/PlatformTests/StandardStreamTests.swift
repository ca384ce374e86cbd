import Glibc
import Platform
import Testing

/// In processes of their own: the streams are those of the process.
@Suite struct StandardStreamTests {
    /// A pipe that nobody waits in is as one that is waited in, for who writes more than it holds.
    @Test func aReaderThatIsLateGetsAll() async throws {
        let end = try await #require(processExitsWith: .exitCode(9), observing: [\.standardOutputContent]) {
            _ = fcntl(1, F_SETFL, fcntl(1, F_GETFL) | O_NONBLOCK)
            let isWritten = try StandardStream.output.write([UInt8](repeating: 0x07, count: 4_000_000))
            exitProcess(isWritten ? 9 : 1)
        }
        #expect(end.standardOutputContent.count { $0 == 0x07 } == 4_000_000)
    }

    /// What is opened next does not stand in the place of a stream.
    @Test func missingStreamsAreOpened() async {
        await #expect(processExitsWith: .exitCode(9)) {
            for number in Int32(0)...2 { close(number) }
            StandardStream.openMissing()
            let isWritten = try StandardStream.output.write([0x61])
            exitProcess(isWritten && dup(1) > 2 ? 9 : 1)
        }
    }
}
