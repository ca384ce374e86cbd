import JSONTexts
import RequestFields

/// What is shown around a session: the form that begins one, and what comes after it.
enum SessionPages {
    /// - Parameters:
    ///   - address: where to go from there.
    ///   - objection: why it is shown again; nil: for the first time.
    static func form(to address: ReturnAddress, because objection: String? = nil) -> PageDocument {
        let notice: HTML = objection.map { "<p class=\"bad\" role=\"alert\">\(sentence($0))</p>\n" } ?? .empty
        return PageDocument(
            "Log in",
            content: """
                \(notice)<form class="login" method="post" action="/session">
                <label for="token">Token</label>
                <input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
                <input type="hidden" name="to" value="\(address.text)">
                <button>Log in</button>
                </form>
                <p class="soft">A token with the scope <code>read</code> opens the pages until it is not used for twelve
                hours. <code>plimsoll tokens create --data DIR --scope read</code> makes one, <code>DIR</code> being the
                server's directory.</p>

                """,
            scripts: ["session.js"])
    }

    /// There are no tokens, so nothing has to be shown.
    static func notNeeded(for address: ReturnAddress) -> PageDocument {
        PageDocument(
            "Log in",
            content: """
                <p>This server asks nobody for a token: <a href="\(address.text)">go on</a>.</p>

                """)
    }

    static let ended = PageDocument(
        "Logged out",
        content: """
            <p>The session has ended. <a href="/session">Log in</a></p>

            """)

    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}
