import Asking
import Bytes
import Domain
import EventStores
import JSONTexts
import RequestFields

/// What the page of prices shows, in the words and to the digit in which `/v1/prices` and `/v1/prices/check` tell it.
struct PricesPage: Sendable {
    /// What somebody wants to see, as the address says.
    struct Wish: Sendable {
        /// Empty: of all.
        var provider: String
        /// A part of its name; empty: all.
        var model: String
        /// Those of other times, too.
        var isAll: Bool
        /// Of when; of now where nothing is said.
        var times: PriceTimes
        /// Which hundred of them, from 1.
        var page: Int

        init(_ form: FormParameters) {
            (provider, model) = (form["provider"] ?? "", form["model"] ?? "")
            isAll = form["all"] == "true" || form["all"] == "on"
            times = PriceTimes { form[$0] }
            page = form["page"].flatMap { Int($0) }.map { max(1, min($0, 1_000_000)) } ?? 1
        }

        /// How many prices stand on pages before.
        var skipped: Int { (page - 1) * PricesPage.rowsMax }

        func isWanted(_ entry: PriceEntry) -> Bool {
            (provider.isEmpty || entry.provider.hasSameBytes(as: provider))
                && (model.isEmpty || entry.model.utf8.contains(model.utf8))
        }
    }

    /// Prices on a page, and lines about calls.
    static let rowsMax = 100
    /// Of more remarks the list is folded.
    private static let openMax = 10

    var wish: Wish
    /// Of which time calls are told (ns since 1970 UTC); nil: of all.
    var times: Range<Int64>?
    var rows: [[String]]
    /// How many prices there are to see.
    var count: Int
    var findings: [PriceFinding]
    var calls: InexactCalls
    /// What the store has lost; nil: nothing.
    var notice: String?

    fileprivate var content: HTML {
        let lost: HTML = notice.map { "<p class=\"warn\">\($0)</p>\n" } ?? .empty
        return "\(lost)\(range)\(unpriced)\(doubts)\(prices)"
    }

    // MARK: What has no price

    private var unpriced: HTML {
        if calls.groups.isEmpty {
            return """
                <h2>Calls without an exact cost\(ofTimes)</h2>
                <p class="good">✓ none: every call that told its usage has a price for all of it</p>

                """
        }
        let shown = calls.groups.prefix(Self.rowsMax)
        let lines = shown.map { group -> HTML in
            let cells = PriceText.cells(of: group).enumerated().map { place, cell -> HTML in
                place < 4 ? "<td>\(cell)</td>" : "<td class=\"number\">\(cell)</td>"
            }
            return "<tr>\(cells)<td><a href=\"/explore#\(part: question(group))\">calls</a></td></tr>\n"
        }
        return """
            <h2>Calls without an exact cost\(ofTimes)</h2>
            <p>At least and at most is what they could cost: what has a price, and all of it where a dearer reading of
            the counts has one. Once a price is set, <code>plimsoll prices rebook</code> books them again.</p>
            <div class="wide" tabindex="0" role="region" aria-label="Calls without an exact cost">
            <table id="unpriced" class="steady">
            \(Self.head(PriceText.inexactHeader + ["which"], numbersFrom: 4, until: 7))<tbody>
            \(lines)</tbody></table></div>
            \(Self.rest(calls.groups.count - shown.count, Self.address("/v1/prices/check", wish.times.parts)))
            """
    }

    /// Which calls of a provider, model and tier there are in the range, whatever they lack.
    private func question(_ group: InexactCalls.Group) -> String {
        func condition(_ column: String, _ value: [UInt8]) -> String {
            if value.isEmpty { return "\(column) is null" }
            let text = String(decoding: value, as: UTF8.self)
            return "\(column) = '\(text.replacing("'", with: "''"))'"
        }
        let bounds = [(times?.lowerBound, ">="), (times?.upperBound, "<")].compactMap { bound, sign in
            bound.flatMap { $0 == .min ? nil : "time \(sign) timestamptz '\(RFC3339.render($0))' and " }
        }
        return """
            select time, type, conversation_id, model, price_gaps, cost_low_usd, cost_high_usd
            from events
            where \(bounds.joined())price_state <> 'priced' and \(condition("provider", group.provider)) and \
            \(condition("model", group.model)) and \(condition("service_tier", group.serviceTier))
            order by time desc
            limit 100
            """
    }

