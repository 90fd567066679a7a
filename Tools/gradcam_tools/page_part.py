"""Pages of which scripts write a part each, and people the rest."""

from pathlib import Path


def write_part(path: Path, mark: str, text: str, introduction: str | None = None) -> None:
    """Replaces the part of a page between `<!-- mark -->` and `<!-- /mark -->`, or adds it; the rest
    of the page stays. A page that is not there begins with the introduction; without one it must be."""
    start, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    part = f"{start}\n\n{text}\n{end}"
    page = path.read_text() if introduction is None or path.exists() else introduction
    if start in page:
        before, rest = page.split(start, 1)
        page = before + part + rest.split(end, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n{part}\n"
    unfinished = path.with_suffix(".partial")
    unfinished.write_text(page)
    unfinished.replace(path)
