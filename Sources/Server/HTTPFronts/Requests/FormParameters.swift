import Bytes
import HTTPTypes
import Hummingbird
import Intakes
import JSONTexts

/// What a form says, in an address or in a body: names and values as bytes, in their order. Names that nobody knows are
/// passed over and of several values of a name the first counts, as clients of Prometheus are used to.
struct FormParameters: Sendable {
    private var pairs: [(name: [UInt8], value: [UInt8])] = []

    /// - Parameters:
    ///   - body: its values stand before those of the address.
    ///   - query: what stands behind the question mark of the address.
    /// - Complexity: O(bytes).
    init(body: [UInt8] = [], query: String?) {
        for text in [body, Array((query ?? "").utf8)] {
            for part in text.split(separator: UInt8(ascii: "&")) {
                let name = part.prefix { $0 != UInt8(ascii: "=") }
                pairs.append((Self.plain(name), Self.plain(part.dropFirst(name.count + 1))))
            }
        }
    }

    /// The first value of a name; nil where it is missing or empty.
    subscript(_ name: String) -> String? {
        bytes(name).flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
    }

    /// The first value of a name, whatever its bytes.
    func bytes(_ name: String) -> [UInt8]? { pairs.first { $0.name.elementsEqual(name.utf8) }?.value }

    /// Every value of a name.
    func all(_ name: String) -> [[UInt8]] {
        pairs.filter { $0.name.elementsEqual(name.utf8) }.map(\.value)
    }

    /// Every value whose name begins so, with the rest of its name.
    func pairs(beginning prefix: String) -> [(name: String, value: [UInt8])] {
        pairs.filter { $0.name.starts(with: prefix.utf8) }.map { pair in
            (name: String(decoding: pair.name.dropFirst(prefix.utf8.count), as: UTF8.self), value: pair.value)
        }
    }

    private static func plain(_ escaped: ArraySlice<UInt8>) -> [UInt8] {
        PercentText.bytes(escaped.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
    }
}

extension Routes {
    /// What a request says in its address and, where it is a form, in its body.
    /// - Throws: 415 for a body that is no form; what reading it throws.
    func form(of request: Request) async throws -> FormParameters {
        guard request.method == .post else { return FormParameters(query: request.uri.query) }
        guard request.mediaType == MediaType.form || (request.mediaType.isEmpty && !request.announcesBody) else {
            throw Refusal(
                .unsupportedMediaType, "Content-Type \(request.mediaType) is not taken here",
                hint: "send \(MediaType.form), or ask by GET")
        }
        let body = try await text(of: request, hint: "shorten the question")
        return FormParameters(body: body, query: request.uri.query)
    }
}
