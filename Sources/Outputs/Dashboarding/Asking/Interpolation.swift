package import Bytes

/// What a variable says in an expression.
package enum VariableText: Hashable, Sendable {
    /// As it is: what the file's author wrote for all values.
    case raw(ByteText)
    /// Values of data or of an address, which stay values whatever they spell.
    case values([ByteText])
    /// Nobody knows it, for this reason: an expression that has it is not asked, since without values it says something
    /// else.
    case unknown(String)
}

/// Why an expression cannot be asked.
package struct InterpolationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    package var message: String
    /// Byte of the expression, as the file has it, at which the variable stands.
    package var offset: Int

    package var description: String { message }
}

/// Puts variables into an expression: `$x`, `${x}`, `${x:regex}`.
///
/// A value stands only where a text of PromQL does, and cannot end it: behind `=~` and `!~` it is escaped as a regular
/// expression, elsewhere as a text; what could end a text of any quotes is written as `\x22`. Several values become
/// `(a|b)`. Outside texts only names and numbers are put in.
package struct Interpolation: Sendable {
    private let timing: PanelTiming
    private let variables: [String: VariableText]

    /// What results is no longer.
    private static let bytesMax = 1 << 20

    private enum Place {
        case plain, comment, backtick
        case quoted(UInt8)
    }

    /// - Parameter variables: by name.
    package init(_ timing: PanelTiming, _ variables: [String: VariableText]) {
        (self.timing, self.variables) = (timing, variables)
    }

    /// The expression as it is asked.
    /// - Complexity: O(expression and what is put into it).
    package func text(_ expression: String) throws(InterpolationError) -> [UInt8] {
        let source = Array(expression.utf8)
        var (result, place, index) = ([UInt8](), Place.plain, 0)
        // Whether the text that is open is a regular expression.
        var isPattern = false
        while index < source.count {
            guard result.count <= Self.bytesMax else { throw Self.tooLong(index) }
            let byte = source[index]
            if byte == UInt8(ascii: "$"), let reference = Self.reference(source, at: index) {
                let room = Self.bytesMax - result.count
                if let value = try text(of: reference, in: place, isPattern: isPattern, at: index, room) {
                    result += value
                    index = reference.end
                    continue
                }
            }
            result.append(byte)
            index += 1
            switch (place, byte) {
            case (.plain, UInt8(ascii: "\"")), (.plain, UInt8(ascii: "'")):
                (place, isPattern) = (.quoted(byte), Self.isMatched(result.dropLast()))
            case (.plain, UInt8(ascii: "`")): (place, isPattern) = (.backtick, Self.isMatched(result.dropLast()))
            case (.plain, UInt8(ascii: "#")): place = .comment
            case (.comment, _) where Self.lineEnds.contains(byte): place = .plain
            case (.backtick, UInt8(ascii: "`")): place = .plain
            case (.quoted(let quote), _) where byte == quote: place = .plain
            case (.quoted, UInt8(ascii: "\\")) where index < source.count:
                result.append(source[index])
                index += 1
            default: break
            }
        }
        return result
    }

    /// Whether `=~` or `!~` stands last.
    private static func isMatched(_ before: ArraySlice<UInt8>) -> Bool {
        let spaces: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        return before.last { !spaces.contains($0) } == UInt8(ascii: "~")
    }

    // MARK: References

    private struct Reference {
        var name: String
        var format: String
        var end: Int
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// What a dollar refers to; nil: it is a dollar.
    private static func reference(_ source: [UInt8], at dollar: Int) -> Reference? {
        func word(from start: Int) -> (text: String, end: Int) {
            let end = source[start...].firstIndex { !isNamePart($0) } ?? source.count
            return (String(decoding: source[start..<end], as: UTF8.self), end)
        }
        var next = dollar + 1
        let isBraced = next < source.count && source[next] == UInt8(ascii: "{")
        if isBraced { next += 1 }
        guard next < source.count else { return nil }
        let name = word(from: next)
        guard !name.text.isEmpty else { return nil }
        guard isBraced else { return Reference(name: name.text, format: "", end: name.end) }
        var (end, format) = (name.end, "")
        if end < source.count, source[end] == UInt8(ascii: ":") { (format, end) = word(from: end + 1) }
        guard end < source.count, source[end] == UInt8(ascii: "}") else { return nil }
        return Reference(name: name.text, format: format, end: end + 1)
    }

    private static func tooLong(_ offset: Int) -> InterpolationError {
        InterpolationError(message: "with its variables it is longer than 1 MiB", offset: offset)
    }

    /// nil: there is no such variable, and the text stays.
    /// - Parameter room: bytes that there are for it; what is longer is not written to its end.
    private func text(
        of reference: Reference, in place: Place, isPattern: Bool, at offset: Int, _ room: Int
    ) throws(InterpolationError) -> [UInt8]? {
        if let text = timing.builtIn(reference.name) { return Array(text.utf8) }
        guard let variable = variables[reference.name] else { return nil }
        var isPattern = isPattern
        switch reference.format {
        case "", "pipe", "raw": break
        case "regex": isPattern = true
        default:
            throw InterpolationError(
                message: "the format `\(reference.format)` of the variable \(reference.name) is not understood",
                offset: offset)
        }
        let values: [ByteText]
        switch variable {
        case .raw(let text): return text.bytes
        case .values(let known): values = known
        case .unknown(let reason):
            throw InterpolationError(
                message: "what the variable \(reference.name) may be is not known: \(reason)", offset: offset)
        }
        var joined: [UInt8] = []
        for value in values {
            guard let text = Self.written(value.bytes, in: place, isPattern: isPattern) else {
                throw InterpolationError(
                    message: "the value of the variable \(reference.name) cannot stand here", offset: offset)
            }
            if values.count > 1 { joined.append(UInt8(ascii: joined.isEmpty ? "(" : "|")) }
            joined += text
            guard joined.count <= room else { throw Self.tooLong(offset) }
        }
        if values.count > 1 { joined.append(UInt8(ascii: ")")) }
        return joined
    }

    // MARK: Values

    /// A value where it cannot be anything else; nil: it cannot stand there.
    private static func written(_ value: [UInt8], in place: Place, isPattern: Bool) -> [UInt8]? {
        switch place {
        case .comment: return value.filter { !lineEnds.contains($0) }
        case .plain:
            let isWord = value.allSatisfy { isNamePart($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
            return isWord ? value : nil
        case .backtick:
            if isPattern { return patterned(value) }
            return value.contains(UInt8(ascii: "`")) ? nil : value
        case .quoted:
            guard isPattern else { return quoted(value) }
            return patterned(value).flatMap { $0 == UInt8(ascii: "\\") ? [$0, $0] : [$0] }
        }
    }

    /// What ends a comment.
    private static let lineEnds: [UInt8] = [0x0A, 0x0D]
    private static let quotes: [UInt8] = [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")]
    private static let signs = Array(#"\.+*?()|[]{}^$"#.utf8)

    /// As a regular expression that matches the value alone; no quote is left in it.
    static func patterned(_ value: [UInt8]) -> [UInt8] {
        value.flatMap { byte in
            if byte < 0x20 || byte == 0x7F || quotes.contains(byte) { return hexadecimal(byte) }
            return signs.contains(byte) ? [UInt8(ascii: "\\"), byte] : [byte]
        }
    }

    /// As what stands between quotes of either kind.
    private static func quoted(_ value: [UInt8]) -> [UInt8] {
        value.flatMap { byte in
            if byte == UInt8(ascii: "\\") { return [byte, byte] }
            return byte < 0x20 || byte == 0x7F || quotes.contains(byte) ? hexadecimal(byte) : [byte]
        }
    }

    /// `\x22`.
    private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return Array(#"\x"#.utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
