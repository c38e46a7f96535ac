// The choice about cookies without leaving the page, so that nothing typed on it is lost. Without this script the form does the same.
for (const form of document.querySelectorAll("form[data-stays]")) {
  const banner = form.closest(".banner");
  form.addEventListener(
    "submit",
    async (event) => {
      if (!navigator.cookieEnabled) return;
      event.preventDefault();
      const said = new URLSearchParams(new FormData(form, event.submitter));
      said.set("part", "");
      const answer = await fetch(form.action, { method: "POST", body: said }).catch(() => null);
      const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
      const told = page?.querySelector(".banner");
      // The second time nobody listens, and the browser sends it by itself.
      if (!told) return form.requestSubmit(event.submitter);
      banner.replaceWith(told);
      told.focus();
    },
    { once: true },
  );
}
