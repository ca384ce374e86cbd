/// Which two bytes words of a list begin with. Most other words are told by a look into this small table, which stays
/// where it is read fast.
struct CredentialStarts {
    /// By the first byte, a bit for each second one by its last six bits, so that few others have it, too.
    private let seconds: [UInt64]

    init(_ words: [[UInt8]]) {
        var seconds = [UInt64](repeating: 0, count: 256)
        for word in words { seconds[Int(word[0])] |= 1 << UInt64(word[1] & 63) }
        self.seconds = seconds
    }

    /// Whether a word may be one that begins with these bytes.
    @inline(__always)
    func mayBegin(_ first: UInt8, _ second: UInt8) -> Bool { seconds[Int(first)] &>> UInt64(second & 63) & 1 != 0 }
}
