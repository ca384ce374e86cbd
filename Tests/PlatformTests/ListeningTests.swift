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
        #expect(throws: BindingFailure.isElsewhere) { try ListenAddress(host: "192.0.2.1", port: 0).tryBinding() }
        #expect(throws: BindingFailure.isUnknown) { try ListenAddress(host: "..", port: 0).tryBinding() }
    }

    @Test func onlyAFewFailuresEndListening() {
        #expect(AcceptFailure(code: 24) == .scarcity && AcceptFailure(code: 23) == .scarcity)
        #expect(AcceptFailure(code: 103) == .gone && AcceptFailure(code: 9) == nil)
    }

    @Test func theLimitOnOpenFilesIsKnown() {
        #expect(OpenFileLimit.current.now > 16 && OpenFileLimit.current.now <= OpenFileLimit.current.most)
        #expect(POSIXFileSystem().openFilesMax == OpenFileLimit.current.now)
    }
}
