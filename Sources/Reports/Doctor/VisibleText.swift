import Bytes

/// Texts that others chose, so that people see what is in them.
enum VisibleText {
    /// Escapes of one text; of more it is only said that there are some.
    private static let escapesMax = 8

    /// The text with what nobody sees as JSON escapes: controls, characters without width, marks of direction, blanks
    /// other than the plain one. No more than a bounded part longer than it was.
    /// - Complexity: O(length).
    static func of(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        var shown = String.UnicodeScalarView()
        var escapes = 0
        for scalar in text.unicodeScalars {
            guard isInvisible(scalar) else {
                shown.append(scalar)
                continue
            }
            escapes += 1
            if escapes <= escapesMax {
                for unit in String(scalar).utf16 { shown.append(contentsOf: escape(unit).unicodeScalars) }
            } else if escapes == escapesMax + 1 {
                shown.append("…")
            }
        }
        return String(shown)
    }

    /// The section with all its texts so.
    static func of(_ section: ReportSection) -> ReportSection {
        var section = section
        section.rows = section.rows.map { row in
            row.map { value in
                if case .text(let text) = value { .text(of(text)) } else { value }
            }
        }
        return section
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == " " { return false }
        if isUnseen(scalar.value) { return true }
        // Marks of annotations and of numbers (U+FFF9, U+0600), and what is no character yet: some programs show them,
        // others do not, and here it matters which text it is, not whether there is one.
        return switch scalar.properties.generalCategory {
        case .format, .unassigned: true
        default: false
        }
    }
}
