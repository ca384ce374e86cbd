import Glibc
import PlimsollEmitter
import Testing

/// Has OpenSSL call when it clears up. No wrapper of ours needs it, and a test takes no C module.
@_silgen_name("OPENSSL_atexit") private func whenOpenSSLClearsUp(_ body: @convention(c) () -> Void) -> CInt

@Suite struct HostEndTests {
    /// An agent may exit at any moment, also while a thread of its emitter sends over TLS.
    @Test func openSSLFreesNothingBesideTheThreadsOfAnEmitter() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let emitter = Emitter(EmitterConfiguration(server: "https://127.0.0.1:9", source: "agent/1"))
            emitter.emit(FeedbackSubmitted(score: 5))
            if whenOpenSSLClearsUp({ _exit(99) }) != 1 { _exit(98) }
            exit(0)
        }
    }
}
