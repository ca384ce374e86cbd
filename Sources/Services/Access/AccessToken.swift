import Bytes
import Hashing
package import Platform

/// A bearer token as its holder has it: `plim_<id>_<secret>`, id and secret in lower-case hexadecimal.
///
/// The prefix lets people and scanners of leaked secrets recognise it; the id names it in lists and logs and is no
/// secret.
package struct AccessToken: Sendable {
    private static let prefix = "plim_"
    private static let idDigits = 12
    private static let secretBytes = 32

    /// 12 hexadecimal digits.
    package let id: String
    private let secret: [UInt8]

    /// A new one: an id of 48 and a secret of 256 random bits.
    package init(randomness: any Randomness) {
        id = hexadecimal(randomness.bytes(Self.idDigits / 2))
        secret = randomness.bytes(Self.secretBytes)
    }

    /// Reads ``text``; nil when it is something else.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        guard text.hasPrefix(Self.prefix), parts.count == 3, parts[1].count == Self.idDigits,
            bytes(ofHexadecimal: parts[1]) != nil, let secret = bytes(ofHexadecimal: parts[2]),
            secret.count == Self.secretBytes
        else { return nil }
        id = String(decoding: Array(parts[1]), as: UTF8.self)
        self.secret = secret
    }

    /// What the holder shows.
    package var text: String { Self.prefix + id + "_" + hexadecimal(secret) }

    /// SHA-256 of the secret: all that is kept of it. A slow hash is for passwords, which can be guessed; nobody
    /// guesses 256 random bits, so a fast one gives nothing away and costs a request next to nothing.
    var digest: [UInt8] { SHA256.hash(secret) }
}
