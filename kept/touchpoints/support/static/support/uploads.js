// Files are sent piece by piece before their form is (tus 1.0.0): a line that breaks costs a piece, and a reload goes on from there. Without this script they go with the form.
(() => {
  const FIRST = 1_000_000, MOST = 4_000_000, TRIES = 6;
  const PROGRAM = /\.(exe|msi|com|scr|bat|cmd|ps1|vbs|jse?|wsf|hta|jar|apk|app|dmg|pkg|deb|rpm|sh|run|dll|lnk)$/i;
  const pause = (seconds) => new Promise((go) => setTimeout(go, seconds * 1000));

  // An answer, or null where none came. Progress is told while a piece is on its way.
  const ask = (method, address, headers = {}, body = null, told = null, hold = null) =>
    new Promise((go) => {
      const request = new XMLHttpRequest();
      request.open(method, address);
      for (const [name, value] of Object.entries({ "Tus-Resumable": "1.0.0", ...headers })) request.setRequestHeader(name, value);
      if (told) request.upload.onprogress = (event) => told(event.loaded);
      request.onload = () => go(request);
      request.onerror = request.ontimeout = request.onabort = () => go(null);
      hold?.(request);
      request.send(body);
    });

  const why = (answer) => { try { return JSON.parse(answer.responseText).why; } catch { return ""; } };

  for (const box of document.querySelectorAll("[data-uploads]")) {
    const form = box.closest("form"), input = form.querySelector("input[type=file]"), list = box.querySelector("ul");
    const status = box.querySelector("[role=status]");
    const said = (name) => box.querySelector(`template[data-said=${name}]`).content.textContent;
    const token = () => form.elements.csrfmiddlewaretoken.value;
    const count = () => list.querySelectorAll("input:checked").length;
    const tell = (row, text) => { row.querySelector("small").textContent = text; status.textContent = `${row.dataset.name}: ${text}`; };

    const rowOf = (file) => {
      const row = box.querySelector("template[data-row]").content.cloneNode(true).querySelector("li");
      row.dataset.name = file.name;
      row.dataset.size = file.size;
      row.querySelector("span").textContent = file.name;
      const [again, remove] = row.querySelectorAll("button");
      again.onclick = () => send(row, file);
      remove.onclick = async () => {
        row.request?.abort();
        row.gone = true;
        if (row.dataset.id) await ask("DELETE", box.dataset.uploads.replace(/(offer\/)?$/, `${row.dataset.id}/`), { "X-CSRFToken": token() });
        row.remove();
      };
      return row;
    };

    const fail = (row, text, more = false) => {
      row.removeAttribute("aria-busy");
      row.querySelector("progress").hidden = true;
      row.querySelector("button").hidden = !more;
      row.dataset.failed = "";
      tell(row, text);
    };

    // Where it begins: at the place a piece of it ended that is here already, or anew. null where it was refused.
    const begin = async (row, file) => {
      if (row.dataset.id) {
        const here = await ask("HEAD", address(row));
        if (here?.status === 200) return Number(here.getResponseHeader("Upload-Offset"));
        if (!here) return undefined;
        delete row.dataset.id;
      }
      const name = btoa(String.fromCharCode(...new TextEncoder().encode(file.name)));
      const headers = { "Upload-Length": file.size, "Upload-Metadata": `filename ${name}`, "X-CSRFToken": token() };
      const made = await ask("POST", box.dataset.uploads, headers);
      if (!made || made.status >= 500) return undefined;
      if (made.status !== 201) { fail(row, why(made) || said("broken")); return null; }
      row.dataset.id = made.getResponseHeader("Location").split("/").at(-2);
      return 0;
    };
    const address = (row) => box.dataset.uploads.replace(/(offer\/)?$/, `${row.dataset.id}/`);

    const send = async (row, file) => {
      delete row.dataset.failed;
      row.setAttribute("aria-busy", "true");
      const bar = row.querySelector("progress");
      bar.hidden = false;
      row.querySelector("button").hidden = true;
      let size = FIRST, tries = 0, at = await begin(row, file);
      while (at !== null && !row.gone) {
        if (at === file.size) break;
        if (at === undefined) {
          if (++tries > TRIES) return fail(row, said("broken"), true);
          tell(row, said("waits"));
          await pause(Math.min(2 ** tries / 2, 15));
          at = await begin(row, file);
          continue;
        }
        const from = at, began = performance.now();
        const show = (more) => {
          bar.value = Math.floor(((from + more) / file.size) * 100);
          row.querySelector("small").textContent = `${said("sending")}: ${bar.value} %`;
        };
        show(0);
        const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": from, "X-CSRFToken": token() };
        const answer = await ask("PATCH", address(row), headers, file.slice(from, from + size), show, (request) => { row.request = request; });
        if (answer?.status === 204) {
          at = Number(answer.getResponseHeader("Upload-Offset"));
          tries = 0;
          if (performance.now() - began < 4000) size = Math.min(size * 2, MOST);
        } else if (answer?.status === 409) {
          at = Number(answer.getResponseHeader("Upload-Offset"));
          if (++tries > TRIES) return fail(row, said("broken"), true);
        } else if (answer && answer.status < 500 && ![408, 429].includes(answer.status)) {
          if (answer.status === 404 || answer.status === 422) delete row.dataset.id;
          return fail(row, why(answer) || said("gone"), answer.status === 404);
        } else {
          size = Math.max(FIRST / 4, Math.floor(size / 2));
          at = undefined;
        }
      }
      if (at === null || row.gone) return;
      row.removeAttribute("aria-busy");
      const box_ = row.querySelector("input");
      // Only what is here as a whole goes with the form.
      box_.name = "uploads";
      box_.value = row.dataset.id;
      box_.disabled = false;
      bar.hidden = true;
      row.dataset.done = "";
      tell(row, said("done"));
    };

    input.addEventListener("change", async () => {
      const files = [...input.files];
      // They go by themselves: the form must not send them a second time.
      input.value = "";
      for (const file of files) {
        const known = [...list.children].find((one) => one.dataset.id && !("done" in one.dataset) && one.dataset.name === file.name && Number(one.dataset.size) === file.size);
        const row = rowOf(file);
        if (known) { row.dataset.id = known.dataset.id; known.replaceWith(row); } else if (count() >= Number(box.dataset.most)) { list.append(row); fail(row, said("many")); row.querySelector("input").checked = false; continue; } else list.append(row);
        if (file.size > Number(box.dataset.limit)) { fail(row, said("large")); row.querySelector("input").checked = false; continue; }
        if (PROGRAM.test(file.name)) { fail(row, said("program")); row.querySelector("input").checked = false; continue; }
        await send(row, file);
      }
    });

    form.addEventListener("submit", (event) => {
      const busy = list.querySelector("[aria-busy]");
      if (!busy) return;
      event.preventDefault();
      tell(busy, said("busy"));
      busy.scrollIntoView({ block: "nearest" });
    });
  }
})();
