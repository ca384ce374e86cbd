/// Letters and their other forms, one character each, as PostgreSQL takes them from the C library: ß has no capital,
/// and what Σ becomes does not depend on its neighbours.
enum CaseMapping {
    /// From each letter to its small and to its capital form, where that is another character.
    static let pairs: [(from: UInt32, to: UInt32)] = {
        var pairs: [(from: UInt32, to: UInt32)] = []
        for value in UInt32(0)...0x1_FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for other in [small(scalar), capital(scalar)] where other != scalar { pairs.append((value, other.value)) }
        }
        return pairs
    }()

    static func small(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar.isASCII {
            return (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
        }
        if scalar == "İ" { return "i" }
        return scalar.properties.changesWhenLowercased ? only(scalar.properties.lowercaseMapping) ?? scalar : scalar
    }

    static func capital(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar.isASCII {
            return (0x61...0x7A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) & 0xDF) : scalar
        }
        let properties = scalar.properties
        guard properties.changesWhenUppercased else { return scalar }
        // Where the full mapping has several characters, the one for titles is the simple one.
        return only(properties.uppercaseMapping) ?? only(properties.titlecaseMapping) ?? scalar
    }

    /// - Parameter look: called now and then with the number of steps taken.
    static func small(_ text: String, look: (Int) throws -> Void) rethrows -> String {
        try mapped(text, look) { small($0) }
    }

    /// - Parameter look: called now and then with the number of steps taken.
    static func capital(_ text: String, look: (Int) throws -> Void) rethrows -> String {
        try mapped(text, look) { capital($0) }
    }

    private static func mapped(
        _ text: String, _ look: (Int) throws -> Void, _ map: (Unicode.Scalar) -> Unicode.Scalar
    ) rethrows -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var steps = 0
        for scalar in text.unicodeScalars {
            let other = map(scalar)
            if other.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: other.value))
            } else {
                bytes.append(contentsOf: UTF8.encode(other) ?? UTF8.encodedReplacementCharacter)
            }
            // What letters become is looked up: each costs as much as many bytes.
            steps += scalar.isASCII ? 1 : 32
            if steps >= 1 << 16 {
                try look(steps)
                steps = 0
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func only(_ text: String) -> Unicode.Scalar? {
        let scalars = text.unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
    }
}
