import JSONTexts

extension PageDocument {
    /// Every rule and every instance.
    static let alerts: PageDocument = {
        let states = ["firing", "pending"].map { state -> HTML in "<option value=\"\(state)\">\(state)</option>" }
        var page = PageDocument(
            "Alerts", at: "/alerts",
            content: """
                <noscript><p>This page is made by scripts. Without them
                <a href="/api/v1/alerts">/api/v1/alerts</a> has what fires, and <a href="/runbooks">runbooks</a> say
                what to do.</p></noscript>
                <p id="state" class="state" role="status">…</p>
                <section aria-labelledby="instances-title">
                <h2 id="instances-title">Pending and firing</h2>
                <form class="asked searching" role="search">
                <label for="search" class="choice">Filter</label>
                <input id="search" type="search" autocomplete="off" spellcheck="false">
                <label class="choice">State <select id="states"><option value="">all</option>\(states)</select></label>
                <span id="found" class="soft" role="status"></span>
                </form>
                <div id="instances"></div>
                </section>
                <section aria-labelledby="replay-title">
                <h2 id="replay-title">What rules would have said in the range</h2>
                <div id="replay"></div>
                </section>
                <section aria-labelledby="rules-title">
                <h2 id="rules-title">Rules</h2>
                <div id="rules"></div>
                </section>

                """,
            scripts: ["alerts.js"])
        page.styles = ["figures.css"]
        (page.hasRange, page.isRefreshed) = (true, true)
        return page
    }()

    /// One rule of alerts: its instances, its history, and the conversations behind it.
    /// - Parameter name: as whoever asks has it; its script says where there is none.
    static func alert(_ name: String) -> PageDocument {
        var page = PageDocument(
            name, at: "/alerts",
            content: """
                <noscript><p>This page is made by scripts. Without them
                <a href="/runbooks">runbooks</a> say what to do.</p></noscript>
                <p id="state" class="state" role="status"></p>
                <div id="alert" data-name="\(name)">
                <div id="rule"></div>
                <section aria-labelledby="instances-title">
                <h2 id="instances-title">Pending and firing</h2>
                <div id="instances"></div>
                </section>
                <section aria-labelledby="history-title">
                <h2 id="history-title">When it fired</h2>
                <div id="history"></div>
                </section>
                <section aria-labelledby="causes-title">
                <h2 id="causes-title">Conversations behind it</h2>
                <div id="causes"></div>
                </section>
                </div>

                """,
            scripts: ["alert.js"])
        page.styles = ["figures.css"]
        (page.hasRange, page.isRefreshed) = (true, true)
        return page
    }
}
