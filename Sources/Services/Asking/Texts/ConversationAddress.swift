import JSONTexts

/// Where a conversation stands below a folder of a server, such as `/conversations`.
///
/// An id is any text. As a part of a path it is escaped, but for two that no escape helps: browsers, and other programs
/// that take addresses apart, read `.` and `..` as folders (WHATWG URL, section 4.4), also written `%2E`. Of these the
/// path has a substitute, and the query the id. A conversation that is called like the substitute has no such
/// parameter.
package enum ConversationAddress {
    /// Stands in the path for an id that none can hold.
    package static let substitute = "_"
    /// Has the id then.
    package static let parameter = "named"

    /// - Parameters:
    ///   - folder: without a slash at its end.
    ///   - query: what follows behind the question mark, escaped.
    package static func text(_ id: String, in folder: String, _ query: String = "") -> String {
        let isFolder = id.utf8.elementsEqual(".".utf8) || id.utf8.elementsEqual("..".utf8)
        let part = isFolder ? substitute : PercentText.escaped(id)
        let parts = (isFolder ? ["\(parameter)=\(PercentText.escaped(id))"] : []) + (query.isEmpty ? [] : [query])
        return "\(folder)/\(part)" + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
    }
}
