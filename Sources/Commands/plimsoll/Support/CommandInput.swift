import Platform

/// What a command is given to read whole: files, pipes with a name such as `<(…)`, standard input.
enum CommandInput {
    /// More than any settings, price list or query that somebody means.
    private static let bytesMax = 64 << 20

    /// A file, or a pipe up to its end.
    /// - Throws: ``CommandFailure`` for a directory and for more than 64 MiB, `StorageError`.
    static func file(_ path: String, in fileSystem: any FileSystem) throws -> [UInt8] {
        try checkIsNoDirectory(path, in: fileSystem)
        guard let bytes = try fileSystem.input(path, bytesMax: bytesMax) else { throw tooLong(path) }
        return bytes
    }

    /// - Throws: ``CommandFailure`` where somebody named a directory.
    static func checkIsNoDirectory(_ path: String, in fileSystem: any FileSystem) throws {
        guard try fileSystem.isDirectory(path) else { return }
        throw CommandFailure(
            .badInput, "\(path) is a directory", advice: "name what is meant in it, such as \(path)/FILE")
    }

    /// Standard input from where it stands up to its end.
    /// - Throws: as ``file(_:in:)``.
    static func standard() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var span = piece.mutableSpan
            let count = try StandardStream.input.read(into: &span)
            if count == 0 { return bytes }
            bytes.append(contentsOf: piece[..<count])
            guard bytes.count <= bytesMax else { throw tooLong("standard input") }
        }
    }

    private static func tooLong(_ name: String) -> CommandFailure {
        CommandFailure(
            .badInput, "\(name) is longer than \(bytesMax >> 20) MiB",
            advice: "is it what you meant? Events go in with `plimsoll import`")
    }
}
