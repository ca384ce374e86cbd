import Domain
import JSONTexts

/// How a mailed report looks: in the colours of the pages, dark and light, on paper and on a phone.
enum ReportStyle {
    static let sheet: HTML = """
        :root { color-scheme: light dark; --back: #FFFFFF; --ink: #1A1D24; --soft: #5B6472; --line: #D5D9E0;
          --good: #0B7A4B; --warn: #8A5A00; --bad: #C0262D; --bar: #0B62A8 }
        @media (prefers-color-scheme: dark) {
          :root { --back: #15181E; --ink: #E8EAEE; --soft: #A3ADBB; --line: #2E343F;
            --good: #4CC38A; --warn: #F5B83D; --bad: #FF8B7E; --bar: #5AA9E6 }
        }
        body { margin: 0 auto; padding: 1.25rem; max-width: 75rem; background: var(--back); color: var(--ink);
          font: 15px/1.5 system-ui, sans-serif }
        h1 { font-size: 1.4rem; margin: 0 }
        h2 { font-size: 1.05rem; margin: 1.75rem 0 .6rem }
        .soft, footer { color: var(--soft) }
        .good { color: var(--good) }
        .warn { color: var(--warn) }
        .bad { color: var(--bad) }
        .wide { overflow-x: auto }
        table { border-collapse: collapse; border: 1px solid var(--line) }
        th, td { padding: .3rem .7rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top;
          font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
        thead th { color: var(--soft) }
        tbody th { font-weight: 600 }
        .number { text-align: right; white-space: nowrap }
        :is(th, td):not(.number) { min-width: 8.5rem }
        figure { margin: 0 0 .8rem; overflow-x: auto }
        figcaption { color: var(--soft) }
        svg { display: block; width: 100%; min-width: 34rem; max-width: 45rem; height: auto;
          font: 12px system-ui, sans-serif }
        svg text { fill: var(--ink) }
        svg .axis { stroke: var(--soft) }
        svg .bar { fill: var(--bar) }
        svg .bar.good { fill: var(--good) }
        svg .bar.warn { fill: var(--warn) }
        svg .bar.bad { fill: var(--bad) }
        svg .bar.part { fill-opacity: .35; stroke: var(--bar); stroke-dasharray: 4 3 }
        dt { font-weight: 600 }
        dd { margin: 0 0 .4rem 1rem }
        @media print {
          :root { --back: #FFFFFF; --ink: #000000; --soft: #444444; --line: #BBBBBB;
            --good: #0B7A4B; --warn: #8A5A00; --bad: #C0262D; --bar: #0B62A8 }
          body { max-width: none; padding: 0 }
          .wide { overflow: visible }
          :is(th, td), :is(th, td):not(.number) { min-width: 0; padding: .1rem .35rem; font-size: .7rem }
          tr, figure { break-inside: avoid }
        }

        """

    /// The class of what stands so against its objective.
    static func name(of state: ObjectiveState) -> String {
        switch state {
        case .met: "good"
        case .atRisk: "warn"
        case .breached: "bad"
        case .noData: "soft"
        }
    }
}
