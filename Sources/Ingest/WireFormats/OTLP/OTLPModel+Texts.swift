// Texts are not checked when a request is read, since most are never kept. What is kept must be UTF-8: two texts that
// differ in bytes which are none would otherwise become one.

extension OTLPSpan {
    /// The first of the span's attributes, those of its events and links included, whose text is no UTF-8; nil when all
    /// are.
    /// - Complexity: O(bytes of the attributes).
    package var brokenAttribute: String? {
        OTLPAttribute.firstBroken(attributes) ?? events.lazy.compactMap { OTLPAttribute.firstBroken($0.attributes) }
            .first
            ?? links.lazy.compactMap { OTLPAttribute.firstBroken($0.attributes) }.first
    }
}

extension OTLPAttribute {
    /// The name of the first attribute whose text, at any depth, is no UTF-8.
    package static func firstBroken(_ attributes: [OTLPAttribute]) -> String? {
        attributes.first { $0.value.isBroken }?.key
    }
}

extension OTLPValue {
    /// Nested as deeply as the reader lets in.
    fileprivate var isBroken: Bool {
        switch self {
        case .text(let bytes): (try? UTF8Span(validating: bytes.span)) == nil
        case .array(let values): values.contains { $0.isBroken }
        case .map(let members): members.contains { $0.value.isBroken }
        default: false
        }
    }
}
