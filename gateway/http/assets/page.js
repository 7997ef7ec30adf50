// Keeps a page as it would be if it were loaded now: fetches it again when an event says that something has changed, and
// changes in place what differs. All drawing and all words are the server's.
"use strict";
(() => {
  const html = document.documentElement;
  const { root, station, ago } = html.dataset;
  html.classList.add("scripted");
  localizeClocks(document);
  document.addEventListener("submit", change);
  if (html.dataset.live !== "true") return;

  const kLost = 4500; // ms without a sign of life
  const kLeast = 1000; // ms between two fetches
  let heard = performance.now();
  let wanted = false;
  let busy = false;
  let fetched = performance.now();

  // One tree becomes the other; what is equal stays as it is, with focus, open details and running animations.
  function morph(from, to) {
    if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName || (from.id || "") !== (to.id || "")) {
      from.replaceWith(to.cloneNode(true));
      return;
    }
    if (from.nodeType !== Node.ELEMENT_NODE) {
      if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
      return;
    }
    if (from.nodeName === "FORM") return; // somebody may be typing
    for (const { name } of [...from.attributes]) {
      if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
    }
    for (const { name, value } of to.attributes) {
      if (name !== "open" && from.getAttribute(name) !== value) from.setAttribute(name, value);
    }
    const now = [...from.childNodes];
    const then = [...to.childNodes];
    for (let i = 0; i < then.length; ++i) {
      if (i < now.length) morph(now[i], then[i]);
      else from.append(then[i].cloneNode(true));
    }
    for (let i = then.length; i < now.length; ++i) now[i].remove();
  }

  async function refresh() {
    if (busy || document.hidden) return;
    busy = true;
    wanted = false;
    fetched = performance.now();
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.redirected || answer.status === 401) return location.reload();
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      localizeClocks(page);
      morph(document.querySelector("main"), page.querySelector("main"));
    } catch {
      wanted = true; // the connection is gone; the next event brings it again
    } finally {
      busy = false;
    }
  }

  function alive() {
    heard = performance.now();
    show(false);
  }
  function show(lost) {
    if (html.classList.contains("lost") === lost) return;
    html.classList.toggle("lost", lost);
    const link = document.querySelector(".link");
    [link.textContent, link.dataset.lost] = [link.dataset.lost, link.textContent];
  }

  const events = new EventSource(root + "api/v1/events");
  events.onopen = () => { alive(); wanted = true; };
  events.onerror = () => show(true);
  for (const kind of ["values", "shape", "account", "status", "reset", "log", "tick"]) {
    events.addEventListener(kind, (event) => {
      alive();
      if (kind === "tick") return;
      const of = kind === "values" || kind === "shape" ? JSON.parse(event.data).station : null;
      if (!of || !station || of === station) wanted = true;
    });
  }

  setInterval(() => {
    const now = performance.now();
    if (now > heard + kLost) show(true);
    if (wanted && now > fetched + kLeast) refresh();
  }, 250);
  setInterval(() => {
    if (now_is_minute_old()) wanted = true; // graphs, log
    for (const time of document.querySelectorAll("time[datetime]:not(.clock)")) {
      const text = age(Math.max(0, Math.round((Date.now() - Date.parse(time.dateTime)) / 1000)));
      if (time.textContent !== text) time.textContent = text;
    }
  }, 1000);
  document.addEventListener("visibilitychange", () => { wanted = true; });

  function now_is_minute_old() {
    return performance.now() > fetched + (location.pathname.endsWith("/log") ? 3000 : 60000);
  }
  function age(seconds) {
    const text = seconds < 120 ? seconds + " s" : seconds < 7200 ? Math.floor(seconds / 60) + " min" : Math.floor(seconds / 3600) + " h";
    return ago.replace("{}", text);
  }

  function localizeClocks(where) {
    for (const time of where.querySelectorAll("time.clock")) {
      time.textContent = new Date(time.getAttribute("datetime")).toLocaleTimeString(html.lang);
    }
  }

  // A setting: the result stands below it, without leaving the page.
  async function change(event) {
    const form = event.target;
    if (!form.closest(".settings")) return;
    event.preventDefault();
    const [button, output] = [form.querySelector("button"), form.querySelector("output")];
    button.disabled = true;
    output.className = "";
    output.textContent = "…";
    try {
      const { path, value } = Object.fromEntries(new FormData(form));
      const answer = await fetch(`${root}api/v1/stations/${station}/set`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ path, value }),
      });
      const result = await answer.json();
      output.className = result.outcome ?? "failed";
      output.textContent = [form.closest(".settings").dataset[result.outcome] ?? "", result.reason ?? result.error ?? ""].filter(Boolean).join(": ");
    } catch {
      output.className = "failed";
      output.textContent = document.querySelector(".link").dataset.lost;
    }
    button.disabled = false;
  }
})();
