(function () {
  "use strict";
  var root = document.documentElement;
  var lang = root.lang;
  root.classList.add("js");

  var toggle = document.querySelector(".theme");
  function isDark() {
    var set = root.getAttribute("data-theme");
    return set ? set === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function name() { toggle.textContent = toggle.getAttribute(isDark() ? "data-light" : "data-dark"); }
  toggle.addEventListener("click", function () {
    root.setAttribute("data-theme", isDark() ? "light" : "dark");
    name();
  });
  name();

  var CHUNK = 200;
  var lists = Array.prototype.map.call(document.querySelectorAll(".tools"), setUp);

  // One long table: rows are drawn as far as they are looked at; those that wait are kept as text and read when needed.
  function setUp(box) {
    var table = box.querySelector("table");
    var frame = box.querySelector(".scroll");
    var search = box.querySelector("input");
    var choose = box.querySelector("select");
    var count = box.querySelector("[aria-live]");
    var waiting = box.querySelector("noscript");
    var whole = Number(box.getAttribute("data-rows"));
    var wide = table.tHead.rows[0].cells.length;
    var rows = [], fitting = [], drawn = 0, sorted = -1, up = true;

    function collect(from) {
      Array.prototype.forEach.call(from.querySelectorAll("tbody"), function (body) {
        body.querySelectorAll("tr:not(.g)").forEach(function (row) {
          rows.push({ row: row, group: body.getAttribute("data-g"), text: null, place: rows.length });
        });
      });
    }
    function load() {
      if (!waiting) { return; }
      var page = document.createElement("template");
      page.innerHTML = waiting.textContent;
      waiting = null;
      collect(page.content);
      fitting = rows.slice();
    }
    function textOf(entry) {
      if (entry.text === null) { entry.text = entry.row.textContent.toLowerCase(); }
      return entry.text;
    }
    function bodyFor(group) {
      var last = table.tBodies[table.tBodies.length - 1];
      if (last && (sorted >= 0 || last.getAttribute("data-g") === group)) { return last; }
      last = table.appendChild(document.createElement("tbody"));
      last.setAttribute("data-g", group);
      if (sorted < 0 && group) {
        var head = last.appendChild(document.createElement("tr"));
        head.className = "g";
        var cell = head.appendChild(document.createElement("th"));
        cell.colSpan = wide;
        cell.scope = "rowgroup";
        cell.textContent = group;
      }
      return last;
    }
    function draw(most) {
      for (; drawn < fitting.length && drawn < most; drawn += 1) {
        bodyFor(fitting[drawn].group).appendChild(fitting[drawn].row);
      }
    }
    function key(row, column) {
      var cell = row.cells[column];
      var given = cell.getAttribute("data-s");
      return given === null ? cell.textContent.trim() : given === "" ? null : Number(given);
    }
    function compare(a, b) {
      if (a === null || b === null) { return a === b ? 0 : a === null ? 1 : -1; }
      var way = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), lang, { numeric: true });
      return up ? way : -way;
    }
    function tell() {
      var said = count.getAttribute("data-says");
      var shown = waiting ? whole : fitting.length;
      count.textContent = said.replace("{shown}", shown.toLocaleString(lang)).replace("{all}", whole.toLocaleString(lang));
    }
    function renew() {
      load();
      var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      var wanted = choose ? choose.value : "";
      fitting = rows.filter(function (entry) {
        return (!wanted || entry.group === wanted) && words.every(function (word) { return textOf(entry).indexOf(word) >= 0; });
      });
      if (sorted >= 0) {
        var keys = new Map();
        fitting.forEach(function (entry) { keys.set(entry, key(entry.row, sorted)); });
        fitting.sort(function (a, b) { return compare(keys.get(a), keys.get(b)) || a.place - b.place; });
      }
      Array.prototype.slice.call(table.tBodies).forEach(function (body) { body.remove(); });
      drawn = 0;
      frame.scrollTop = 0;
      draw(CHUNK);
      tell();
    }
    function sort(column) {
      if (sorted === column && !up) { sorted = -1; } else { up = sorted !== column; sorted = column; }
      table.querySelectorAll("thead th").forEach(function (th, index) {
        if (index === sorted) { th.setAttribute("aria-sort", up ? "ascending" : "descending"); } else { th.removeAttribute("aria-sort"); }
      });
      renew();
    }
    function drawAll() { load(); draw(Infinity); }
    function reveal(id) {
      if (waiting && waiting.textContent.indexOf('id="' + id + '"') < 0) { return; }
      load();
      var found = rows.find(function (entry) { return entry.row.id === id; });
      if (!found) { return; }
      if (fitting.indexOf(found) < 0) { search.value = ""; if (choose) { choose.value = ""; } renew(); }
      draw(fitting.indexOf(found) + CHUNK);
    }

    collect(table);
    fitting = rows.slice();
    drawn = rows.length;
    frame.addEventListener("scroll", function () {
      if (frame.scrollTop + frame.clientHeight > frame.scrollHeight - 1500) { load(); draw(drawn + CHUNK); }
    });
    search.addEventListener("input", renew);
    if (choose) { choose.addEventListener("change", renew); }
    table.querySelectorAll("thead th button").forEach(function (button, index) {
      button.addEventListener("click", function () { sort(index); });
    });
    tell();
    return { reveal: reveal, drawAll: drawAll };
  }

  // Where a number comes from: shown while it is pointed at or has the focus; Escape hides it.
  var why = document.getElementById("why");
  var notes = JSON.parse(document.getElementById("notes").textContent);
  var asked = null, leaving = 0;
  function hideWhy() {
    if (asked) { asked.removeAttribute("aria-describedby"); }
    asked = null;
    why.hidden = true;
  }
  // The number pointed at: one with words of its own, or a cell of figures, which has those of its row and column.
  function numberAt(element) {
    var own = element.closest ? element.closest("[data-w]:not(tr)") : null;
    return own || (element.closest ? element.closest("td.r") : null);
  }
  function saidOf(target) {
    var cell = target.closest("td"), parts = [target.getAttribute("data-w")];
    if (cell) {
      var own = cell.querySelector("[data-w]");
      var head = cell.closest("table").tHead.rows[0].cells[cell.cellIndex].querySelector("[data-w]");
      parts = [own, head, cell.parentElement].map(function (e) { return e && e.getAttribute("data-w"); });
    }
    var found = parts.filter(Boolean).join(" ").split(" ").filter(Boolean);
    return found.filter(function (n, at) { return found.indexOf(n) === at; });
  }
  function showWhy(event) {
    clearTimeout(leaving);
    if (why.contains(event.target)) { return; }
    var target = numberAt(event.target);
    if (!target || !saidOf(target).length) { return; }
    hideWhy();
    asked = target;
    why.textContent = saidOf(target).map(function (n) { return notes[n]; }).join("\n");
    why.hidden = false;
    target.setAttribute("aria-describedby", "why");
    placeWhy();
  }
  function placeWhy() {
    var at = asked.getBoundingClientRect(), size = why.getBoundingClientRect();
    var below = at.bottom + 2 + size.height <= window.innerHeight;
    why.style.left = Math.max(12, Math.min(at.left, window.innerWidth - size.width - 12)) + "px";
    why.style.top = Math.max(4, below ? at.bottom + 2 : at.top - size.height - 2) + "px";
  }
  function leaveWhy() {
    clearTimeout(leaving);
    leaving = setTimeout(function () { if (asked !== document.activeElement) { hideWhy(); } }, 250);
  }
  document.addEventListener("mouseover", showWhy);
  document.addEventListener("focusin", showWhy);
  document.addEventListener("mouseout", leaveWhy);
  document.addEventListener("focusout", hideWhy);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { hideWhy(); } });
  document.addEventListener("scroll", function (event) {
    if (!asked || why.contains(event.target)) { return; }
    if (asked === document.activeElement) { placeWhy(); } else { hideWhy(); }
  }, true);

  function open() {
    var id = decodeURIComponent(location.hash.slice(1));
    if (id && !document.getElementById(id)) { lists.forEach(function (list) { list.reveal(id); }); }
    var target = id && document.getElementById(id);
    for (var up = target; up; up = up.parentElement) { if (up.tagName === "DETAILS") { up.open = true; } }
    if (target) { target.scrollIntoView({ behavior: "instant" }); }
  }
  window.addEventListener("hashchange", open);
  if (location.hash) { open(); }
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (fold) { fold.open = true; });
    lists.forEach(function (list) { list.drawAll(); });
  });

  if ("IntersectionObserver" in window) {
    var links = {};
    document.querySelectorAll("nav.toc a").forEach(function (a) { links[a.getAttribute("href").slice(1)] = a; });
    var watch = new IntersectionObserver(function (seen) {
      seen.forEach(function (entry) {
        if (!entry.isIntersecting) { return; }
        Object.keys(links).forEach(function (id) {
          links[id].classList.toggle("here", id === entry.target.id);
          if (id === entry.target.id) { links[id].setAttribute("aria-current", "true"); } else { links[id].removeAttribute("aria-current"); }
        });
      });
    }, { rootMargin: "-10% 0px -80% 0px" });
    document.querySelectorAll("main section").forEach(function (section) { watch.observe(section); });
  }
})();
