// Texts that are there to be copied get a button.
import { el, setText } from "./dom.js";

export function copyButton(what, textOf) {
  const button = el("button", {
    type: "button",
    click: async () => {
      let said = "Copied";
      try {
        await navigator.clipboard.writeText(textOf());
      } catch {
        // Only pages that came over TLS or from this machine may write there.
        said = "Not allowed here: select it";
      }
      setText(button, said);
      setTimeout(() => setText(button, "Copy " + what), 2000);
    },
  }, "Copy " + what);
  return button;
}

for (const place of document.querySelectorAll("pre[data-copy]")) {
  place.after(copyButton(place.dataset.copy, () => place.textContent));
}
