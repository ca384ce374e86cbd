import JSONTexts

/// How lines of a log are written.
package enum LogFormat: String, CaseIterable, Sendable {
    /// `2026-08-01T09:00:15.250Z warning refused reason=not_found request="GET /v1/other" client=10.0.0.7`
    case text
    /// `{"time":"2026-08-01T09:00:15.250Z","level":"warning","message":"refused","reason":"not_found",…}`
    case json

    /// Beyond it a text is cut; even with an escape for each byte, one fits a line.
    private static let textBytesMax = 500
    /// What a pipe takes at once, so that lines of several processes do not mix.
    static let lineBytesMax = 4096

    // tests: both forms are read without a process.
    /// A line with its end; at most ``lineBytesMax`` bytes, for which the last fields are left out.
    /// - Parameter time: ns since 1970 UTC.
    package func rendered(_ line: LogLine, at time: Int64) -> [UInt8] {
        var fields = line.fields
        while true {
            let bytes = self == .json ? json(line, fields, time) : text(line, fields, time)
            if bytes.count <= Self.lineBytesMax || fields.isEmpty { return bytes }
            fields.removeLast()
        }
    }

    private func json(_ line: LogLine, _ fields: [LogField], _ time: Int64) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("time")
            json.value(time: time, decimals: .three)
            json.member("level", line.level.rawValue)
            json.member("message", Self.beginning(line.message))
            for field in fields {
                switch field.value {
                case .text(let text): json.member(field.name.rawValue, Self.beginning(text))
                case .number(let number): json.member(field.name.rawValue, exact: number)
                }
            }
        }
        json.endLine()
        return json.bytes
    }

    private func text(_ line: LogLine, _ fields: [LogField], _ time: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        RFC3339.append(time, decimals: .three, to: &bytes)
        bytes += " \(line.level.rawValue) ".utf8
        bytes += Self.beginning(line.message).utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }
        for field in fields {
            bytes += " \(field.name.rawValue)=".utf8
            switch field.value {
            case .number(let number): bytes += "\(number)".utf8
            case .text(let text) where !text.isEmpty && text.utf8.allSatisfy(Self.isPlain):
                bytes += Self.beginning(text).utf8
            case .text(let text): JSONString.append(Self.beginning(text), to: &bytes)
            }
        }
        return bytes + [UInt8(ascii: "\n")]
    }

    /// What needs no quotes to be told from what follows.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "="): false
        default: byte > 0x20 && byte < 0x7F
        }
    }

    private static func beginning(_ text: String) -> String {
        guard text.utf8.count > textBytesMax else { return text }
        // A character that is cut becomes U+FFFD, as any byte that is no UTF-8.
        return String(decoding: text.utf8.prefix(textBytesMax), as: UTF8.self) + "…"
    }
}
