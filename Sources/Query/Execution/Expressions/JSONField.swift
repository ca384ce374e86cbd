import Bytes
import Columnar

/// Member and element access on JSON text. Documents are canonical, so one pass over the bytes finds a member without a
/// tree.
enum JSONField {
    /// `->`: the member as JSON.
    /// - Parameter look: called now and then with the number of steps taken.
    /// - Throws: what `look` throws.
    static func field(_ document: Scalar, _ key: Scalar, look: (Int) throws -> Void) throws -> Scalar {
        guard let value = try find(document, key, look) else { return .null }
        return .json(String(decoding: value, as: UTF8.self))
    }

    /// `->>`: the member as text; JSON null is NULL.
    /// - Parameter look: called now and then with the number of steps taken.
    /// - Throws: what `look` throws.
    static func text(_ document: Scalar, _ key: Scalar, look: (Int) throws -> Void) throws -> Scalar {
        guard let value = try find(document, key, look) else { return .null }
        if value.elementsEqual("null".utf8) { return .null }
        if value.first == 0x22 { return .text(try unescaped(value, look)) }
        return .text(String(decoding: value, as: UTF8.self))
    }

    private static func find(
        _ document: Scalar, _ key: Scalar, _ look: (Int) throws -> Void
    ) throws -> ArraySlice<UInt8>? {
        let source: String
        switch document {
        case .json(let text), .text(let text): source = text
        default: return nil
        }
        var scanner = Scanner(Array(source.utf8))
        switch key {
        case .text(let name): return try scanner.member(name, look)
        case .integer(let index): return try scanner.element(index, look)
        default: return nil
        }
    }

    private static func unescaped(_ literal: ArraySlice<UInt8>, _ look: (Int) throws -> Void) throws -> String {
        let body = literal.dropFirst().dropLast()
        guard body.contains(0x5C) else { return String(decoding: body, as: UTF8.self) }
        var units: [UInt16] = []
        var text = ""
        var index = body.startIndex
        func flush() {
            text += String(decoding: units, as: UTF16.self)
            units = []
        }
        var steps = 0
        while index < body.endIndex {
            // A mark, or what stands before the next one, is a text of its own.
            steps += 32
            if steps >= 1 << 16 {
                try look(steps)
                steps = 0
            }
            guard body[index] == 0x5C, index + 1 < body.endIndex else {
                flush()
                let end = body[index...].dropFirst().firstIndex(of: 0x5C) ?? body.endIndex
                text += String(decoding: body[index..<end], as: UTF8.self)
                index = end
                continue
            }
            let mark = body[index + 1]
            index += 2
            switch mark {
            case 0x6E: units.append(0x0A)
            case 0x74: units.append(0x09)
            case 0x72: units.append(0x0D)
            case 0x62: units.append(0x08)
            case 0x66: units.append(0x0C)
            case 0x75:
                let end = min(index + 4, body.endIndex)
                units.append(UInt16(String(decoding: body[index..<end], as: UTF8.self), radix: 16) ?? 0xFFFD)
                index = end
            default: units.append(UInt16(mark))
            }
        }
        flush()
        return text
    }

    private struct Scanner {
        private let source: [UInt8]
        private var bytes: ArraySlice<UInt8>
        private var steps = 0

        init(_ source: [UInt8]) {
            self.source = source
            bytes = source[...]
        }

        private mutating func skipSpaces() {
            while let byte = bytes.first, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
                bytes.removeFirst()
            }
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            skipSpaces()
            guard bytes.first == byte else { return false }
            bytes.removeFirst()
            return true
        }

        /// One value's bytes; nil where the text ends too early.
        private mutating func value(_ look: (Int) throws -> Void) throws -> ArraySlice<UInt8>? {
            skipSpaces()
            let start = bytes.startIndex
            var depth = 0
            var isQuoted = false
            while let byte = bytes.first {
                steps += 1
                if steps & 0xFFFF == 0 { try look(1 << 16) }
                if isQuoted {
                    if byte == 0x5C { bytes = bytes.dropFirst() } else if byte == 0x22 { isQuoted = false }
                    bytes = bytes.dropFirst()
                    if !isQuoted, depth == 0 { break }
                    continue
                }
                if depth == 0, byte == 0x2C || byte == 0x7D || byte == 0x5D || byte == 0x3A { break }
                if byte == 0x22 { isQuoted = true }
                if byte == 0x7B || byte == 0x5B { depth += 1 }
                bytes = bytes.dropFirst()
                if byte == 0x7D || byte == 0x5D {
                    depth -= 1
                    if depth == 0 { break }
                }
            }
            var whole = source[start..<bytes.startIndex]
            while let last = whole.last, last == 0x20 || last == 0x0A || last == 0x0D || last == 0x09 {
                whole = whole.dropLast()
            }
            return whole.isEmpty ? nil : whole
        }

        /// Of several members of one name the last counts.
        mutating func member(_ name: String, _ look: (Int) throws -> Void) throws -> ArraySlice<UInt8>? {
            guard take(0x7B) else { return nil }
            var last: ArraySlice<UInt8>?
            while let key = try value(look), key.first == 0x22 {
                guard take(0x3A), let found = try value(look) else { break }
                if try JSONField.unescaped(key, look).hasSameBytes(as: name) { last = found }
                guard take(0x2C) else { break }
            }
            return last
        }

        mutating func element(_ index: Int64, _ look: (Int) throws -> Void) throws -> ArraySlice<UInt8>? {
            guard take(0x5B) else { return nil }
            var place = index
            if index < 0 {
                // From the end: counted first, for to keep them all would take many times the document.
                var counter = self
                while try counter.value(look) != nil {
                    place += 1
                    guard counter.take(0x2C) else { break }
                }
                // As many as there are, less so many, is what is left to pass over.
                if place < 0 { return nil }
            }
            while let found = try value(look) {
                if place == 0 { return found }
                place -= 1
                guard take(0x2C) else { break }
            }
            return nil
        }
    }
}
