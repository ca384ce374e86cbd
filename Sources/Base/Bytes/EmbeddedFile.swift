/// A file that was built into the program.
package struct EmbeddedFile: Sendable {
    /// File name with its extension, without the folder.
    package var name: String
    /// The file, byte for byte.
    package var bytes: [UInt8]

    /// Takes each part as given.
    package init(name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }

    /// Copies a file that a C target has as a constant.
    /// - Parameters:
    ///   - name: ends with a zero.
    ///   - bytes: `count` of them.
    @unsafe package init(name: UnsafePointer<CChar>, bytes: UnsafePointer<UInt8>, count: Int) {
        // Sound: the caller says that so much is there, and both are copied.
        self.name = unsafe String(cString: name)
        self.bytes = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}
