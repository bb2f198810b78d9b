"""QR codes, drawn as one path: a code from the desk on paper, the card for desks with a camera."""

import segno
from markupsafe import Markup

QUIET = 4  # modules of white around it (ISO/IEC 18004)


def square(text: str, label: str) -> Markup:
    """Draw a QR code that holds `text`; `label` says it in words. Medium error correction."""
    rows = segno.make(text, error="m", micro=False, boost_error=False).matrix
    path = []
    for down, row in enumerate(rows):
        at = 0
        while at < len(row):
            end = at + 1
            while end < len(row) and row[end] == row[at]:
                end += 1
            if row[at]:
                path.append(f"M{at + QUIET} {down + QUIET}h{end - at}v1h-{end - at}z")
            at = end
    side = len(rows) + 2 * QUIET
    return Markup(
        '<svg class="qr" viewBox="0 0 {} {}" role="img" aria-label="{}" shape-rendering="crispEdges">'
        '<rect width="100%" height="100%" fill="#fff"/><path fill="#000" d="{}"/></svg>'
    ).format(side, side, label, "".join(path))
