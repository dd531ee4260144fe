"""The command line from the outside: what it loads, what it says, and each exit code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import TypeAdapter

from planner import cli, document
from planner.catalog.check_values import CatalogFinding
from planner.errors import TimeLimitReached

ROOT = Path(__file__).parents[1]
GOOD = ROOT / "tests" / "bad" / "good.yaml"


def run(*words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["planner", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plan of the small request, made through the command line in a process of its own."""
    folder = tmp_path_factory.mktemp("planned")
    words = ["plan", str(GOOD), "-o", str(folder / "out"), "--no-reports"]
    code = "from planner.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "out"


def loaded_by(*words: str) -> tuple[str, set[str]]:
    """What a command prints, and the top-level packages in the process when it ends."""
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr))\n"
        "from planner.cli import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    return done.stdout, set(done.stderr.split())


def test_help_names_every_command_and_loads_no_solver() -> None:
    text, packages = loaded_by("--help")
    assert all(f"\n  {name} " in text for name in cli.COMMANDS)
    assert not packages & {"ortools", "pandas", "numpy", "typst", "jinja2", "pydantic", "yaml"}


def test_verify_loads_no_solver(planned: Path) -> None:
    text, packages = loaded_by("verify", str(planned / "plan.json"))
    assert " 0 errors" in text
    assert "ortools" not in packages


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_help(name, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    assert run(name, "--help", monkeypatch=monkeypatch) == cli.OK
    assert f"Usage: planner {name}" in capsys.readouterr().out


def test_version(monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    from importlib.metadata import version

    assert run("--version", monkeypatch=monkeypatch) == cli.OK
    assert capsys.readouterr().out == f"planner, version {version('ai-factory-planner')}\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["paln"], 'no such command "paln"; did you mean "plan"?'),
        (["zzz"], 'no such command "zzz"; see planner --help'),
        (["plan"], "Missing argument 'REQUEST'."),
        (["plan", "r.yaml", "--objektive", "tco"], "--objektive"),
        (["plan", "r.yaml", "--time-limit", "0"], "Invalid value for '--time-limit': 0.0 is not in the range x>0."),
        (["schema", "recipe"], "'recipe' is not one of 'request', 'catalog', 'plan', 'prices'."),
        (["catalog", "check", "--today", "1 May"], "Invalid value for '--today'"),
        (["catalog", "list", "--kind", "systm"], 'found "systm", expected one of accelerator'),
        (["catalog", "show", "nvidia-dgx-b2000"], 'expected an id of the catalog; did you mean "nvidia-dgx-b200"?'),
        (["plan", str(GOOD), "--objective", "capex,capex"], 'found "capex,capex", expected one or more of'),
        (["plan", str(GOOD), "--objective", "cost"], 'found "cost", expected one of capex'),
    ],
)
def test_a_wrong_command_line_is_bad_input(words, message, monkeypatch, capsys, tmp_path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    assert run(*words, monkeypatch=monkeypatch) == cli.BAD_INPUT
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_plan_writes_and_verify_accepts(planned, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    assert {"bom.csv", "plan.json"} <= {path.name for path in planned.iterdir()}
    assert not list(planned.glob("report.*"))
    assert run("verify", str(planned / "plan.json"), "--json", monkeypatch=monkeypatch) == cli.OK
    assert json.loads(capsys.readouterr().out)["errors"] == 0


def test_a_plan_that_does_not_hold_fails_the_check(planned, tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    data = json.loads((planned / "plan.json").read_text())
    data["headline"]["accelerators"] += 8
    (tmp_path / "plan.json").write_text(json.dumps(data))
    assert run("verify", str(tmp_path / "plan.json"), monkeypatch=monkeypatch) == cli.CHECK_FAILED
    assert "error: " in capsys.readouterr().out


def too_small(folder: Path) -> Path:
    """The good request in a hall whose feeds carry next to nothing."""
    path = folder / "small.yaml"
    path.write_text(GOOD.read_text().replace("capacity: 200 kW", "capacity: 1 kW"))
    return path


def test_infeasible_prints_and_writes_the_explanation(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    request = too_small(tmp_path)
    assert run("plan", str(request), "-o", str(tmp_path / "out"), monkeypatch=monkeypatch) == cli.INFEASIBLE
    said = capsys.readouterr().err
    assert said.startswith("No plan meets this request.\n")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"explanation.json", "explanation.txt"}
    assert (tmp_path / "out" / "explanation.txt").read_text() == said


def test_the_explanation_is_in_the_language_asked_for(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    request = str(too_small(tmp_path))
    assert run("explain", request, "--lang", "de", monkeypatch=monkeypatch) == cli.INFEASIBLE
    said = capsys.readouterr().out
    assert said.startswith("Kein Plan erfüllt diese Anfrage.\n")
    out = tmp_path / "out"
    assert run("plan", request, "-o", str(out), "--lang", "de", monkeypatch=monkeypatch) == cli.INFEASIBLE
    assert (out / "explanation.txt").read_text(encoding="utf-8") == capsys.readouterr().err == said
    assert "Kein Plan" not in (out / "explanation.json").read_text(encoding="utf-8")  # programs read English
    assert run("explain", str(GOOD), "--lang", "de", monkeypatch=monkeypatch) == cli.OK
    assert capsys.readouterr().out == "Zu dieser Anfrage gibt es einen Plan: planner plan aufrufen.\n"


def test_explain_ends_as_plan_does(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    assert run("explain", str(too_small(tmp_path)), "--json", monkeypatch=monkeypatch) == cli.INFEASIBLE
    assert json.loads(capsys.readouterr().out)["conflict"]
    assert run("explain", str(GOOD), monkeypatch=monkeypatch) == cli.OK


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (TimeLimitReached("stopped after 1 s"), cli.NO_PLAN_IN_TIME, "stopped after 1 s\n"),
        (KeyboardInterrupt(), cli.NO_PLAN_IN_TIME, "stopped\n"),
    ],
)
def test_ways_to_stop(raised, code, said, tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    def stop(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("planner.plan.build.make_plan", stop)
    assert run("plan", str(GOOD), "-o", str(tmp_path / "out"), monkeypatch=monkeypatch) == code
    assert capsys.readouterr().err.lstrip("\n") == said
    assert not (tmp_path / "out").exists()


def test_a_faulty_plan_file_names_the_line(planned, tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    text = (planned / "plan.json").read_text()
    lines = text.splitlines()
    line = next(number for number, found in enumerate(lines, start=1) if found.startswith('    "racks": '))
    lines[line - 1] = '    "racks": "many",'
    (tmp_path / "plan.json").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    for words in (["verify", "plan.json"], ["report", "plan.json", "--csv", "b.csv"]):
        assert run(*words, monkeypatch=monkeypatch) == cli.BAD_INPUT
        said = capsys.readouterr().err
        assert said == f'plan.json:{line}:14: headline.racks: found "many", expected a whole number\n'
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_a_reader_that_leaves_is_no_fault() -> None:
    code = "import sys; from planner.cli import main; sys.argv[1:] = ['catalog', 'list']; main()"
    words = f'{sys.executable} -c "{code}" | head -1'
    done = subprocess.run(["bash", "-o", "pipefail", "-c", words], capture_output=True, text=True, check=False)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")


def test_schemas_accept_what_the_planner_reads(monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    found = {}
    for name in ("request", "catalog", "plan", "prices"):
        assert run("schema", name, monkeypatch=monkeypatch) == cli.OK
        found[name] = json.loads(capsys.readouterr().out)
    assert found["request"]["title"] == "request/v1"
    named = found["request"]["properties"]
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        data = document.load(path).data
        assert set(found["request"]["required"]) <= set(data) <= set(named)
    kinds = {part["$ref"].rpartition("/")[2] for part in found["catalog"]["anyOf"]}
    assert {"System", "Switch", "Region"} <= kinds
    assert "entries" in found["prices"]["required"]


def test_catalog_list_and_show(monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    assert run("catalog", "list", "--json", monkeypatch=monkeypatch) == cli.OK
    entries = {(entry["kind"], entry["id"]) for entry in json.loads(capsys.readouterr().out)}
    files = {(p.parent.name, p.stem) for p in (ROOT / "catalogs").glob("*/*.yaml")}
    assert {e for e in entries if e[0] == "system"} == {f for f in files if f[0] == "system"}
    assert {e[1] for e in entries if e[0] == "model"} == {f[1] for f in files if f[0] == "models"}
    assert run("catalog", "show", "nvidia-dgx-b200", monkeypatch=monkeypatch) == cli.OK
    lines = capsys.readouterr().out.splitlines()
    raw = document.load(ROOT / "catalogs" / "system" / "nvidia-dgx-b200.yaml").data
    at = lines.index("  power_design_w: 14,300 W")
    assert lines[at + 1] == f"    {raw['source']}; {raw['as_of']}; vendor"
    assert lines[at + 2] == f"    note: {raw['power_design_w']['note']}"
    assert "  power_typical_w: unknown" in lines


def test_catalog_show_takes_your_prices(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "q.csv").write_text(
        "product,typical,currency,source,as_of\nnvidia-dgx-b200,412345,EUR,quote 4711,2026-11-01\n"
    )
    words = ("catalog", "show", "nvidia-dgx-b200", "--prices", str(tmp_path / "q.csv"), "--json")
    assert run(*words, monkeypatch=monkeypatch) == cli.OK
    prices = json.loads(capsys.readouterr().out)["prices"]
    assert [(p["typical"], p["source"]) for p in prices if p["basis"] == "bare"] == [(412345, "quote 4711")]


def test_catalog_check_of_our_own_and_of_a_bad_product(tmp_path, monkeypatch, capsys) -> None:  # type: ignore[no-untyped-def]
    words = ("catalog", "check", "--today", "2026-11-21", "--json")
    assert run(*words, monkeypatch=monkeypatch) == cli.OK
    assert json.loads(capsys.readouterr().out)["errors"] == 0
    (tmp_path / "rack").mkdir()
    (tmp_path / "rack" / "acme-rack.yaml").write_text(
        "schema: catalog/v1\nkind: rack\nid: acme-rack\nname: R\nvendor: Acme\nsource: s\nas_of: 2026-12-24\n"
        "weight_kg: 150\n"
    )
    assert run(*words, "--catalog", str(tmp_path), monkeypatch=monkeypatch) == cli.CHECK_FAILED
    findings = TypeAdapter(list[CatalogFinding]).validate_python(json.loads(capsys.readouterr().out)["findings"])
    assert [f.text for f in findings if f.severity == "error"] == ["weight_kg is dated 33 days after 2026-11-21"]


def test_help_stays_quick() -> None:
    """Imports of --help against those of click alone, counted in modules: time would depend on the machine."""
    count = "import sys; print(len(sys.modules))"
    bare = subprocess.run([sys.executable, "-c", f"import {click.__name__}; {count}"], capture_output=True, check=True)
    ours = subprocess.run([sys.executable, "-c", f"import planner.cli; {count}"], capture_output=True, check=True)
    assert int(ours.stdout) < 1.5 * int(bare.stdout)


@pytest.mark.parametrize(
    ("change", "place", "found"),
    [
        ({"positions": []}, "hall-1/A01", "the rack stands at no position"),
        ({"pattern": "nope"}, "hall-1/A01", '"nope" is no pattern of hall hall-1'),
    ],
)
def test_a_plan_whose_parts_do_not_fit_is_refused(
    change: dict[str, Any], place: str, found: str, planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    plan = json.loads((planned / "plan.json").read_text())
    rack = plan["racks"][0]
    place = place.replace("hall-1/A01", rack["id"]).replace("hall-1", rack["hall"])
    found = found.replace("hall-1", rack["hall"])
    rack.update(change)
    broken, out = tmp_path / "plan.json", tmp_path / "out"
    broken.write_text(json.dumps(plan))
    expected = "a plan whose parts fit together; take the file as `planner plan` wrote it"
    for words in (["report", "--html"], ["draw", "--what", "floor", "-o"], ["export", "--to", "netbox", "-o"]):
        name = f"{out}.svg" if words[0] == "draw" else str(out)
        assert run(words[0], str(broken), *words[1:], name, monkeypatch=monkeypatch) == cli.BAD_INPUT
        assert capsys.readouterr().err == f"{broken}: {place}: found {found}, expected {expected}\n"
    assert sorted(tmp_path.iterdir()) == [broken]


@pytest.mark.parametrize("seconds", ["nan", "inf", "0", "-1"])
def test_a_time_limit_is_a_finite_time(
    seconds: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("plan", str(GOOD), "-o", str(tmp_path / "out"), "--time-limit", seconds)
    assert run(*words, monkeypatch=monkeypatch) == cli.BAD_INPUT
    assert "Invalid value for '--time-limit'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_output_that_finds_no_space() -> None:
    code = "from planner.cli import main; main()"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code, "schema", "request"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    said = "output: found no space left, expected room to write; free some, or write elsewhere\n"
    assert (done.returncode, done.stderr) == (cli.BAD_INPUT, said)


def test_ctrl_c_while_a_library_loads(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Numpy and OR-Tools swallow the interrupt and raise an ImportError of their own."""

    def loading(**_: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("initialization failed") from None

    monkeypatch.setattr(cli, "cli", loading)
    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        assert run("plan", monkeypatch=monkeypatch) == cli.NO_PLAN_IN_TIME
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == "stopped\n"


def test_a_library_that_does_not_load_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def loading(**_: object) -> None:
        raise ImportError("no such library")

    monkeypatch.setattr(cli, "cli", loading)
    with pytest.raises(ImportError, match="no such library"):
        cli.main()
