// Parts of a page that are asked for anew by themselves, so that nothing typed beside them is lost. Each works without this script, by a button or a link.
const page = async (options, address = location.pathname) => {
  const answer = await fetch(address, options).catch(() => null);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
};

// data-every="2" data-becomes=".work, .notice": looked for every so many seconds, until something else stands in its place.
const watch = (part) =>
  setTimeout(async () => {
    const next = (await page())?.querySelector(part.dataset.becomes);
    if (next) part.replaceWith(next);
    if (!next || next.dataset.every) watch(next ?? part);
  }, part.dataset.every * 1000);
document.querySelectorAll("[data-every]").forEach(watch);

// data-shows="#who" data-sends="country show": a change in it sends these fields of its form, and puts what the answer has for #who in its place.
for (const part of document.querySelectorAll("[data-shows]")) {
  part.addEventListener("change", async () => {
    const fields = part.closest("form").elements;
    const said = part.dataset.sends.split(" ").map((name) => [name, fields[name].value]);
    const next = (await page({ method: "POST", body: new URLSearchParams(said) }))?.querySelector(part.dataset.shows);
    if (next) document.querySelector(part.dataset.shows).replaceWith(next);
  });
}

// data-opens="/me/data/desk_matter/": opened for the first time, it shows what stands as .records on that page, in the place of its link there.
for (const part of document.querySelectorAll("details[data-opens]")) {
  part.addEventListener("toggle", async () => {
    const records = (await page({}, part.dataset.opens))?.querySelector(".records");
    if (records) part.querySelector(".opens").replaceWith(records);
  }, { once: true });
}
