// Private keys in a text.
extension CredentialSearch {
    /// Where a block of PEM begins: it takes all behind its first line, wherever it ends. Other dashes have to follow,
    /// so only the last beginning may be none.
    static func privateKey(in text: ArraySlice<UInt8>) -> Int? {
        var rest = text
        while let dash = rest.firstIndex(of: UInt8(ascii: "-")) {
            let behind = rest[dash...].drop { $0 == UInt8(ascii: "-") }
            // Four of them, and a blank, where SSH writes its own.
            let isBegun =
                behind.startIndex - dash >= 4
                && (behind.starts(with: "BEGIN ".utf8) || behind.starts(with: " BEGIN SSH2 ".utf8))
            if isBegun { return holdsDashes(behind) ? dash : nil }
            rest = behind
        }
        return nil
    }

    private static func holdsDashes(_ text: ArraySlice<UInt8>) -> Bool {
        var count = 0
        for byte in text {
            count = byte == UInt8(ascii: "-") ? count + 1 : 0
            if count == 4 { return true }
        }
        return false
    }
}
