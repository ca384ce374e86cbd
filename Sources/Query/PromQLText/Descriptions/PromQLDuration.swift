/// Durations in the language's words, as rules and tests have them: `1h30m`.
package enum PromQLDuration {
    /// A duration without a sign, to the ns; `0` needs no unit.
    /// - Throws: where it is none, or longer than 292 years.
    package static func nanoseconds(_ text: [UInt8]) throws(PromQLError) -> Int64 {
        do throws(DurationText.Fault) {
            return try DurationText.nanoseconds(of: text[...])
        } catch {
            let fault = Parser.Fault(message: error.message, place: Place(0..<text.count))
            throw PromQLError([fault], in: text)
        }
    }
}
