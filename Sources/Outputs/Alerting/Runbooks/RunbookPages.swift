package import Domain

/// The runbooks of a set of objectives as documents for a browser: what a link in an alert leads to.
package struct RunbookPages: Sendable {
    /// A runbook for a browser.
    package struct Page: Hashable, Sendable {
        /// The name of the alert, or what the list is called.
        package var title: String
        /// What stands in the body of a document: markup without scripts and styles, every text escaped.
        package var content: String
    }

    /// The file that lists the others.
    private static let list = "README.md"

    /// As files name the server that commands ask.
    private static let (usualAddress, usualPort) = ("http://127.0.0.1:8910", "8910")

    private let files: [ObjectiveFile]
    private let server: String?

    /// Those of a set: alerts that its lines don't have are left out.
    /// - Parameter server: where the server is reached whose pages they are, such as `http://127.0.0.1:8911`: there
    ///   commands ask it. nil: as the files have it.
    package init(_ set: ObjectiveSet, at server: String? = nil) {
        files = ObjectiveFiles.runbooks.files(set)
        self.server = server
    }

    /// Names of the alerts that have one, ascending by bytes.
    package var names: [String] {
        files.map(\.name).filter { $0 != Self.list }.map { String($0.dropLast(".md".count)) }
    }

    /// The page of an alert; nil where the set has no such alert.
    package func page(_ name: String) -> Page? { name == "README" ? nil : page(ofFile: "\(name).md", at: name) }

    /// The page of an alert as it is written, in Markdown; nil where the set has no such alert.
    package func text(_ name: String) -> String? {
        guard names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else { return nil }
        return file("\(name).md").map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The list of all.
    package var index: Page? { page(ofFile: Self.list, at: "Runbooks") }

    private func page(ofFile name: String, at title: String) -> Page? {
        guard let file = file(name) else { return nil }
        let markdown = addressed(String(decoding: file.bytes, as: UTF8.self))
        let content = RunbookMarkup.html(markdown) { $0.hasSuffix(".md") ? "/runbooks/\($0.dropLast(3))" : String($0) }
        return Page(title: title, content: content)
    }

    /// With commands and ports of the server whose page it is.
    private func addressed(_ markdown: String) -> String {
        guard let server else { return markdown }
        let places = ["${PLIMSOLL_SERVER:-\(Self.usualAddress)}", "$PLIMSOLL_SERVER", Self.usualAddress]
        let text = places.reduce(markdown) { $0.replacing($1, with: server) }
        guard let port = server.split(separator: ":").last, !port.isEmpty, port.utf8.allSatisfy(Self.isDigit) else {
            return text
        }
        // Other ports than that of the address, which is the server's by now.
        return text.split(separator: server, omittingEmptySubsequences: false)
            .map { $0.replacing(Self.usualPort, with: port) }.joined(separator: server)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private func file(_ name: String) -> ObjectiveFile? {
        files.first { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
