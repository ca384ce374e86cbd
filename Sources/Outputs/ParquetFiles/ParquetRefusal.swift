/// Why rows cannot be written as Parquet: what they are has no place there.
package struct ParquetRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// What has none.
    package var description: String
    /// What to do about it.
    package var advice: String

    static func twoColumns(_ name: String) -> ParquetRefusal {
        ParquetRefusal(
            description: "two columns are named \(name)", advice: "name one of them otherwise, with AS")
    }

    static let noColumns = ParquetRefusal(
        description: "there are no columns to write", advice: "ask for rows, with SELECT")

    static func form(of name: String) -> ParquetRefusal {
        ParquetRefusal(
            description: "column \(name) holds arrays or intervals, which have no form in Parquet that all read",
            advice: "cast it to text, as in (…)::text AS name")
    }

    static func digits(of name: String) -> ParquetRefusal {
        ParquetRefusal(
            description: "a number in column \(name) does not fit the digits of its type, 38 at most",
            advice: "round it, or cast it, as in \(name)::text")
    }

    static func length(of name: String) -> ParquetRefusal {
        ParquetRefusal(
            description: "values in column \(name) are too long for a page of Parquet, 2 GiB",
            advice: "leave the column out, or cut it with left()")
    }
}
