import Glibc
import Platform
import Testing

/// In processes of their own: the streams are those of the process.
@Suite struct StandardStreamTests {
    /// A stream that nobody waits in is as one that is waited in, for who writes a result.
    @Test func aReaderThatIsLateGetsAll() async {
        await #expect(processExitsWith: .exitCode(9)) {
            let ends = try #require(Pipe.open())
            _ = dup2(ends.writing, 1)
            _ = fcntl(1, F_SETFL, O_NONBLOCK)
            let pool = ThreadPool(threadCount: 1)
            pool.submit {
                usleep(200_000)
                _ = dup2(ends.reading, 0)
                var piece = [UInt8](repeating: 0, count: 4096)
                var count = 0
                while count < 1_000_000 {
                    var span = piece.mutableSpan
                    guard let moved = try? StandardStream.input.read(into: &span), moved > 0 else { break }
                    count += moved
                }
                exitProcess(count == 1_000_000 ? 9 : 1)
            }
            _ = try StandardStream.output.write([UInt8](repeating: 0x61, count: 1_000_000))
            sleep(60)
        }
    }

    /// What is opened next does not stand in the place of a stream.
    @Test func missingStreamsAreOpened() async {
        await #expect(processExitsWith: .exitCode(9)) {
            for number in Int32(0)...2 { close(number) }
            StandardStream.openMissing()
            let isWritten = try StandardStream.output.write([0x61])
            let ends = try #require(Pipe.open())
            exitProcess(isWritten && ends.reading > 2 && ends.writing > 2 ? 9 : 1)
        }
    }
}

private enum Pipe {
    static func open() -> (reading: Int32, writing: Int32)? {
        var ends: [Int32] = [0, 0]
        // Sound: the call fills in two numbers, which there are.
        return unsafe pipe(&ends) == 0 ? (ends[0], ends[1]) : nil
    }
}
