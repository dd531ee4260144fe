"""Where the catalogs and templates are: inside an installed wheel, or beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path


def data_root() -> Path:
    """The folder that holds `catalogs/` and `templates/`.

    A wheel carries them in `planner/_data`; a checkout or an editable install has them beside the package.
    """
    here = Path(__file__).resolve().parent
    packed = here / "_data"
    return packed if packed.is_dir() else here.parent
