internal import Glibc

/// Lines of newline-delimited JSON. A line feed never stands inside a JSON string, so it is a boundary wherever it is.
package enum JSONLines {
    /// Where the line that begins at `start` ends: its line feed, or the end of the text.
    /// - Precondition: `start` in 0...count.
    package static func end(_ text: Span<UInt8>, from start: Int) -> Int {
        precondition(start >= 0 && start <= text.count)
        return unsafe text.withUnsafeBufferPointer { bytes in
            // Sound: the search stays within `count - start` bytes from `start`, which is inside the span.
            guard let base = bytes.baseAddress, let found = unsafe memchr(base + start, 0x0A, bytes.count - start)
            else {
                return bytes.count
            }
            return unsafe UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
        }
    }

    /// Whether a range holds nothing but white space.
    package static func isBlank(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range {
            switch text[index] {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            default: return false
            }
        }
        return true
    }
}
