/// An address of this server to which a browser is sent back: nobody's who asks can lead it elsewhere.
package struct ReturnAddress: Hashable, Sendable {
    private static let bytesMax = 4096

    /// A path with its query, beginning with one slash.
    package let text: String

    /// What is no address of this server's pages becomes `/`.
    package init(_ text: String) {
        let bytes = Array(text.utf8)
        // Browsers take a second slash, either way round, for the beginning of a host, and leave out what no address
        // may have (tabs, ends of lines).
        let isOwn =
            bytes.first == UInt8(ascii: "/") && bytes.count <= Self.bytesMax && !text.hasPrefix("//")
            && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        let isSession = path == "/session" || path.hasPrefix("/session/")
        self.text = isOwn && !isSession ? text : "/"
    }
}
