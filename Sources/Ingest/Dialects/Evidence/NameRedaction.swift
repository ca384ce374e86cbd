import WireFormats

/// Names without what nobody should have in them: e-mail addresses, credentials and queries of addresses. Names of
/// spans, of their events and of attributes are kept as they came but for these, since what is kept is looked up by
/// them.
enum NameRedaction {
    /// What stands for a part that was taken out.
    static let mark = "*"
    /// Beyond it nothing is looked for: longer names are cut.
    private static let bytesMax = 4096

    /// The name with a star for each part that may be somebody's.
    /// - Complexity: O(bytes).
    static func without(_ name: String) -> String {
        let name = CredentialText.without(name)
        guard mayHide(name) else { return name }
        var result: [UInt8] = []
        var part: [UInt8] = []
        var isQuery = false
        func endPart() {
            result += isPrivate(part) ? Array(mark.utf8) : part
            part = []
        }
        for byte in name.utf8.prefix(bytesMax) {
            if isQuery {
                // A query ends with the word.
                guard byte == 0x20 else {
                    if result.last == UInt8(ascii: "?") { result += Array(mark.utf8) }
                    continue
                }
                isQuery = false
            }
            if byte == UInt8(ascii: "?") {
                endPart()
                result.append(byte)
                isQuery = true
            } else if isBetween(byte) {
                endPart()
                result.append(byte)
            } else {
                part.append(byte)
            }
        }
        endPart()
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether something may have to be taken out; most names have none of it.
    private static func mayHide(_ name: String) -> Bool {
        if name.utf8.contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "%") })
        {
            return true
        }
        return name.utf8.count >= CredentialPrefixes.bytesMin && CredentialPrefixes.mayBeIn(name.utf8.span)
    }

    private static func isBetween(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x20: true
        default: signs.contains(byte)
        }
    }

    private static let signs = Set("/,;=&()[]{}<>\"'|:".utf8)

    private static func isPrivate(_ part: [UInt8]) -> Bool {
        EmailAddress.isIn(part[...]) || CredentialPrefixes.begins(part[...])
    }
}

/// Words that settings of calls are chosen from. Of what a table names as a setting no other text is kept.
enum AllowedValues {
    private static let words: Set<[UInt8]> = Set(
        ([
            "true", "false", "auto", "none", "any", "required", "text", "json", "json_object", "json_schema",
            "markdown", "base64", "float",
            "int8", "uint8", "binary", "ubinary", "minimal", "low", "medium", "high", "default", "flex", "priority",
            "standard", "batch",
            "scale", "stop", "length", "tool_calls", "tool_use", "end_turn", "max_tokens", "content_filter",
            "function_call", "function",
            "enabled", "disabled", "adaptive", "truncate", "left", "right", "start", "end", "completed", "incomplete",
            "in_progress",
            "failed", "cancelled", "queued", "ok", "error", "success", "chat", "completion", "embedding", "message",
            "model", "audio",
            "image", "video", "concise", "detailed", "get", "head", "post", "put", "patch", "delete", "options",
            "_other", "grpc",
            "jsonrpc", "connect_rpc", "http", "https", "in_memory", "24h", "5m", "1h", "ephemeral",
        ] as [String]).map { Array($0.utf8) })
    private static let bytesMax = 16

    static func contain(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count <= bytesMax else { return false }
        return words.contains(text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
    }
}
