import Glibc
import Platform
import Testing

/// In processes of their own: limits and signals are those of the process.
@Suite struct FileSizeSignalTests {
    @Test func aFileThatMayNotGrowIsToldAndEndsNothing() async {
        await #expect(processExitsWith: .exitCode(9)) {
            FileSizeSignal.ignore()
            // As the system does it, and to a thread that hears it, whatever those of tests hear.
            kill(getpid(), SIGXFSZ)
            let files = POSIXFileSystem()
            let directory = try TemporaryDirectory()
            let file = try files.open(directory.path + "/a", .create)
            var limit = rlimit(rlim_cur: 100, rlim_max: 100)
            // Sound: the call reads the structure during the call only.
            guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exitProcess(1) }
            do {
                try file.write([UInt8](repeating: 7, count: 101), at: 0)
                exitProcess(2)
            } catch let error as StorageError {
                exitProcess(try error.code == EFBIG && file.lengthBytes() == 100 ? 9 : 3)
            }
        }
    }
}
