"""The three ways a run can end badly, each with a message a person can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_PROBLEMS = 20


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of an input: the place, what was found there, what was expected, and what to do.

    `line` and `column` count from 1; 0 means that the place has no line (a missing file, a command-line option).
    """

    file: str
    line: int
    column: int
    where: str
    found: str
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        parts = [f"{place}: {self.where}: " if self.where else f"{place}: ", f"found {self.found}"]
        parts.append(f", expected {self.expected}")
        if self.hint:
            parts.append(f"; {self.hint}")
        return "".join(parts)


class Expected(ValueError):  # noqa: N818 - a part of a message, not an error that users see
    """A value that breaks a rule of its field: what was found, what was expected, what to do.

    `at` is the place below the field or entry that is being read.
    """

    def __init__(self, found: str, expected: str, hint: str = "", at: tuple[str, ...] = ()) -> None:
        self.found, self.expected, self.hint, self.at = found, expected, hint, at
        super().__init__(f"found {found}, expected {expected}")


class InputError(Exception):
    """The request, catalog, price book or plan file is wrong. Carries up to twenty problems, in file order.

    The command line prints them and ends with exit code 2.
    """

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        found = [problems] if isinstance(problems, Problem) else sorted(set(problems))
        self.total = len(found)
        self.problems: tuple[Problem, ...] = tuple(found[:MAX_PROBLEMS])
        super().__init__(str(self))

    @classmethod
    def of(cls, where: str, found: str, expected: str, hint: str = "", file: str = "input") -> InputError:
        """One problem without a line number, for rules that no single place of a file states."""
        return cls(Problem(file, 0, 0, where, found, expected, hint))

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if self.total > len(self.problems):
            lines.append(f"and {self.total - len(self.problems)} more")
        return "\n".join(lines)


class Infeasible(Exception):  # noqa: N818 - the public name fixed by the design
    """No plan meets the request. `explanation` says which limits conflict and the cheapest ways out.

    The command line prints it, writes it, and ends with exit code 3, or with 4 where it is not `proven`.
    """

    proven = True

    def __init__(self, message: str, explanation: object | None = None) -> None:
        self.explanation = explanation
        super().__init__(message)


class TimeLimitReached(Exception):  # noqa: N818 - a limit, not an error
    """The time limit stopped the run before there was a first plan: exit code 4."""
