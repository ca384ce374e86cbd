package import Bytes
internal import CEmbeddedPages

/// The files of `Sources/Server/Pages`: documents, styles and scripts that a browser is shown. They are listed in
/// `CEmbeddedPages.c`.
package enum EmbeddedPages {
    /// In the order of the list.
    package static var files: [EmbeddedFile] {
        (0..<plimsoll_embedded_page_count()).map { index in
            // Sound: names and bytes are constants of the program, as many as it says.
            let file = unsafe plimsoll_embedded_page_at(index)
            return unsafe EmbeddedFile(name: file.name, bytes: file.bytes, count: file.count)
        }
    }
}
