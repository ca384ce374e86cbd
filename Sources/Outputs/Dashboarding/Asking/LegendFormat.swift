import Bytes
package import PromQLText

/// How a series is named: a text in which `{{label}}` is what the label says. Empty: all labels, else the expression.
package struct LegendFormat: Hashable, Sendable {
    private enum Part: Hashable {
        case text([UInt8])
        case label(ByteText)
    }

    private let parts: [Part]

    /// As Grafana writes it where nobody said anything.
    private static let automatic = "__auto"

    init(_ format: String) {
        guard format != Self.automatic else {
            parts = []
            return
        }
        var (parts, rest) = ([Part](), Array(format.utf8)[...])
        while let start = Self.place(of: UInt8(ascii: "{"), in: rest),
            let end = Self.place(of: UInt8(ascii: "}"), in: rest[(start + 2)...])
        {
            if start > rest.startIndex { parts.append(.text(Array(rest[..<start]))) }
            parts.append(.label(ByteText(Self.trimmed(rest[(start + 2)..<end]))))
            rest = rest[(end + 2)...]
        }
        if !rest.isEmpty { parts.append(.text(Array(rest))) }
        self.parts = parts
    }

    /// A longer one is not understood: every series is named by it.
    static let bytesMax = 1_000

    /// Whether it says nothing of its own.
    package var isEmpty: Bool { parts.isEmpty }

    /// The name of a series.
    /// - Parameter expression: what is shown where the series has no labels.
    package func name(_ labels: LabelSet, expression: [UInt8]) -> [UInt8] {
        guard parts.isEmpty else {
            return parts.flatMap { part in
                switch part {
                case .text(let text): text
                case .label(let name): labels[name].bytes
                }
            }
        }
        return labels.labels.isEmpty ? expression : Array(labels.description.utf8)
    }

    /// Where two of the byte stand beside each other.
    private static func place(of byte: UInt8, in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.first { $0 + 1 < bytes.endIndex && bytes[$0] == byte && bytes[$0 + 1] == byte }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while bytes.first == 0x20 { bytes = bytes.dropFirst() }
        while bytes.last == 0x20 { bytes = bytes.dropLast() }
        return bytes
    }
}

extension Fields {
    /// How something is named; as where nobody says anything where that is missing or not understood.
    func legend(_ name: String) -> LegendFormat {
        let format = text(name) ?? ""
        guard format.utf8.count <= LegendFormat.bytesMax else {
            refuse(name, "is longer than \(LegendFormat.bytesMax) bytes")
            return LegendFormat("")
        }
        return LegendFormat(format)
    }
}
