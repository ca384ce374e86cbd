package import Bytes
internal import CEmbeddedPages

/// The files of `Sources/Server/Pages`: documents, styles and scripts that a browser is shown. They are listed in
/// `CEmbeddedPages.c`.
package enum EmbeddedPages {
    /// In the order of the list.
    package static var files: [EmbeddedFile] {
        (0..<plimsoll_embedded_page_count()).map { index in
            // Sound: names and bytes are constants of the program, and both are copied.
            let file = unsafe plimsoll_embedded_page_at(index)
            let bytes = unsafe UnsafeBufferPointer(start: file.bytes, count: file.count)
            return unsafe EmbeddedFile(name: String(cString: file.name), bytes: Array(bytes))
        }
    }
}
