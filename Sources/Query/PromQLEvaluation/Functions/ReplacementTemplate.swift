import Bytes
import PromQLText
import RegularExpressions

/// What `label_replace` puts in place: text, and `$1`, `${name}` for what groups of the pattern matched.
struct ReplacementTemplate {
    private enum Part {
        case text([UInt8])
        /// Nil for a group that the pattern has not: it matched nothing.
        case group(Int?)
    }

    private let parts: [Part]

    init(_ template: ByteText, _ expression: RegularExpression) {
        var parts: [Part] = []
        var text: [UInt8] = []
        var rest = template.bytes[...]
        let dollar = UInt8(ascii: "$")
        while let byte = rest.first {
            rest = rest.dropFirst()
            guard byte == dollar else {
                text.append(byte)
                continue
            }
            if rest.first == dollar {
                text.append(dollar)
                rest = rest.dropFirst()
            } else if let name = Self.name(&rest) {
                parts += [.text(text), .group(Self.number(name, expression))]
                text = []
            } else {
                // A sign that begins nothing stands for itself.
                text.append(dollar)
            }
        }
        self.parts = parts + [.text(text)]
    }

    /// How long the text will be.
    func size(_ groups: [Range<Int>?]) -> Int {
        parts.reduce(0) { size, part in
            switch part {
            case .text(let bytes): size + bytes.count
            case .group(let number): size + (number.flatMap { groups[$0]?.count } ?? 0)
            }
        }
    }

    func filled(_ text: [UInt8], _ groups: [Range<Int>?]) -> ByteText {
        var result: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let bytes): result += bytes
            case .group(let number): if let number, let range = groups[number] { result += text[range] }
            }
        }
        return ByteText(result)
    }

    /// A name behind the sign, alone or in braces; nil where there is none.
    private static func name(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let isBraced = rest.first == UInt8(ascii: "{")
        let inside = isBraced ? rest.dropFirst() : rest
        let name = inside.prefix { isNamePart($0) }
        let behind = inside.dropFirst(name.count)
        guard !name.isEmpty, !isBraced || behind.first == UInt8(ascii: "}") else { return nil }
        rest = isBraced ? behind.dropFirst() : behind
        return name
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: byte >= 0x80
        }
    }

    private static func number(_ name: ArraySlice<UInt8>, _ expression: RegularExpression) -> Int? {
        let text = String(decoding: name, as: UTF8.self)
        if name.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return Int(text).flatMap { $0 <= expression.groupCount ? $0 : nil }
        }
        return expression.groupNumber(named: text)
    }
}
