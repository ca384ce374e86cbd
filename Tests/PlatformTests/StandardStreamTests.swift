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
    @Test func placesOfMissingStreamsAreTaken() async {
        await #expect(processExitsWith: .exitCode(9)) {
            for number in Int32(0)...2 { close(number) }
            StandardStream.openMissing()
            let next = dup(1)
            exitProcess(next > 2 ? 9 : 1)
        }
    }

    /// An answer that nobody gets is no answer, and input that is not there is not empty.
    @Test func missingStreamsAreRefused() async {
        await #expect(processExitsWith: .exitCode(9)) {
            for number in Int32(0)...2 { close(number) }
            StandardStream.openMissing()
            var bytes: [UInt8] = [0]
            var span = bytes.mutableSpan
            var refused: [StorageError] = []
            do throws(StorageError) { _ = try StandardStream.input.read(into: &span) } catch { refused.append(error) }
            for stream in [StandardStream.output, .error] {
                do throws(StorageError) { try stream.write([0x61]) } catch { refused.append(error) }
            }
            let names = refused.map(\.path)
            let isEach = names == ["standard input", "standard output", "standard error"]
            exitProcess(isEach && refused.allSatisfy { $0.code == EBADF } ? 9 : 1)
        }
    }
}
