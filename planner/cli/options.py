"""Options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


class Number(click.FloatRange):
    """A number in a range that is finite: click takes nan, and compares it with nothing."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number, or a usage error."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{number} is not a finite number.", param, ctx)
        return number


catalog_option: Callable[[F], F] = click.option(
    "--catalog", "catalogs", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
    help="A folder of your own catalog files, searched first. May be given more than once.",
)  # fmt: skip
prices_option: Callable[[F], F] = click.option(
    "--prices", "prices", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Your own price book (YAML or CSV), searched first.",
)  # fmt: skip
language_option: Callable[[F], F] = click.option(
    "--lang", "lang", type=click.Choice(["en", "de"]), default=None,
    help="Language of headings, labels, figures and dates. [default: the brand's, else en]",
)  # fmt: skip
text_language_option: Callable[[F], F] = click.option(
    "--lang", "lang", type=click.Choice(["en", "de"]), default="en", show_default=True, help="Language of the text.",
)  # fmt: skip
json_option: Callable[[F], F] = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
request_argument: Callable[[F], F] = click.argument("request_file", metavar="REQUEST", type=click.Path(path_type=Path))
