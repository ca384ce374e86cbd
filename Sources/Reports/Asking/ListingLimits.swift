// tests: few groups are many.
/// How many groups a report tells one by one. What its rows are told apart by others make up, as many as they like.
package struct ListingLimits: Sendable {
    /// A report of no more groups lists all of them, where a question's memory lets it.
    package var allMax = 50_000
    /// So many are listed of more.
    package var listedMax = 500

    /// More than anybody reads, and as much as a program may want.
    package init() {}

    /// What the names of those that are listed may take in a question's text: it is short then, as texts of questions
    /// go.
    static let textBytesMax = 24 << 10
}
