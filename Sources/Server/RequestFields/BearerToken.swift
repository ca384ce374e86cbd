/// A token as `Authorization` shows it (RFC 6750).
package enum BearerToken {
    /// What stands after `Bearer`, the scheme in any case; nil where the field says something else.
    package static func text(of field: String) -> String? {
        guard field.utf8.count > 7, field.prefix(7).lowercased() == "bearer " else { return nil }
        return String(field.dropFirst(7).drop { $0 == " " })
    }
}
