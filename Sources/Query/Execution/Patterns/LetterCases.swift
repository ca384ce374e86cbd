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

    static func small(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { small($0) }))
    }
    static func capital(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { capital($0) }))
    }

    private static func only(_ text: String) -> Unicode.Scalar? {
        let scalars = text.unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
    }
}
