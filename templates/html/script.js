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

  function rowsOf(table) { return Array.prototype.slice.call(table.querySelectorAll("tbody tr:not(.g)")); }

  function setUp(box) {
    var table = box.querySelector("table");
    var search = box.querySelector("input");
    var group = box.querySelector("select");
    var count = box.querySelector("[aria-live]");
    var bodies = Array.prototype.slice.call(table.tBodies);
    var order = rowsOf(table);
    var homes = order.map(function (row) { return row.parentNode; });
    var texts = new Map();
    var sorted = -1, up = true;

    function textOf(row) {
      var found = texts.get(row);
      if (found === undefined) { found = row.textContent.toLowerCase(); texts.set(row, found); }
      return found;
    }
    function filter() {
      var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      var wanted = group ? group.value : "";
      var shown = 0;
      order.forEach(function (row, index) {
        var fits = words.every(function (word) { return textOf(row).indexOf(word) >= 0; });
        fits = fits && (!wanted || homes[index].getAttribute("data-g") === wanted);
        row.hidden = !fits;
        if (fits) { shown += 1; }
      });
      bodies.forEach(function (body) {
        var head = body.querySelector("tr.g");
        if (head) { head.hidden = sorted >= 0 || !body.querySelector("tr:not(.g):not([hidden])"); }
      });
      count.textContent = count.getAttribute("data-says").replace("{shown}", shown.toLocaleString(lang)).replace("{all}", order.length.toLocaleString(lang));
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
    function sort(column) {
      if (sorted === column && !up) { sorted = -1; } else { up = sorted !== column; sorted = column; }
      table.querySelectorAll("thead th").forEach(function (th, index) {
        if (index === sorted) { th.setAttribute("aria-sort", up ? "ascending" : "descending"); } else { th.removeAttribute("aria-sort"); }
      });
      if (sorted < 0) {
        order.forEach(function (row, index) { homes[index].appendChild(row); });
      } else {
        var keyed = order.map(function (row, index) { return { row: row, key: key(row, column), index: index }; });
        keyed.sort(function (a, b) { return compare(a.key, b.key) || a.index - b.index; });
        keyed.forEach(function (entry) { bodies[0].appendChild(entry.row); });
      }
      filter();
    }
    search.addEventListener("input", filter);
    if (group) { group.addEventListener("change", filter); }
    table.querySelectorAll("thead th button").forEach(function (button, index) {
      button.addEventListener("click", function () { sort(index); });
    });
    filter();
  }
  document.querySelectorAll(".tools").forEach(setUp);

  function open() {
    var id = decodeURIComponent(location.hash.slice(1));
    var target = id && document.getElementById(id);
    for (var up = target; up; up = up.parentElement) { if (up.tagName === "DETAILS") { up.open = true; } }
    if (target && target.hidden) { target.hidden = false; }
    if (target) { target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", open);
  if (location.hash) { open(); }
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (fold) { fold.open = true; });
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
