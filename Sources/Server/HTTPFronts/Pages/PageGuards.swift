import HTTPTypes

/// What every document and every file of one says to browsers: nothing but files of this server is loaded, run or
/// asked; what stands in a document neither runs nor styles, and no text becomes markup by a script. No other site
/// shows the pages in a frame, loads from them, shares a window's process with them or learns where somebody came from.
enum PageGuards {
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

    /// With `same-origin` forms of ours say where they stand; with `no-referrer` they would not.
    static let fields: HTTPFields = {
        var fields: HTTPFields = [.contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff"]
        for (name, value) in [
            ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()
}
