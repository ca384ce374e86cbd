/// What `Accept-Encoding` takes (RFC 9110, section 12.5.3).
package enum AcceptedCodings {
    private static let zeros: Set = ["q=0", "q=0.", "q=0.0", "q=0.00", "q=0.000"]

    /// Whether an answer may be sent as gzip.
    /// - Parameter fields: the values of the field.
    /// - Complexity: O(bytes).
    package static func takeGzip(_ fields: [String]) -> Bool {
        var isTaken = false
        for part in fields.flatMap({ $0.split(separator: ",") }) {
            let words = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let isRefused = words.dropFirst().contains(where: Self.zeros.contains)
            switch words.first {
            case "gzip", "x-gzip": return !isRefused
            case "*": isTaken = !isRefused
            default: break
            }
        }
        return isTaken
    }
}
