import Bytes
import JSONTexts

/// What a form says, in an address or in a body: names and values as bytes, in their order. Names that nobody knows are
/// passed over and of several values of a name the first counts, as clients of Prometheus are used to.
package struct FormParameters: Sendable {
    private var pairs: [(name: [UInt8], value: [UInt8])] = []

    /// - Parameters:
    ///   - body: its values stand before those of the address.
    ///   - query: what stands behind the question mark of the address.
    /// - Complexity: O(bytes).
    package init(body: [UInt8] = [], query: String?) {
        for text in [body, Array((query ?? "").utf8)] {
            for part in text.split(separator: UInt8(ascii: "&")) {
                let name = part.prefix { $0 != UInt8(ascii: "=") }
                pairs.append((Self.plain(name), Self.plain(part.dropFirst(name.count + 1))))
            }
        }
    }

    /// The same as a JSON object, whose members are texts or lists of them: what a page sends, since forms of any site
    /// are sent as forms.
    /// - Complexity: O(bytes).
    package init(json body: [UInt8], query: String?) throws(FormFault) {
        let json: JSONValue
        do {
            json = try JSONReader.parse(body)
        } catch {
            throw FormFault("the body is not JSON: expected \(error.expectation)", offset: error.offset)
        }
        guard let members = json.members else {
            throw FormFault("the body is no JSON object")
        }
        self.init(query: query)
        var told: [(name: [UInt8], value: [UInt8])] = []
        for member in members {
            for value in member.value.array ?? [member.value] {
                guard let text = value.string else {
                    throw FormFault("the member \(member.name) is no text")
                }
                told.append((Array(member.name.utf8), Array(text.utf8)))
            }
        }
        pairs = told + pairs
    }

    /// The first value of a name; nil where it is missing or empty.
    package subscript(_ name: String) -> String? {
        bytes(name).flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
    }

    /// The first value of a name, whatever its bytes.
    package func bytes(_ name: String) -> [UInt8]? { pairs.first { $0.name.elementsEqual(name.utf8) }?.value }

    /// Every value of a name.
    package func all(_ name: String) -> [[UInt8]] {
        pairs.filter { $0.name.elementsEqual(name.utf8) }.map(\.value)
    }

    /// Every value whose name begins so, with the rest of its name.
    package func pairs(beginning prefix: String) -> [(name: String, value: [UInt8])] {
        pairs.filter { $0.name.starts(with: prefix.utf8) }.map { pair in
            (name: String(decoding: pair.name.dropFirst(prefix.utf8.count), as: UTF8.self), value: pair.value)
        }
    }

    private static func plain(_ escaped: ArraySlice<UInt8>) -> [UInt8] {
        PercentText.bytes(escaped.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
    }
}

/// Why a body is no form.
package struct FormFault: Error, Hashable, Sendable {
    /// What is wrong.
    package var message: String
    /// Where, in bytes of the body; nil: nowhere in particular.
    package var offset: Int?

    init(_ message: String, offset: Int? = nil) { (self.message, self.offset) = (message, offset) }
}
