// data-live="10" data-tag="…": this part is asked for anew every so many seconds while the page is seen, nothing in it has the focus and the box beside it is not ticked. While nothing changed the answer is 304.
const still = document.querySelector("[data-still]");

const live = (part) =>
  setTimeout(async () => {
    if (document.hidden || still?.checked || part.contains(document.activeElement)) return live(part);
    const answer = await fetch(location.href, { headers: { "If-None-Match": part.dataset.tag } }).catch(() => null);
    if (answer?.status !== 200) return answer && answer.status !== 304 ? null : live(part);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    // Signed out, closed, gone: whoever goes on reads why on the next page they load.
    if (!next) return null;
    part.replaceWith(next);
    return live(next);
  }, part.dataset.live * 1000);

const parts = document.querySelectorAll("[data-live]");
parts.forEach(live);
if (parts.length && still) still.closest("[hidden]").hidden = false;
