/// Finds the numbers in a text that is JSON, or an object as Python prints one: `{'cached_tokens': 9, 'audio_tokens':
/// None}`, `Usage(prompt_tokens=10, details=Details(cached_tokens=9))`. Keeps names and numbers, no texts.
package struct NumberExtractor {
    private enum Bounds {
        static let depth = 16
        static let numbers = 128
        static let keyBytes = 128
    }

    /// A number and the names that lead to it, parted by slashes.
    package struct Leaf: Hashable {
        /// Names from the outermost on.
        package var path: String
        /// The number.
        package var value: SpanValue
    }

    private let bytes: ArraySlice<UInt8>
    private var place: Int
    private var path: [String] = []
    private var leaves: [Leaf] = []

    /// The numbers in the order of the text; nil where it is neither, or nothing but one value.
    /// - Complexity: O(bytes).
    package static func leaves(in bytes: ArraySlice<UInt8>) -> [Leaf]? {
        var walker = NumberExtractor(bytes)
        guard walker.begins, walker.readValue(depth: 0) else { return nil }
        walker.skipSpace()
        return walker.place == bytes.endIndex ? walker.leaves : nil
    }

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    /// Whether the text can be an object at all: an opening bracket, or a name before one.
    private var begins: Bool {
        var ahead = self
        ahead.skipSpace()
        guard let first = ahead.next else { return false }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return true }
        guard ahead.readName() != nil else { return false }
        return ahead.next == UInt8(ascii: "(")
    }

    private var next: UInt8? { place < bytes.endIndex ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func readValue(depth: Int) -> Bool {
        skipSpace()
        guard depth < Bounds.depth, let first = next else { return false }
        switch first {
        case UInt8(ascii: "{"):
            place += 1
            return readMembers(until: UInt8(ascii: "}"), depth)
        case UInt8(ascii: "["), UInt8(ascii: "("):
            place += 1
            return readElements(until: first == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: ")"), depth)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            guard let text = readText() else { return false }
            if let number = Self.number(text) { note(number) }
            return true
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let start = place
            while let byte = next, Self.isOfNumber(byte) { place += 1 }
            guard let number = Self.number(bytes[start..<place]) else { return false }
            note(number)
            return true
        default:
            // null, True, a class and what it holds, or Python's <Enumeration.NAME: 1>.
            if first == UInt8(ascii: "<") {
                while let byte = next, byte != UInt8(ascii: ">") { place += 1 }
                return take(UInt8(ascii: ">"))
            }
            guard readName() != nil else { return false }
            return take(UInt8(ascii: "(")) ? readMembers(until: UInt8(ascii: ")"), depth) : true
        }
    }

    /// Members of an object; one that says of which modality it speaks lends its numbers that name.
    private mutating func readMembers(until end: UInt8, _ depth: Int) -> Bool {
        let first = leaves.count
        var modality: String?
        while !take(end) {
            skipSpace()
            let isQuoted = next == UInt8(ascii: "\"") || next == UInt8(ascii: "'")
            guard let key = isQuoted ? readText() : readName(), key.count <= Bounds.keyBytes else { return false }
            guard take(UInt8(ascii: ":")) || take(UInt8(ascii: "=")) else { return false }
            let name = String(decoding: key, as: UTF8.self)
            path.append(name)
            skipSpace()
            let start = place
            guard readValue(depth: depth + 1) else { return false }
            path.removeLast()
            if name == "modality" { modality = Self.word(bytes[start..<place]) }
            guard take(UInt8(ascii: ",")) || next == end else { return false }
        }
        if let modality {
            let base = path.joined(separator: "/")
            for index in leaves.indices[first...] {
                let rest = leaves[index].path.dropFirst(base.isEmpty ? 0 : base.count + 1)
                leaves[index].path = [base, modality, String(rest)].filter { !$0.isEmpty }.joined(separator: "/")
            }
        }
        return true
    }

    private mutating func readElements(until end: UInt8, _ depth: Int) -> Bool {
        while !take(end) {
            guard readValue(depth: depth + 1) else { return false }
            guard take(UInt8(ascii: ",")) || next == end else { return false }
        }
        return true
    }

    private mutating func note(_ value: SpanValue) {
        if !path.isEmpty, leaves.count < Bounds.numbers {
            leaves.append(Leaf(path: path.joined(separator: "/"), value: value))
        }
    }

    /// What stands between quotes, as it stands there.
    private mutating func readText() -> ArraySlice<UInt8>? {
        guard let quote = next else { return nil }
        place += 1
        let start = place
        while let byte = next {
            if byte == quote {
                place += 1
                return bytes[start..<(place - 1)]
            }
            place += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    private mutating func readName() -> ArraySlice<UInt8>? {
        let start = place
        while let byte = next, Self.isOfName(byte) { place += 1 }
        return place > start ? bytes[start..<place] : nil
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private static func number(_ text: ArraySlice<UInt8>) -> SpanValue? {
        guard !text.isEmpty, text.count <= 32, text.allSatisfy(isOfNumber) else { return nil }
        let text = String(decoding: text, as: UTF8.self)
        if let whole = Int64(text) { return .integer(whole) }
        return Double(text).flatMap { $0.isFinite ? .double($0) : nil }
    }

    /// A value that is one word, without quotes, lower-case; `<Modality.AUDIO: 'AUDIO'>` as its name.
    private static func word(_ value: ArraySlice<UInt8>) -> String? {
        var text = value.drop { !isOfName($0) }
        text = text.prefix { isOfName($0) }
        let word = String(decoding: text, as: UTF8.self).lowercased().split(separator: ".").last.map(String.init)
        return word.flatMap { $0.utf8.count <= 32 && !$0.isEmpty ? $0 : nil }
    }
}
