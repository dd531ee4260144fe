"""How a report looks: a brand (logo, colours, title) and a user's own templates."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from jinja2 import TemplateError, TemplateSyntaxError
from pydantic import BaseModel, ConfigDict, Field

from planner import document
from planner.errors import InputError
from planner.report.language import PLAIN_CODE, Code, Language, with_own_words

LEAST_CONTRAST = 4.5  # WCAG 2.1, success criterion 1.4.3, for text of normal size
LARGEST_LOGO = 200_000  # bytes; the page carries it in itself
KINDS = {".svg": ("svg", "image/svg+xml"), ".png": ("png", "image/png")}

FAULTS_OF_EXPRESSIONS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class Colours(BaseModel):
    """Colours as #rrggbb: `head` lies behind white text, `accent` is the colour of links on white."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    head: Colour = "#10263c"
    accent: Colour = "#0b5fa5"


class BrandFile(BaseModel):
    """A brand as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(default="", max_length=80)
    logo: str = ""
    colours: Colours = Colours()
    language: Code = PLAIN_CODE


@dataclass(frozen=True)
class Logo:
    """A picture and its kind, "svg" or "png"."""

    kind: str
    mime_type: str
    content: bytes

    @property
    def address(self) -> str:
        """The picture as an address that needs no network."""
        return f"data:{self.mime_type};base64,{base64.b64encode(self.content).decode()}"


@dataclass(frozen=True)
class Brand:
    """What the reader sees of the house: a title beside the plan's, a logo, colours."""

    title: str = ""
    logo: Logo | None = None
    colours: Colours = field(default_factory=Colours)
    language: Code = PLAIN_CODE


@dataclass(frozen=True)
class Look:
    """A brand, the folder of a user's own templates, and a language in place of the brand's."""

    brand: Brand = field(default_factory=Brand)
    templates: Path | None = None
    code: Code | None = None

    @property
    def language(self) -> Language:
        """The catalogue to speak from.

        Raises:
            InputError: the folder has a catalogue that cannot be used.
        """
        return with_own_words(self.code or self.brand.language, self.templates)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Faults of a user's own templates are their input; faults of ours stay faults of ours.

        Raises:
            InputError: the templates cannot be read, are not allowed what they ask for, do not compile, or fail.
        """
        if self.templates is None:
            yield
            return
        import typst  # noqa: PLC0415 - only where it may fail

        try:
            yield
        except (TemplateError, typst.TypstError, *FAULTS_OF_EXPRESSIONS) as error:
            line = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
            found = f"{error}{line}".strip() or type(error).__name__
            hint = "start from a copy of the shipped template"
            raise InputError.of("--template", found, "templates that render", hint, str(self.templates)) from None


PLAIN = Look()


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0 to 1 (WCAG 2.1, definition "relative luminance")."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1, definition "contrast ratio")."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def load_brand(path: Path) -> Brand:
    """Reads a brand.

    Raises:
        InputError: the file is no brand, a colour cannot be read on its ground, or the logo lies outside its folder.
    """
    written = document.build(BrandFile, document.load(path, "brand"))
    for name, colour in (("head", written.colours.head), ("accent", written.colours.accent)):
        ratio = contrast(colour, "#ffffff")
        if ratio < LEAST_CONTRAST:
            found = f"{colour}, contrast {ratio:.1f}:1 with white"
            raise InputError.of(
                f"colours.{name}", found, f"at least {LEAST_CONTRAST}:1", "take a darker colour", str(path)
            )
    logo = _logo(path, written.logo) if written.logo else None
    return Brand(written.title, logo, written.colours, written.language)


def _logo(brand: Path, name: str) -> Logo:
    root = brand.resolve().parent
    file = (root / name).resolve()
    if not file.is_relative_to(root):
        raise InputError.of("logo", f'"{name}"', "a file in the brand's own folder", file=str(brand))
    if file.suffix.lower() not in KINDS:
        raise InputError.of("logo", f'"{name}"', "an .svg or .png file", file=str(brand))
    if not file.is_file():
        raise InputError.of("logo", f'no file "{name}"', "a file in the brand's own folder", file=str(brand))
    content = file.read_bytes()
    if len(content) > LARGEST_LOGO:
        raise InputError.of("logo", f"{len(content):,} bytes", f"at most {LARGEST_LOGO:,} bytes", file=str(brand))
    kind, mime_type = KINDS[file.suffix.lower()]
    whole = content.startswith(b"\x89PNG\r\n\x1a\n") if kind == "png" else re.search(rb"<svg[\s>]", content)
    if not whole:
        raise InputError.of("logo", f'"{name}" is no {kind.upper()} picture', "an .svg or .png file", file=str(brand))
    return Logo(kind, mime_type, content)
