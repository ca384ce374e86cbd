import Platform

enum StandardInput {
    /// Everything until the end, at most 64 MiB.
    static func all() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < 64 << 20 {
            var span = piece.mutableSpan
            let count = try StandardStream.input.read(into: &span)
            if count == 0 { break }
            bytes.append(contentsOf: piece[..<count])
        }
        return bytes
    }
}
