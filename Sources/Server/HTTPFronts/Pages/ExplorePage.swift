import Domain
import JSONTexts

extension PageDocument {
    /// Where questions of one's own are asked. Its script asks what programs ask, and says what may not be more than it
    /// is here.
    init(exploringWithin limits: ServerLimits) {
        let seconds = Int(clamping: limits.queryTimeLimit.components.seconds)
        self.init(
            "Explore", at: "/explore",
            content: """
                <noscript><p>Questions are asked by scripts here. Without them <code>plimsoll query</code> and
                <code>POST /v1/sql</code> answer the same; <a href="/schemas">schemas</a> lists what there is to
                ask.</p></noscript>
                <form id="question" class="question">
                <p class="acts"><label for="lang">Language</label>
                <select id="lang" name="lang">
                <option value="sql">SQL</option><option value="promql">PromQL</option></select>
                <a href="/schemas">What there is to ask</a></p>
                <label for="text">Question</label>
                <div class="editor">
                <textarea id="text" rows="7" spellcheck="false" autocomplete="off" autocapitalize="off"
                aria-autocomplete="list" aria-controls="choices" aria-describedby="limits"></textarea>
                <ul id="choices" class="choices" role="listbox" aria-label="Names that may stand here" hidden></ul>
                </div>
                <div id="place" class="place bad" role="alert"></div>
                <p class="acts"><button>Ask (Ctrl-Enter)</button>
                <button id="stop" type="button" disabled>Stop</button>
                <span id="views" class="acts" role="group" aria-label="Show as"></span>
                <button id="csv" type="button">CSV</button></p>
                </form>
                <p id="told" class="soft" role="status"></p>
                <div id="answer"></div>
                <p id="limits" class="soft">Ctrl-Space lists names; Tab takes one, Escape none. A question may take
                \(seconds) s and \(limits.questionMemoryBytesMax >> 20) MiB of the server's memory and be \
                \(limits.queryTextBytesMax >> 10) KiB long; a series has at most 11,001 points. Questions in SQL say
                themselves of which times they are, those in PromQL are asked of the range above.</p>

                """,
            scripts: ["explore.js"])
        styles = ["explore.css"]
        (hasRange, hasCharts) = (true, true)
    }
}
