"""A picture that cannot be shown, as a picture that says why: a tile shows it where the picture would be. Pure."""
from xml.sax.saxutils import escape

LINE = 15
_PER_LETTER = 6.2


def drawn(said: str, *, width: int, height: int) -> str:
    """An SVG with the sentence in it, wrapped; in colours that can be read on either ground. No style and no script in it."""
    at_most = max(8, int((width - 16) / _PER_LETTER))
    rows = max(1, (height - 10) // LINE)
    lines = wrapped(said, at_most)
    if len(lines) > rows:
        lines = [*lines[:rows - 1], lines[rows - 1][:at_most - 1] + "…"]
    top = (height - LINE * len(lines)) / 2 + 11
    text = "".join(f'<text x="8" y="{top + LINE * place:g}">{escape(line)}</text>' for place, line in enumerate(lines))
    size = f'width="{width}" height="{height}"'
    return (f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" role="img">'
            f'<title>{escape(said)}</title><rect {size} fill="#23282d"/><rect width="3" height="{height}" fill="#e5827a"/>'
            f'<g fill="#d7dce1" font-size="11" font-family="system-ui, DejaVu Sans, sans-serif">{text}</g></svg>')


def wrapped(said: str, at_most: int) -> list[str]:
    """Lines of at most so many letters; a longer word is cut."""
    lines = [""]
    for word in said.split():
        while len(word) > at_most:
            lines, word = [*lines, word[:at_most]] if lines[-1] else [*lines[:-1], word[:at_most]], word[at_most:]
        if lines[-1] and len(lines[-1]) + 1 + len(word) > at_most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
