internal import CRE2

/// A text that is no pattern of RE2, or one that is too large.
package struct RegularExpressionError: Error, Hashable, Sendable {
    /// RE2's words.
    package var reason: String
}

/// A compiled pattern of RE2 over UTF-8, which is also Prometheus's: time is linear in the text, whatever the pattern.
/// `.` does not match a line end unless `(?s)` says so, `^` and `$` are the ends of the text unless `(?m)` does,
/// classes such as `\w` are ASCII.
@safe package final class RegularExpression: Sendable {
    /// Program and caches of states together; beyond it RE2 goes on with a slower way that needs none.
    private static let memoryMax: Int64 = 8 << 20

    // Sound: RE2 lets any number of threads match with one compiled pattern.
    nonisolated(unsafe) private let pattern: OpaquePointer

    /// - Parameters:
    ///   - ignoresCase: by the simple case folding of Unicode.
    ///   - captures: whether it is asked what its groups match.
    /// - Complexity: O(pattern), repetitions written out.
    package init(
        _ pattern: String, ignoresCase: Bool = false, captures: Bool = false
    ) throws(RegularExpressionError) {
        let bytes = Array(pattern.utf8)
        var reason = [UInt8](repeating: 0, count: 256)
        // Sound: both buffers outlive the call, which keeps none of them.
        let compiled = unsafe bytes.withUnsafeBytes { bytes in
            unsafe reason.withUnsafeMutableBytes { reason in
                unsafe plimsoll_pattern_create(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, ignoresCase ? 1 : 0,
                    captures ? 1 : 0, Self.memoryMax,
                    reason.baseAddress?.assumingMemoryBound(to: CChar.self), reason.count)
            }
        }
        guard let compiled = unsafe compiled else {
            throw RegularExpressionError(reason: String(decoding: reason.prefix { $0 != 0 }, as: UTF8.self))
        }
        unsafe self.pattern = compiled
    }

    deinit { unsafe plimsoll_pattern_destroy(pattern) }

    /// Instructions of the compiled pattern. Where its automaton grows too large, each is a step for every byte.
    package var size: Int { Int(unsafe plimsoll_pattern_size(pattern)) }

    /// Whether the pattern matches somewhere in the text.
    /// - Complexity: O(text), with a factor that the pattern's size bounds.
    package func matches(_ text: Span<UInt8>) -> Bool { matches(text, isWhole: false) }

    /// Whether the pattern matches the text from end to end, as label matchers of PromQL do.
    package func matchesWhole(_ text: Span<UInt8>) -> Bool { matches(text, isWhole: true) }

    /// As ``matches(_:)-(Span<UInt8>)``.
    package func matches(_ text: String) -> Bool { matches(Array(text.utf8).span) }

    /// As ``matchesWhole(_:)-(Span<UInt8>)``.
    package func matchesWhole(_ text: String) -> Bool { matchesWhole(Array(text.utf8).span) }

    /// How many groups a pattern of a stranger may have: what a match holds grows with groups times instructions.
    package static let groupsMax = 256

    /// How many groups there are, of a pattern that captures.
    package var groupCount: Int { Int(unsafe plimsoll_pattern_group_count(pattern)) }

    /// The number of a group; nil where no group has the name.
    package func groupNumber(named name: String) -> Int? {
        let bytes = Array(name.utf8)
        // Sound: the bytes outlive the call, which keeps none of them.
        let number = unsafe bytes.withUnsafeBytes { bytes in
            unsafe plimsoll_pattern_group_number(
                pattern, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        return number > 0 ? Int(number) : nil
    }

    /// Which bytes of the text the match and each group are, nil for a group that took no part; nil where the pattern
    /// does not match the text from end to end.
    /// - Complexity: O(text), with a factor that the pattern's size bounds.
    package func groups(of text: Span<UInt8>) -> [Range<Int>?]? {
        let count = groupCount + 1
        var bounds = [Int64](repeating: -1, count: 2 * count)
        // Sound: both buffers outlive the call, which keeps none of them.
        let isMatch = unsafe text.withUnsafeBytes { bytes in
            unsafe bounds.withUnsafeMutableBufferPointer { bounds in
                guard let base = bytes.baseAddress else {
                    return unsafe plimsoll_pattern_capture(
                        pattern, "", 0, bounds.baseAddress, Int32(clamping: count)) != 0
                }
                return unsafe plimsoll_pattern_capture(
                    pattern, base.assumingMemoryBound(to: CChar.self), bytes.count, bounds.baseAddress,
                    Int32(clamping: count)) != 0
            }
        }
        guard isMatch else { return nil }
        return (0..<count).map { bounds[2 * $0] < 0 ? nil : Int(bounds[2 * $0])..<Int(bounds[2 * $0 + 1]) }
    }

    private func matches(_ text: Span<UInt8>, isWhole: Bool) -> Bool {
        // Sound: the span outlives the call, which keeps nothing of it.
        unsafe text.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else {
                return unsafe plimsoll_pattern_matches(pattern, "", 0, isWhole ? 1 : 0) != 0
            }
            return unsafe UnsafeRawBufferPointer(start: base, count: bytes.count).withMemoryRebound(to: CChar.self) {
                text in
                unsafe plimsoll_pattern_matches(pattern, text.baseAddress, text.count, isWhole ? 1 : 0) != 0
            }
        }
    }
}
