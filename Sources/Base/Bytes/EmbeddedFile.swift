/// A file that was built into the program.
package struct EmbeddedFile: Sendable {
    /// File name with its extension, without the folder.
    package var name: String
    /// The file, byte for byte.
    package var bytes: [UInt8]

    /// Takes each part as given.
    package init(name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
}
