"""The page in a real browser: its script runs, sorts and filters; skipped where no Chromium is installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sample_plan import large_plan, sample_plan

from planner.report import Look, render_html
from planner.report.language import LANGUAGES, Code, say

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = Path(os.environ.get("AXE_CORE", Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"))
PROBE = """
<script>(function () {
  var out = { errors: [], requests: performance.getEntriesByType("resource").map(function (e) { return e.name; }) };
  window.addEventListener("error", function (e) { out.errors.push(String(e.message)); });
  var box = document.getElementById("bill-lines");
  var table = box.querySelector("table"), search = box.querySelector("input"), choose = box.querySelector("select");
  function lines() {
    return Array.prototype.map.call(table.querySelectorAll("tbody tr:not(.g)"), function (row) {
      return row.hidden ? null : row.cells[0].textContent;
    }).filter(function (text) { return text !== null; });
  }
  function type(text) { search.value = text; search.dispatchEvent(new Event("input")); }
  out.all = lines();
  type("qm9700"); out.found = lines(); out.said = box.querySelector("[aria-live]").textContent;
  type("");
  choose.value = "Network"; choose.dispatchEvent(new Event("change")); out.group = lines();
  choose.value = ""; choose.dispatchEvent(new Event("change"));
  var typical = table.querySelectorAll("thead button")[6];
  typical.click(); out.rising = lines(); out.aria = typical.parentNode.getAttribute("aria-sort");
  typical.click(); out.falling = lines();
  typical.click(); out.back = lines();
  var toggle = document.querySelector(".theme"), before = getComputedStyle(document.body).backgroundColor;
  toggle.click(); out.themed = getComputedStyle(document.body).backgroundColor !== before;
  location.hash = "#information"; window.dispatchEvent(new Event("hashchange"));
  out.opened = document.getElementById("information").open;
  out.wide = document.documentElement.scrollWidth <= window.innerWidth;
  document.documentElement.setAttribute("data-result", JSON.stringify(out));
})();</script></body>"""


AXE_PROBE = """
<script>(function () {
  function said(result) {
    return result.violations.map(function (v) { return v.id + ": " + v.nodes[0].html.slice(0, 160); });
  }
  document.documentElement.setAttribute("data-theme", "THEME");
  document.querySelectorAll("details").forEach(function (fold) { fold.open = true; });
  axe.run(document).then(function (whole) {
    var flat = document.createElement("style");
    flat.textContent = "thead th{position:static!important}" +
      ".scroll{overflow:visible!important;max-height:none!important}";
    document.head.appendChild(flat);
    return axe.run(document, { runOnly: ["color-contrast"] }).then(function (flatly) {
      var judged = flatly.passes.reduce(function (sum, rule) { return sum + rule.nodes.length; }, 0);
      var out = { found: said(whole).concat(said(flatly)), rules: whole.passes.length, judged: judged };
      document.documentElement.setAttribute("data-result", JSON.stringify(out));
    });
  });
})();</script></body>"""

LAZY_PROBE = """
<script>(function () {
  var box = document.getElementById("bill-lines"), frame = box.querySelector(".scroll");
  var search = box.querySelector("input"), out = {};
  function drawn() { return box.querySelectorAll("tbody tr:not(.g)").length; }
  out.first = drawn(); out.said = box.querySelector("[aria-live]").textContent;
  frame.scrollTop = frame.scrollHeight; frame.dispatchEvent(new Event("scroll")); out.scrolled = drawn();
  var start = performance.now();
  search.value = "4999"; search.dispatchEvent(new Event("input"));
  out.search_ms = performance.now() - start;
  out.found = Array.prototype.map.call(box.querySelectorAll("tbody tr:not(.g)"), function (r) { return r.id; });
  search.value = ""; search.dispatchEvent(new Event("input")); out.again = drawn();
  out.hidden = document.getElementById("line-4321") === null;
  location.hash = "#line-4321"; window.dispatchEvent(new Event("hashchange"));
  var target = document.getElementById("line-4321");
  out.linked = target !== null && target.getBoundingClientRect().top < window.innerHeight;
  start = performance.now(); window.dispatchEvent(new Event("beforeprint"));
  out.print_ms = performance.now() - start; out.printed = drawn();
  document.documentElement.setAttribute("data-result", JSON.stringify(out));
})();</script></body>"""

WHY_PROBE = """
<script>(function () {
  var why = document.getElementById("why"), out = { before: why.hidden };
  var price = document.querySelector("#bill-lines button.why");
  price.scrollIntoView({ behavior: "instant", block: "center" }); price.focus({ preventScroll: true });
  out.focused = why.hidden ? "" : why.textContent;
  out.described = price.getAttribute("aria-describedby");
  var box = why.getBoundingClientRect();
  out.inside = box.left >= 0 && box.right <= window.innerWidth && box.top >= 0 && box.bottom <= window.innerHeight;
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })); out.escaped = why.hidden;
  var total = price.closest("tr").querySelector("span[data-w]");
  total.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })); out.pointed = !why.hidden;
  var whole = document.querySelector("#patterns td.r");
  whole.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })); out.inherited = why.textContent;
  document.querySelector("#tiers-1 thead button.why").focus(); out.column = why.textContent;
  out.led = Array.from((out.focused + out.inherited + out.column).matchAll(/\\[(\\d+)\\]/g), function (found) {
    return document.getElementById("origin-" + found[1]) !== null;
  });
  document.querySelector("#patterns td button.why").focus(); out.fact = why.textContent;
  document.querySelector("button.why[data-w]").blur(); document.activeElement.blur(); out.left = why.hidden;
  document.documentElement.setAttribute("data-result", JSON.stringify(out));
})();</script></body>"""


def results(page: str, folder: Path, width: int, budget_ms: int = 3000) -> Any:
    """What the page's own script left in `data-result`."""
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    words = [
        str(CHROMIUM), *QUIET, f"--virtual-time-budget={budget_ms}", f"--user-data-dir={folder / 'profile'}",
        f"--window-size={width},900", "--dump-dom",
    ]  # fmt: skip
    done = subprocess.run([*words, file.as_uri()], capture_output=True, check=True, timeout=100)
    found = re.search(r'data-result="([^"]*)"', done.stdout.decode())
    assert found, "the script did not run to its end"
    return json.loads(unescape(found[1]))


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm install axe-core, or set AXE_CORE")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 420])
@pytest.mark.parametrize("code", LANGUAGES)
def test_axe_finds_nothing(tmp_path: Path, code: Code, theme: str, width: int) -> None:
    axe = AXE.read_text(encoding="utf-8").replace("</script", "<\\/script")
    probe = f"<script>{axe}</script>" + AXE_PROBE.replace("THEME", theme)
    out = results(render_html(sample_plan(), look=Look(code=code)).replace("</body>", probe), tmp_path, width, 60_000)
    assert out["found"] == []
    assert out["rules"] > 20 and out["judged"] > 200  # it looked


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("width", [1400, 420])
def test_the_page_sorts_filters_and_asks_nothing_of_the_network(tmp_path: Path, width: int) -> None:
    out = results(render_html(sample_plan()).replace("</body>", PROBE), tmp_path, width)
    every = [str(line.line) for line in sample_plan().bill]
    assert out["errors"] == [] and out["requests"] == []
    assert out["all"] == out["back"] == every
    assert out["found"] == ["3"] and out["said"] == "1 of 13 rows"
    assert out["group"] == ["3", "4", "5"]
    priced = sorted((line for line in sample_plan().bill if line.extended), key=lambda line: line.extended.typical)
    unpriced = [str(line.line) for line in sample_plan().bill if line.extended is None]
    assert out["rising"][: len(priced)] == [str(line.line) for line in priced]
    assert out["rising"][len(priced) :] == out["falling"][len(priced) :] == unpriced
    assert out["aria"] == "ascending"
    assert out["themed"] and out["opened"] and out["wide"]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_long_tables_are_drawn_as_far_as_they_are_looked_at(tmp_path: Path) -> None:
    page = render_html(large_plan(1000, 5000))
    out = results(page.replace("</body>", LAZY_PROBE), tmp_path, 1400, 20_000)
    assert out["first"] == 200 and out["said"] == "5,000 of 5,000 rows"
    assert 200 < out["scrolled"] < 1000
    assert out["found"] == ["line-4999"] and out["again"] == 200
    assert out["hidden"] and out["linked"], out
    assert out["printed"] == 5000
    assert out["search_ms"] < 2000 and out["print_ms"] < 2000


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize("width", [1400, 420])
def test_a_number_says_where_it_comes_from_by_pointer_and_by_keyboard(tmp_path: Path, width: int) -> None:
    out = results(render_html(sample_plan()).replace("</body>", WHY_PROBE), tmp_path, width)
    line = next(line for line in sample_plan().bill if line.unit_price)
    assert out["before"] and out["described"] == "why" and out["inside"]
    assert line.price_source in out["focused"] and line.price_as_of in out["focused"]
    assert line.price_confidence in out["focused"]
    assert out["escaped"] and out["pointed"] and out["left"]
    assert say("origin.racks") in out["inherited"] and say("origin.fabric-count") in out["column"]
    assert len(out["led"]) > 5 and all(out["led"])
    assert "not published" in out["fact"] or "confidence" in out["fact"]
