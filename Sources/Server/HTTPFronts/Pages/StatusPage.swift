/// The page at `/`: what the server holds and does now, and where to go from here. One file, nothing fetched from elsewhere; its
/// numbers come from
/// `/v1/status` every two seconds.
enum StatusPage {
    static let html = #"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Plimsoll</title>
        <style>
        :root { color-scheme: light dark; --line: #d5d9e0; --soft: #667085; --good: #18794e; --bad: #c62828;
          --card: #fff; --back: #f6f7f9; --ink: #1a1d24 }
        @media (prefers-color-scheme: dark) {
          :root { --line: #2e343f; --soft: #98a2b3; --good: #4cc38a; --bad: #ff6b6b; --card: #171a21; --back: #0f1116; --ink: #e8eaee }
        }
        * { box-sizing: border-box }
        body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
        main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 3rem }
        h1 { font-size: 1.4rem; margin: 0 }
        h2 { font-size: 1rem; margin: 2rem 0 .6rem }
        header { display: flex; align-items: baseline; gap: 1rem; flex-wrap: wrap }
        #state { font-weight: 600 } .good { color: var(--good) } .bad { color: var(--bad) }
        .soft { color: var(--soft) }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: .75rem; margin-top: 1.25rem }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem .9rem }
        .card b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
        .card span { color: var(--soft); font-size: .85rem }
        table { border-collapse: collapse; width: 100%; background: var(--card); border: 1px solid var(--line); border-radius: .5rem }
        td { padding: .45rem .8rem; border-top: 1px solid var(--line); vertical-align: top } tr:first-child td { border-top: 0 }
        td:first-child { white-space: nowrap } code { font: 13px/1.5 ui-monospace, monospace } a { color: inherit }
        </style>
        </head>
        <body>
        <main>
        <header><h1>Plimsoll</h1><span id="state" role="status">…</span><span class="soft" id="since"></span></header>
        <div class="cards" id="cards"></div>
        <h2>Ask</h2>
        <table id="links"></table>
        <h2>Send</h2>
        <table><tr><td><code>POST /v1/events</code></td>
        <td>CloudEvents (structured, batch, binary) or newline-delimited JSON, plain, gzip or zstd</td></tr></table>
        </main>
        <script>
        "use strict";
        const number = new Intl.NumberFormat("en");
        function bytes(n) {
          const units = ["B", "KiB", "MiB", "GiB", "TiB"];
          let i = 0;
          while (n >= 1024 && i < units.length - 1) { n /= 1024; i++ }
          return (i ? n.toFixed(1) : n) + " " + units[i];
        }
        function duration(s) {
          const d = Math.floor(s / 86400), h = Math.floor(s / 3600) % 24, m = Math.floor(s / 60) % 60;
          return d ? d + " d " + h + " h" : h ? h + " h " + m + " min" : m ? m + " min" : Math.floor(s) + " s";
        }
        function element(name, text, parent) {
          const e = document.createElement(name);
          if (text !== undefined) e.textContent = text;
          if (parent) parent.append(e);
          return e;
        }
        let last = null;
        function show(s) {
          const state = document.getElementById("state");
          state.textContent = s.ready ? "accepting events" : "not accepting: " + s.reason;
          state.className = s.ready ? "good" : "bad";
          document.getElementById("since").textContent = "version " + s.version + ", up " + duration(s.uptime_seconds);
          const seconds = last ? s.uptime_seconds - last.uptime_seconds : 0;
          const rate = seconds > 0 ? (s.accepted - last.accepted) / seconds : 0;
          last = s;
          const cards = document.getElementById("cards");
          cards.replaceChildren();
          for (const [value, label] of [
            [number.format(s.position), "events kept (position)"],
            [number.format(Math.round(rate * 10) / 10), "accepted per second"],
            [number.format(s.accepted), "accepted since start"],
            [number.format(s.duplicates), "duplicates since start"],
            [number.format(s.rejected), "rejected since start"],
            [number.format(s.refused_requests), "requests told to wait"],
            [number.format(s.tail_events), "events not sealed yet"],
            [number.format(s.segments), "sealed segments"],
            [bytes(s.stored_bytes), "on disk"],
            [number.format(s.queries_running), "queries running"],
            [s.watermark, "watermark"],
            ...s.trace_exports.map((t) => [number.format(t.traces_sent), "traces sent, " + t.lag_seconds + " s behind"]),
          ]) {
            const card = element("div", undefined, cards);
            card.className = "card";
            element("b", value, card);
            element("span", label, card);
          }
          const links = document.getElementById("links");
          if (!links.childElementCount) {
            for (const link of s.addresses) {
              const row = element("tr", undefined, links);
              const place = element("td", undefined, row);
              if (link.method === "GET" && !link.path.includes("{")) {
                const a = element("a", undefined, place);
                a.href = link.path;
                element("code", "GET " + link.path, a);
              } else element("code", link.method + " " + link.path, place);
              element("td", link.purpose, row);
            }
          }
        }
        async function refresh() {
          try {
            show(await (await fetch("/v1/status", { cache: "no-store" })).json());
          } catch {
            const state = document.getElementById("state");
            state.textContent = "not reachable";
            state.className = "bad";
          }
          setTimeout(refresh, 2000);
        }
        refresh();
        </script>
        </body>
        </html>
        """#
}
