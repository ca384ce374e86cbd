import Platform
import Testing

@Suite struct ListeningTests {
    @Test func anAddressThatIsFreeMayBeBoundAgainAndAgain() throws {
        for host in ["127.0.0.1", "localhost"] {
            for _ in 0..<3 { try ListenAddress(host: host, port: 0).tryBinding() }
        }
    }

    @Test func whyNobodyCanListenIsTold() {
        // An address that documentation has for itself (RFC 5737), and what is no name.
        #expect(throws: BindingFailure.addressNotAvailable) {
            try ListenAddress(host: "192.0.2.1", port: 0).tryBinding()
        }
        #expect(throws: BindingFailure.hostNotFound) { try ListenAddress(host: "..", port: 0).tryBinding() }
    }

    /// Numbers of glibc's <netdb.h> and Linux's <errno.h>.
    @Test func aNameThatCannotBeLookedUpNowIsNotCalledUnknown() {
        for code in [Int32(-2), -5, -9] {
            #expect(BindingFailure(lookUp: code, systemCode: 0) == .hostNotFound)
        }
        // Too many open files stand in errno; a server of names that does not answer, and memory, in the answer.
        #expect(BindingFailure(lookUp: -11, systemCode: 24) == .other("Too many open files"))
        for code in [Int32(-3), -4, -10] {
            guard case .other(let reason) = BindingFailure(lookUp: code, systemCode: 24) else {
                Issue.record("\(code) is told as something else")
                continue
            }
            #expect(!reason.isEmpty && reason != "Too many open files")
        }
    }

    @Test func onlyAFewFailuresEndListening() {
        #expect(AcceptFailure(code: 24) == .scarcity && AcceptFailure(code: 23) == .scarcity)
        #expect(AcceptFailure(code: 103) == .gone && AcceptFailure(code: 9) == nil)
    }

    @Test func openFilesAreCounted() throws {
        let files = try (0..<64).map { _ in try POSIXFileSystem().open("/proc/self/statm", .read) }
        #expect(try #require(OpenFileLimit.openCount) >= 64)
        for file in files { file.close() }
    }

    @Test func theLimitOnOpenFilesIsKnown() {
        #expect(OpenFileLimit.current.now > 16 && OpenFileLimit.current.now <= OpenFileLimit.current.most)
        #expect(POSIXFileSystem().openFilesMax == OpenFileLimit.current.now)
    }
}
