internal import CCrypto

/// SHA-256 (FIPS 180-4): evidence for files and definitions.
///
/// Feed pieces with ``update(_:)``, then ask once with ``finish()``.
@safe package struct SHA256: ~Copyable {
    package static let digestBytes = 32

    private let context: OpaquePointer

    package init() {
        // Sound: libcrypto answers null only when memory is gone, and SHA-256 is in every build of it.
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("libcrypto offers SHA-256")
        }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { raw in
            // Sound: pointer and count describe one live span.
            let done = unsafe EVP_DigestUpdate(context, raw.baseAddress, raw.count)
            precondition(done == 1, "SHA-256 takes any bytes")
        }
    }

    package mutating func update(_ bytes: [UInt8]) { update(bytes.span) }
    package mutating func update(_ bytes: ArraySlice<UInt8>) { update(bytes.span) }

    /// The 32 bytes of the digest.
    package consuming func finish() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.digestBytes) { buffer, count in
            // Sound: the buffer holds the 32 bytes that SHA-256 writes.
            let done = unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            precondition(done == 1, "a digest finishes once")
            count = Self.digestBytes
        }
    }

    /// The digest of bytes at hand.
    package static func hash(_ bytes: Span<UInt8>) -> [UInt8] {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }

    /// The digest of bytes at hand.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] { hash(bytes.span) }

    /// The digest of bytes at hand.
    package static func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] { hash(bytes.span) }
}

/// HMAC-SHA-256 (RFC 2104): 32 bytes that only the holder of the key can compute.
package func hmacSHA256(key: Span<UInt8>, message: Span<UInt8>) -> [UInt8] {
    unsafe key.withUnsafeBytes { key in
        unsafe message.withUnsafeBytes { message in
            unsafe [UInt8](unsafeUninitializedCapacity: SHA256.digestBytes) { buffer, count in
                // Sound: lengths belong to their live spans, and the buffer holds the 32 bytes written. A null key
                // would mean "keep the previous one", so an empty key points at a zero byte of its own.
                var zero: UInt8 = 0
                let result = unsafe withUnsafePointer(to: &zero) { empty in
                    unsafe HMAC(
                        EVP_sha256(), key.baseAddress ?? UnsafeRawPointer(empty), Int32(clamping: key.count),
                        message.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? empty, message.count,
                        buffer.baseAddress, nil)
                }
                precondition(unsafe result != nil, "libcrypto offers HMAC-SHA-256")
                count = SHA256.digestBytes
            }
        }
    }
}

/// HMAC-SHA-256 of arrays.
package func hmacSHA256(key: [UInt8], message: [UInt8]) -> [UInt8] {
    hmacSHA256(key: key.span, message: message.span)
}

/// HMAC-SHA-256 of a slice; nothing is copied.
package func hmacSHA256(key: [UInt8], message: ArraySlice<UInt8>) -> [UInt8] {
    hmacSHA256(key: key.span, message: message.span)
}
