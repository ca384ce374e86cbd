internal import Glibc

/// The three streams that a process is born with. Writes are unbuffered: collect before calling.
package enum StandardStream: Int32, Sendable {
    case input = 0, output = 1, error = 2

    /// A person watches, rather than a file or a pipe.
    package var isTerminal: Bool { isatty(rawValue) == 1 }

    /// Takes the place of each of them that the process was born without: the next file to be opened would stand there,
    /// and get what is written to it. What stands there then is `/dev/null` the wrong way round, so that who reads or
    /// writes the stream is refused as if it were closed. To be called before anything else is opened.
    package static func openMissing() {
        // Of free numbers the system gives the lowest: those below are open by then.
        for number in Int32(0)...2 where fcntl(number, F_GETFD) < 0 && errno == EBADF {
            // Sound: the path is a text that outlives the call.
            _ = unsafe open("/dev/null", number == StandardStream.input.rawValue ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes all bytes, and waits for a reader that is late. One that went away is no error here: false says that
    /// nobody listens any more.
    @discardableResult
    package func write(_ bytes: [UInt8]) throws(StorageError) -> Bool {
        try write(bytes, readiness: .toWrite(rawValue))
    }

    private func write(_ bytes: [UInt8], readiness: Readiness?) throws(StorageError) -> Bool {
        do throws(StorageError) {
            _ = try completeTransfer(.write, path: name, offset: 0, count: bytes.count, readiness: readiness) { done in
                // Sound: `done` is below `bytes.count`, so pointer and length stay inside the array.
                let moved = unsafe bytes.withUnsafeBytes {
                    unsafe Glibc.write(rawValue, $0.baseAddress.unsafelyUnwrapped + done, bytes.count - done)
                }
                return moved < 0 ? -Int(errno) : moved
            }
            return true
        } catch  where error.code == EPIPE {
            return false
        }
    }

    /// As ``write(_:)``; a terminal is shown control characters instead of being sent them, for what is written may
    /// come from strangers.
    @discardableResult
    package func show(_ bytes: [UInt8]) throws(StorageError) -> Bool {
        try write(isTerminal ? TerminalText.shown(bytes) : bytes)
    }

    /// As ``show(_:)`` without a wait where the stream is one that can say that there is no room: that is a failure.
    package func offer(_ bytes: [UInt8]) throws(StorageError) {
        _ = try write(isTerminal ? TerminalText.shown(bytes) : bytes, readiness: nil)
    }

    /// Whether a line of up to 4 KiB is taken without a wait. False: whoever should read does not, or nobody is there.
    package var takesLine: Bool { Readiness.toWrite(rawValue).isThere }

    /// Shows text and a line end.
    package func print(_ text: String, terminator: String = "\n") throws(StorageError) {
        try show(Array((text + terminator).utf8))
    }

    /// Shows text and a line end on standard error; failures are let go, for there is nowhere to report them.
    package static func tell(_ text: String) {
        _ = try? StandardStream.error.show(Array((text + "\n").utf8))
    }

    /// Fills the span from its start, and waits for a writer that is late; returns the bytes read, 0 at the end.
    package func read(into span: inout MutableSpan<UInt8>) throws(StorageError) -> Int {
        while true {
            let moved = unsafe span.withUnsafeMutableBytes { buffer in
                // Sound: the span holds `buffer.count` bytes.
                unsafe Glibc.read(rawValue, buffer.baseAddress, buffer.count)
            }
            if moved >= 0 { return moved }
            let code = errno
            if Readiness.isMissing(code) {
                try Readiness.toRead(rawValue).wait(.read, path: name)
            } else if code != EINTR {
                throw StorageError(.read, path: name, code: code)
            }
        }
    }

    /// What a person typed up to the next line end, without it; nil at the end of input. At most 4 KiB.
    package func nextLine() -> String? {
        var line: [UInt8] = []
        var byte: [UInt8] = [0]
        while line.count < 4096 {
            var span = byte.mutableSpan
            guard let count = try? read(into: &span), count > 0 else {
                return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
            }
            if byte[0] == UInt8(ascii: "\n") { break }
            line.append(byte[0])
        }
        return String(decoding: line, as: UTF8.self)
    }

    private var name: String {
        switch self {
        case .input: "standard input"
        case .output: "standard output"
        case .error: "standard error"
        }
    }
}
