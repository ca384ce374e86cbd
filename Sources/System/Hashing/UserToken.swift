import Bytes

/// The token that stands for a user's id wherever we keep it: `u_` and the first 128 bits of HMAC-SHA-256(key, id) in
/// lower-case hexadecimal. Only the holder of the key can link the two.
package func userToken(key: [UInt8], id: Span<UInt8>) -> String {
    "u_" + hexadecimal(hmacSHA256(key: key.span, message: id).prefix(16))
}
