// Texts that are there to be copied get a button.
import { el, setText } from "./dom.js";

// A button that copies what `textOf` gives. Only pages that came over TLS or from this machine may: elsewhere `otherwise`
// puts the text where it can be copied by hand, and gives what the button says of it.
export function copyButton(what, textOf, otherwise = () => "Not allowed here: select it") {
  const button = el("button", {
    type: "button",
    click: async () => {
      const text = textOf();
      let said = "Copied";
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        said = otherwise(text, button);
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
