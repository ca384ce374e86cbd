/// Writes numbers as lower-case hexadecimal digits into texts that lie end to end at a fixed distance: ids come back
/// this way by the page.
package enum HexadecimalColumns {
    /// The two digits of each byte, the first in the low half.
    private static let pairs: [UInt16] = (0...255).map { byte in
        let digits = Array("0123456789abcdef".utf8)
        return UInt16(digits[byte >> 4]) | UInt16(digits[byte & 15]) << 8
    }

    /// Writes the low `digits` digits of `value >> shift` for each value, that of index `i` at `offset + i · stride`.
    /// - Precondition: `1 <= digits <= 16`, `0 <= shift < 64`, `digits <= stride`, and the last text ends within
    ///   `bytes`.
    package static func write(
        _ values: [Int64], shift: Int, digits: Int, into bytes: inout [UInt8], offset: Int, stride: Int
    ) {
        if values.isEmpty { return }
        precondition((1...16).contains(digits) && (0..<64).contains(shift) && offset >= 0 && digits <= stride)
        precondition(offset + (values.count - 1) * stride + digits <= bytes.count)
        // Sound: the preconditions keep every store inside the buffer, and a byte indexes all 256 pairs.
        unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe pairs.withUnsafeBufferPointer { pairs in
                guard var target = unsafe buffer.baseAddress.map({ unsafe $0 + offset }) else { return }
                for value in values {
                    var rest = UInt64(bitPattern: value) &>> UInt64(shift)
                    var at = digits
                    while at >= 2 {
                        at &-= 2
                        let pair = unsafe pairs[Int(truncatingIfNeeded: rest & 255)]
                        unsafe target.storeBytes(of: pair.littleEndian, toByteOffset: at, as: UInt16.self)
                        rest &>>= 8
                    }
                    if at == 1 {
                        let pair = unsafe pairs[Int(truncatingIfNeeded: rest & 15)]
                        unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: pair >> 8), as: UInt8.self)
                    }
                    unsafe target += stride
                }
            }
        }
    }
}
