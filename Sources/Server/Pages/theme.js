// Before anything is drawn: light or dark as somebody chose here, else as the system has it. Runs at once, not as a module.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // A browser that keeps nothing shows what the system has.
}