    private var doubts: HTML {
        if findings.isEmpty { return .empty }
        let items = findings.prefix(Self.rowsMax).map { finding -> HTML in
            "<li>\(finding.provider) \(finding.model): <b>\(finding.kind.rawValue)</b>: \(finding.explanation)</li>\n"
        }
        let list: HTML = "<ul>\n\(items)</ul>\n\(Self.rest(findings.count - items.count, "/v1/prices/check"))"
        let shown: HTML =
            items.count > Self.openMax
            ? "<details><summary>\(findings.count) remarks</summary>\n\(list)</details>\n" : list
        return "<h2>Prices to look at</h2>\n\(shown)"
    }

    // MARK: Prices

    private var prices: HTML {
        let lines = rows.map { row -> HTML in
            let cells = row.enumerated().map { place, cell -> HTML in
                place == 4 ? "<td class=\"number\">\(cell)</td>" : "<td>\(cell)</td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        let mark: HTML = wish.isAll ? " checked" : .empty
        let all: [HTML] = wish.isAll ? ["all=true"] : []
        let file = Self.address("/v1/prices", ["format=csv"] + all + wish.times.parts)
        let zone = wish.times.timeZone.map { zone -> HTML in
            "<input type=\"hidden\" name=\"timezone\" value=\"\(zone)\">\n"
        }
        let found: HTML =
            rows.isEmpty
            ? "<p>No price is like that.</p>\n"
            : """
            <div class="wide" tabindex="0" role="region" aria-label="Prices"><table id="prices" class="steady">
            \(Self.head(PriceListing.header, numbersFrom: 4, until: 5))<tbody>
            \(lines)</tbody></table></div>

            """
        return """
            <h2>\(title)</h2>
            <form class="narrow" method="get" action="/prices" role="search">
            <label for="provider">Provider</label>
            <input id="provider" name="provider" value="\(wish.provider)" autocomplete="off" spellcheck="false">
            <label for="model">Part of a model's name</label>
            <input id="model" name="model" value="\(wish.model)" autocomplete="off" spellcheck="false">
            <label for="from">From</label>
            <input id="from" name="from" value="\(wish.times.from ?? "")" placeholder="now-1M/M"
            autocomplete="off" spellcheck="false">
            <label for="to">To</label>
            <input id="to" name="to" value="\(wish.times.to ?? "")" placeholder="now"
            autocomplete="off" spellcheck="false">
            \(zone ?? .empty)<label><input type="checkbox" name="all" value="true"\(mark)> of other times, too</label>
            <button>Show</button>
            </form>
            \(found)\(turning)\
            <p class="soft">A price holds for calls from its time on, until a later one of the same provider, model,
            class and tier. One that was set counts before a list price, and that of the model that answered before that
            of the one that was asked for. <a href="\(file)">All as CSV</a>, which
            <code>plimsoll prices load</code> takes.</p>

            """
    }

    private var title: String {
        if wish.isAll { return "Prices of all times" }
        return times == nil ? "Prices in force now" : "Prices in force in the range"
    }

    /// Of which calls something is told, behind a heading.
    private var ofTimes: HTML { times == nil ? " of all times" : " in the range" }

    /// Which range that is: the address may say it in words, and the page of a link has no other place for it.
    private var range: HTML {
        guard let times else { return .empty }
        return "<p id=\"range\" class=\"soft\">The range is \(wish.times.text(of: times)).</p>\n"
    }

    /// Which of them stand here, and where the others do; history is among those of other times.
    private var turning: HTML {
        let (first, last) = (wish.skipped + 1, wish.skipped + rows.count)
        func link(_ page: Int, _ text: HTML) -> HTML { "<a href=\"\(address(isAll: wish.isAll, page))\">\(text)</a>" }
        var parts: [HTML] = rows.isEmpty ? [] : ["\(first) to \(last) of \(count)"]
        if wish.page > 1 { parts.append(link(rows.isEmpty ? 1 : wish.page - 1, "Previous page")) }
        if last < count, !rows.isEmpty { parts.append(link(wish.page + 1, "Next page")) }
        if !wish.isAll { parts.append("<a href=\"\(address(isAll: true, 1))\">of other times, too</a>") }
        return parts.isEmpty ? .empty : "<p class=\"soft\">\(Self.joined(parts, " · "))</p>\n"
    }

    private func address(isAll: Bool, _ page: Int) -> HTML {
        var parts: [HTML] = wish.provider.isEmpty ? [] : ["provider=\(part: wish.provider)"]
        if !wish.model.isEmpty { parts.append("model=\(part: wish.model)") }
        if isAll { parts.append("all=true") }
        parts += wish.times.parts
        if page > 1 { parts.append("page=\(page)") }
        return Self.address("/prices", parts)
    }

    private static func address(_ path: HTML, _ parts: [HTML]) -> HTML {
        parts.isEmpty ? path : "\(path)?\(joined(parts, "&amp;"))"
    }

    private static func joined(_ pieces: [HTML], _ sign: HTML) -> HTML {
        let parts = pieces.enumerated().map { place, piece -> HTML in place == 0 ? piece : "\(sign)\(piece)" }
        return "\(parts)"
    }

    private static func head(_ names: [String], numbersFrom start: Int, until end: Int) -> HTML {
        let cells = names.enumerated().map { place, name -> HTML in
            let kind: HTML = (start..<end).contains(place) ? " class=\"number\"" : .empty
            return "<th scope=\"col\"\(kind)>\(name.lowercased())</th>"
        }
        return "<thead><tr>\(cells)</tr></thead>\n"
    }

    private static func rest(_ count: Int, _ address: HTML) -> HTML {
        if count <= 0 { return .empty }
        return "<p class=\"soft\">\(count) more: <a href=\"\(address)\">see them all</a>.</p>\n"
    }
}

extension PageDocument {
    /// Prices; complete without scripts.
    init(prices: PricesPage) { self.init("Prices", at: "/prices", content: prices.content) }

    /// Event types and tables; complete without scripts.
    init(schemas guide: SchemaGuide) {
        func rows(_ tables: [SchemaGuide.Table]) -> [HTML] {
            tables.map { table in
                let event: HTML = table.event.map { "<td><code>\($0.name)</code></td>" } ?? .empty
                let name: HTML = "<a href=\"/schemas/\(part: table.name)\"><code>\(table.name)</code></a>"
                return "<tr>\(event)<td>\(name)</td><td>\(table.meaning)</td></tr>\n"
            }
        }
        self.init(
            "Schemas", at: "/schemas",
            content: """
                <p>What is sent is an event; each type of events is a table, and so is what is made of them. Questions
                in SQL name any of them: <a href="/explore">explore</a>. <a href="/v1/schemas">/v1/schemas</a> tells
                programs the same.</p>
                <h2>Event types</h2>
                <div class="wide" tabindex="0" role="region" aria-label="Event types"><table id="types" class="steady">
                <thead><tr><th scope="col">type</th><th scope="col">table</th>
                <th scope="col">what it tells</th></tr></thead>
                <tbody>
                \(rows(guide.tables.filter { $0.event != nil }))</tbody></table></div>
                <h2>Tables that are made of events</h2>
                <div class="wide" tabindex="0" role="region" aria-label="Tables that are made of events">
                <table id="tables" class="steady">
                <thead><tr><th scope="col">table</th><th scope="col">what it holds</th></tr></thead>
                <tbody>
                \(rows(guide.tables.filter { $0.event == nil }))</tbody></table></div>

                """)
    }
}
