/// Why a file is no dashboard that could be drawn, and where in it.
package struct DashboardFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `line:column`, both from 1, columns in bytes; or the path of a member.
    var place: String
    /// What is wrong there.
    var reason: String

    init(_ place: String, _ reason: String) { (self.place, self.reason) = (place, reason) }

    package var description: String { "\(place): \(reason)" }
}
