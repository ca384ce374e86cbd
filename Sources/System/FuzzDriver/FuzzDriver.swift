import CLibFuzzer
import Synchronization

/// LLVM's libFuzzer, in programs that are linked with it (`-sanitize=fuzzer`): it draws inputs, keeps those that reach
/// code which none did before, and stops at the first that ends the process, takes too long or too much memory.
package enum FuzzDriver {
    /// Whether the program was linked with it.
    package static var isThere: Bool { plimsoll_has_libfuzzer() != 0 }

    /// What is tried: libFuzzer's call has no room for anything of ours.
    private static let body = Mutex<(@Sendable ([UInt8]) -> Void)?>(nil)

    /// Runs until a limit among the arguments is reached, or an input is found that ends the process. Once in a
    /// process, and on the thread that calls.
    /// - Parameters:
    ///   - arguments: of libFuzzer, such as `-max_total_time=60`, and folders of inputs.
    ///   - look: is given each input.
    /// - Returns: the status to exit with; -1 where the program has no libFuzzer.
    package static func run(_ arguments: [String], look: @escaping @Sendable ([UInt8]) -> Void) -> Int32 {
        body.withLock { $0 = look }
        // Sound: the texts are null-terminated copies that live until the process ends, as libFuzzer keeps them.
        var texts: [UnsafeMutablePointer<CChar>?] = unsafe (["fuzz"] + arguments).map { text in
            let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count + 1)
            _ = unsafe bytes.initialize(from: text.utf8.map { CChar(bitPattern: $0) } + [0])
            return bytes.baseAddress
        }
        let count = Int32(unsafe texts.count)
        return unsafe texts.withUnsafeMutableBufferPointer { texts in
            unsafe plimsoll_fuzz(count, texts.baseAddress) { bytes, count in
                // Sound: libFuzzer owns so many bytes during the call.
                FuzzDriver.take(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            }
        }
    }

    private static func take(_ bytes: [UInt8]) {
        let body = body.withLock { $0 }
        body?(bytes)
    }
}
