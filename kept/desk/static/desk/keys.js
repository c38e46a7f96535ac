// The keys of the desk: ? shows them. None fires while somebody types, in a dialog, or together with Ctrl, Alt or Cmd.
const dialog = document.getElementById("desk-keys");
const WITHIN = 1500;
let gone = 0;

const step = (by) => {
  const lines = [...document.querySelectorAll(".queue a")];
  const next = lines[Math.min(Math.max(lines.indexOf(document.activeElement) + by, 0), lines.length - 1)];
  next?.focus();
};

const go = (key) => {
  const entries = document.querySelectorAll("header nav a");
  const link = key === "d" ? document.querySelector("header .wordmark") : entries[Number(key) - 1];
  if (link) location.assign(link.href);
};

const does = {
  "?": () => dialog.showModal(),
  "/": () => document.getElementById("desk-find")?.focus(),
  j: () => step(1),
  k: () => step(-1),
  g: () => { gone = Date.now(); },
};

document.addEventListener("keydown", (event) => {
  const typed = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.ctrlKey || event.metaKey || event.altKey || typed || dialog.open) return;
  if (Date.now() - gone < WITHIN && /^[d1-9]$/.test(event.key)) return go(event.key);
  if (!does[event.key]) return;
  event.preventDefault();
  does[event.key]();
});
