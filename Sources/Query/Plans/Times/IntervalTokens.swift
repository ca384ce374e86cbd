/// What an interval in words is made of. Letters are small, marks that mean nothing are gone.
struct IntervalToken {
    enum Kind {
        /// A unit, or `ago`.
        case word
        /// Digits with a point or hyphens in and around them.
        case number
        /// A sign and what belongs to a number or a clock reading behind it, without white space between them.
        case signed
        /// Digits with colons and points.
        case clock
    }

    var kind: Kind
    var bytes: [UInt8]

    /// As many as PostgreSQL reads.
    private static let countMax = 25

    /// - Throws: `.invalid` for what can be part of no interval.
    static func tokens(of text: String) throws(IntervalFailure) -> [IntervalToken] {
        var scanner = Scanner(rest: Array(text.utf8)[...])
        var tokens: [IntervalToken] = []
        while let token = try scanner.next() {
            tokens.append(token)
            if tokens.count > countMax { throw .invalid }
        }
        return tokens
    }
}

private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func next() throws(IntervalFailure) -> IntervalToken? {
        while let byte = rest.first {
            if byte.isDigit { return try number() }
            if byte == UInt8(ascii: ".") {
                rest.removeFirst()
                return IntervalToken(kind: .number, bytes: [byte] + take(\.isDigit))
            }
            if byte.isLetter { return try word() }
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { return try signed(byte) }
            // Marks and white space lie between the parts.
            guard byte.isBlank || (byte > 32 && byte < 127) else { throw .invalid }
            rest.removeFirst()
        }
        return nil
    }

    private mutating func number() throws(IntervalFailure) -> IntervalToken {
        var bytes = take(\.isDigit)
        switch rest.first {
        case UInt8(ascii: ":"):
            bytes += take { $0.isDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
            return IntervalToken(kind: .clock, bytes: bytes)
        case let mark? where mark == UInt8(ascii: "-") || mark == UInt8(ascii: "."):
            bytes.append(rest.removeFirst())
            if rest.first?.isDigit == true { bytes += take(\.isDigit) }
            // Further letters and marks right behind make it a date, which is no interval.
            if rest.first == mark || (bytes.last == mark && rest.first?.isLetter == true) {
                bytes += take { $0.isDigit || $0.isLetter || $0 == mark }
            }
        case UInt8(ascii: "/"): throw .invalid
        default: break
        }
        return IntervalToken(kind: .number, bytes: bytes)
    }

    private mutating func word() throws(IntervalFailure) -> IntervalToken {
        let bytes = take(\.isLetter).map { $0 | 0x20 }
        switch rest.first {
        case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."): throw .invalid
        case let next? where next.isDigit || next == UInt8(ascii: "+"):
            // Most words before a digit are names of zones to PostgreSQL.
            if !Self.beforeDigits.contains(where: { $0.utf8.elementsEqual(bytes) }) { throw .invalid }
        default: break
        }
        return IntervalToken(kind: .word, bytes: bytes)
    }

    private static let beforeDigits = ["d", "h", "m", "s", "y", "mon", "dec"]

    private mutating func signed(_ sign: UInt8) throws(IntervalFailure) -> IntervalToken {
        rest.removeFirst()
        _ = take(\.isBlank)
        guard let first = rest.first, first.isDigit || first == UInt8(ascii: ".") else { throw .invalid }
        let bytes = take { $0.isDigit || [UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "-")].contains($0) }
        return IntervalToken(kind: .signed, bytes: [sign] + bytes)
    }

    private mutating func take(_ belongs: (UInt8) -> Bool) -> [UInt8] {
        let run = rest.prefix(while: belongs)
        rest = rest[run.endIndex...]
        return Array(run)
    }
}
