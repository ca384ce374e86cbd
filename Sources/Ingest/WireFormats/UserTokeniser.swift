internal import Bytes
internal import Hashing

/// Turns a user's id into a token that only the holder of the store's key can link to it: `u_` and the first 128 bits
/// of HMAC-SHA-256(key, id) in lower-case hexadecimal.
///
/// A text that has the form of a token stays as it is, so that exported events read back as the same rows.
///
/// Recent ids are answered from a table of fixed size that holds hashes and tokens, no ids. For one thread at a time.
package struct UserTokeniser: Sendable {
    package static let tokenBytes = 34
    private static let slotBits: UInt64 = 13
    /// An id may be in so many neighbouring slots: users whose hashes meet do not drive each other out.
    private static let ways = 4

    private let key: [UInt8]
    private let hashSeed: UInt64
    private var hashes: [Hash128]
    private var isFilled: [Bool]
    /// Tokens end to end, one a slot.
    private var tokens: [UInt8]

    /// - Parameter key: the store's own secret; 32 random bytes.
    package init(key: [UInt8]) {
        self.key = key
        // Secret like the key, so that nobody can choose ids that collide in the table.
        hashSeed = xxh3(hmacSHA256(key: key, message: Array("plimsoll user token table".utf8)))
        let slotCount = 1 << Int(Self.slotBits)
        hashes = [Hash128](repeating: Hash128(high: 0, low: 0), count: slotCount)
        isFilled = [Bool](repeating: false, count: slotCount)
        tokens = [UInt8](repeating: 0, count: slotCount * Self.tokenBytes)
    }

    /// Appends the token of an id to `output`. Does not allocate for an id seen lately.
    package mutating func append(_ id: Span<UInt8>, to output: inout [UInt8]) {
        if Self.isToken(id) {
            for index in id.indices { output.append(id[index]) }
            return
        }
        let start = slot(of: xxh3Wide(id, seed: hashSeed), id) * Self.tokenBytes
        output.append(contentsOf: tokens.span.extracting(start..<(start + Self.tokenBytes)))
    }

    /// The slot that holds the token of an id; where none did, the one that it takes.
    private mutating func slot(of hash: Hash128, _ id: Span<UInt8>) -> Int {
        let first = Int(hash.low >> (64 - Self.slotBits)) & ~(Self.ways - 1)
        var taken = first + (Int(truncatingIfNeeded: hash.high) & (Self.ways - 1))
        for slot in first..<(first + Self.ways) {
            if !isFilled[slot] {
                taken = slot
                break
            }
            if hashes[slot].low == hash.low, hashes[slot].high == hash.high { return slot }
        }
        let start = taken * Self.tokenBytes
        let digest = hmacSHA256(key: key.span, message: id)
        for (place, byte) in ("u_" + hexadecimal(digest.prefix(16))).utf8.enumerated() { tokens[start + place] = byte }
        hashes[taken] = hash
        isFilled[taken] = true
        return taken
    }

    /// Whether a text has the form of a token.
    package static func isToken(_ text: Span<UInt8>) -> Bool {
        guard text.count == tokenBytes, text[0] == UInt8(ascii: "u"), text[1] == UInt8(ascii: "_") else { return false }
        for place in 2..<tokenBytes {
            guard (0x30...0x39).contains(text[place]) || (0x61...0x66).contains(text[place]) else { return false }
        }
        return true
    }
}
