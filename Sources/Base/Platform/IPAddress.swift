import Bytes

/// An address of the internet protocol; those of version 4 are the mapped ones of version 6, so that there is one kind.
package struct IPAddress: Hashable, Sendable {
    /// 128 bits, the first ones highest.
    let bits: UInt128

    /// Bits before those of an address of version 4: `::ffff:0:0/96`.
    private static let mapping: UInt128 = 0xFFFF << 32

    /// `10.0.0.7`, `2001:db8::7`, `::ffff:10.0.0.7`, `fe80::1%eth0`; nil for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8.prefix { $0 != UInt8(ascii: "%") })
        guard let bits = bytes.contains(UInt8(ascii: ":")) ? Self.six(bytes[...]) : Self.mapped(bytes[...]) else {
            return nil
        }
        self.bits = bits
    }

    /// Whether it is none of its own and stands for all that a machine has: `0.0.0.0`, `::`.
    var isUnspecified: Bool { bits == 0 || bits == Self.mapping }

    private static func mapped(_ text: ArraySlice<UInt8>) -> UInt128? { four(text).map { mapping | UInt128($0) } }

    /// Four numbers, none with a zero before it, which some take for octal.
    private static func four(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0"),
                part.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            let number = part.reduce(0) { $0 * 10 + UInt32($1 - 0x30) }
            guard number < 256 else { return nil }
            bits = bits << 8 | number
        }
        return bits
    }

    private static func six(_ text: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        // `::` stands for as many zeros as are missing, once.
        guard let gap = text.indices.dropLast().first(where: { text[$0] == colon && text[$0 + 1] == colon }) else {
            return groups(text).flatMap { $0.count == 8 ? joined($0) : nil }
        }
        guard let before = groups(text[..<gap]), let after = groups(text[(gap + 2)...]), before.count + after.count < 8
        else { return nil }
        return joined(before + Array(repeating: 0, count: 8 - before.count - after.count) + after)
    }

    /// Groups of 16 bits; the last two may be written as of version 4. Nothing for no text.
    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 8 else { return nil }
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let four = four(part) else { return nil }
                groups += [UInt16(four >> 16), UInt16(four & 0xFFFF)]
            } else {
                guard let group = group(part) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func group(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(digits.count) else { return nil }
        var bits: UInt16 = 0
        for digit in digits {
            guard let value = hexadecimalValue(of: digit) else { return nil }
            bits = bits << 4 | UInt16(value)
        }
        return bits
    }

    private static func joined(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }
}

/// Addresses that begin alike: `10.0.0.0/8`, `2001:db8::/32`, or one alone.
package struct IPAddressRange: Hashable, Sendable {
    private let first: UInt128
    private let mask: UInt128

    /// Parses `10.0.0.0/8`, `::1`; nil when it is neither. Bits behind those that count are let go.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, !text.contains("%"), let address = IPAddress(String(parts[0])) else { return nil }
        var length = 128
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                let told = Int(parts[1]), told <= (parts[0].contains(":") ? 128 : 32)
            else { return nil }
            length = parts[0].contains(":") ? told : told + 96
        }
        mask = length == 0 ? 0 : UInt128.max << (128 - length)
        first = address.bits & mask
    }

    /// Whether it is one of these.
    package func contains(_ address: IPAddress) -> Bool { address.bits & mask == first }
}
