// What a browser is asked about a page: runs in the page, knows nothing of it, and gives back lists of what is wrong.
window.__looks = (() => {
  const seen = { violations: [], mistakes: [], changed: performance.now() };
  document.addEventListener("securitypolicyviolation", (event) =>
    seen.violations.push(event.violatedDirective + " " + event.blockedURI + " " + (event.sourceFile ?? "") + ":" + event.lineNumber));
  addEventListener("error", (event) => seen.mistakes.push(String(event.message ?? event.target?.src ?? event.target?.href)), true);
  addEventListener("unhandledrejection", (event) => seen.mistakes.push("unhandled: " + event.reason));
  new MutationObserver(() => { seen.changed = performance.now(); })
    .observe(document, { subtree: true, childList: true, characterData: true, attributes: true });

  const told = (element) => {
    const name = element.tagName.toLowerCase() + (element.id ? "#" + element.id : "") + (element.className ? "." + element.className : "");
    return name + " \"" + element.textContent.trim().replace(/\s+/g, " ").slice(0, 40) + "\"";
  };
  const isSeen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;

  const parts = (text) => {
    const found = /^rgba?\(([\d.]+),? ([\d.]+),? ([\d.]+)(?:,? \/? ?([\d.]+))?\)$/.exec(text);
    return found ? [Number(found[1]), Number(found[2]), Number(found[3]), found[4] === undefined ? 1 : Number(found[4])] : null;
  };
  const over = (top, below) => top.slice(0, 3).map((value, at) => value * top[3] + below[at] * (1 - top[3])).concat(1);
  const light = (color) => {
    const [r, g, b] = color.map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // Behind an element, from the farthest to the nearest.
  const backOf = (element) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(at);
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    return chain.reduce((back, one) => {
      const color = parts(getComputedStyle(one).backgroundColor);
      return color ? over(color, back) : back;
    }, dark ? [18, 18, 18, 1] : [255, 255, 255, 1]);
  };

  return {
    seen,
    quietFor() { return document.readyState === "complete" && !document.querySelector("[aria-busy=true]") ? performance.now() - seen.changed : -1 },
    headings() { return [...document.querySelectorAll("h1")].filter(isSeen).map((heading) => heading.textContent) },
    doubledIds() {
      const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
      return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
    },
    // What stands out to the right, where nothing that scrolls by itself holds it.
    tooWide() {
      const room = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= room) return [];
      const out = [...document.body.querySelectorAll("*")].filter((element) => isSeen(element) && element.getBoundingClientRect().right > room + 1
        && !element.parentElement.closest(".wide, .rows, .scroll, [data-scrolls]"));
      return [document.documentElement.scrollWidth + " px of " + room, ...out.slice(0, 5).map(told)];
    },
    // Amounts of money and cells of numbers that go over two lines.
    broken() {
      const found = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
      while (walker.nextNode()) {
        const node = walker.currentNode, element = node.parentElement;
        if (!element || /^(script|style|noscript|option|textarea)$/i.test(element.tagName) || !isSeen(element) || element.closest("pre, .unseen")) continue;
        const places = element.matches("td.number, th.number, .amount, td.time, th.time") ? [[0, node.length]]
          : [...node.data.matchAll(/[$]\d(?:[\d.,]*\d)?/g)].map((one) => [one.index, one.index + one[0].length]);
        for (const [start, end] of places) {
          range.setStart(node, start);
          range.setEnd(node, end);
          const lines = new Set([...range.getClientRects()].filter((box) => box.width > 0).map((box) => Math.round(box.top)));
          if (lines.size > 1) found.add(told(element));
        }
      }
      return [...found].slice(0, 5);
    },
    // Frames whose first column does not stay while the others are scrolled, or takes the room of these.
    unstuck() {
      return [...document.querySelectorAll(".wide, .scroll, .rows")].filter(isSeen).filter((frame) => {
        const cell = frame.querySelector("tbody tr:not([aria-hidden]) > *");
        if (!cell?.nextElementSibling || frame.scrollWidth <= frame.clientWidth + 1) return false;
        const before = frame.scrollLeft;
        frame.scrollLeft = frame.scrollWidth;
        const edge = frame.getBoundingClientRect().left + frame.clientLeft, box = cell.getBoundingClientRect();
        frame.scrollLeft = before;
        return Math.abs(box.left - edge) > 2 || box.width > 0.7 * frame.clientWidth;
      }).map(told);
    },
    // Where links lead that stay on this server: [how it looks, path, query, whether it is of the menu].
    links() {
      return [...document.querySelectorAll("a[href]:not([download])")].filter((one) => one.origin === location.origin && !one.getAttribute("href").startsWith("#"))
        .map((one) => [told(one), one.pathname, one.search, one.closest("nav[aria-label=Pages]") !== null]);
    },
    tooSmall() {
      return [...document.querySelectorAll("button, select, summary, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), textarea")]
        .filter(isSeen).filter((element) => {
          const box = element.getBoundingClientRect();
          return box.height < 24 || box.width < 24;
        }).map((element) => told(element) + " " + Math.round(element.getBoundingClientRect().width) + "×" + Math.round(element.getBoundingClientRect().height));
    },
    // WCAG 2.2, 1.4.3: texts against what is behind them. What is switched off need not be read.
    tooFaint() {
      const found = new Map(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode, element = node.parentElement;
        if (!node.data.trim() || !element || /^(script|style|noscript|option|title)$/i.test(element.tagName) || !isSeen(element)) continue;
        if (element.closest("[disabled], [aria-disabled=true], [aria-hidden=true], .skip, .unseen")) continue;
        const style = getComputedStyle(element), color = parts(style.color), back = backOf(element);
        if (!color) continue;
        let alpha = color[3];
        for (let at = element; at; at = at.parentElement) alpha *= Number(getComputedStyle(at).opacity);
        const [one, other] = [light(over([...color.slice(0, 3), alpha], back)), light(back)].sort((a, b) => b - a);
        const ratio = (one + 0.05) / (other + 0.05), size = parseFloat(style.fontSize);
        const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
        if (ratio < least) found.set(told(element), told(element) + " " + ratio.toFixed(2) + " " + style.color);
      }
      return [...found.values()].slice(0, 8);
    },
    // What became of texts that are markup elsewhere.
    executed() {
      const found = window.__executed ? ["ran: " + window.__executed] : [];
      for (const element of document.querySelectorAll("img, iframe, object, embed, svg, math, style, base, form[action^='http']")) {
        if (/hostile|__executed/.test(element.outerHTML)) found.push(element.outerHTML.slice(0, 120));
      }
      for (const script of document.querySelectorAll("script")) if (!script.src || script.textContent) found.push(script.outerHTML.slice(0, 120));
      for (const link of document.querySelectorAll("a[href], [action]")) {
        if (/^\s*(javascript|data|vbscript):/i.test(link.getAttribute("href") ?? link.getAttribute("action"))) found.push(link.outerHTML.slice(0, 120));
      }
      return found;
    },
    state() {
      const fields = [...document.querySelectorAll("main select, main input:not([type=hidden]), main textarea, .range-name")]
        .filter(isSeen).map((field) => (field.id || field.name || field.className) + "=" + (field.type === "checkbox" ? field.checked : field.value ?? field.textContent));
      return { address: location.pathname + location.search + location.hash, fields };
    },
  };
})();
