"""The plot of docs/performance.md: wall seconds of each row by corpus, the machine's limit as a line. SVG, by hand."""
from xml.sax.saxutils import escape

# The rows of the plot: what they are beside (a limit), and how they are named.
SHOWN = [("gzip", "limit-gzip", "lapstrake gzip", "ours"), ("zstd", "limit-zstd", "lapstrake zstd", "ours"),
         ("same", None, "nothing changed", "ours"), ("onefile", None, "one file changed", "ours"), ("touched", None, "all touched", "ours"),
         ("umoci", "limit-gzip", "umoci", "peer"), ("zstd-hand", "limit-zstd", "tar | zstd, digests", "peer"),
         ("pigz-hand", "limit-gzip", "tar | pigz, digests", "peer"), ("buildah", "limit-none", "buildah, uncompressed", "peer"),
         ("push", None, "lapstrake push", "ours"), ("push-onefile", None, "push, one file changed", "ours"),
         ("umoci-push", None, "umoci, skopeo copy", "peer")]
STYLE = """text { font: 12px sans-serif; fill: #24292f } .value { fill: #57606a } .head { font-weight: bold; font-size: 14px }
.ours { fill: #0969da } .peer { fill: #afb8c1 } .limit { stroke: #cf222e; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .value { fill: #9198a1 } .ours { fill: #4493f8 } .peer { fill: #59636e } .limit { stroke: #ff7b72 } }"""
LEFT, WIDTH, STEP, BAR = 170, 430, 20, 14


def bars(results, corpus, top):
    rows = [(name, limit, label, kind, results.value(corpus, name)) for name, limit, label, kind in SHOWN]
    rows = [row for row in rows if row[4] is not None]
    # A tool that takes very long does not make the others' bars vanish: its bar is broken off.
    walls = sorted(row[4] for row in rows)
    longest = min(walls[-1], 1.6 * walls[-2]) if len(walls) > 1 else walls[-1]
    size = results.raw["corpora"][corpus]
    lines = ['<text class="head" x="8" y="%d">%s</text>' % (top + 16, escape("%s: %s files, %.1f MB" % (corpus, format(size["files"], ","), size["bytes"] / 1e6)))]
    for at, (_, limit, label, kind, wall) in enumerate(rows):
        y = top + 26 + at * STEP
        length = WIDTH * min(wall, longest) / longest
        lines.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (LEFT - 8, y + 11, escape(label)))
        lines.append('<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/>' % (kind, LEFT, y, max(length, 1), BAR))
        least = limit and results.value(corpus, limit)
        if least:
            x = LEFT + WIDTH * least / longest
            lines.append('<line class="limit" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>' % (x, x, y - 2, y + BAR + 2))
        value = ("%.3f s" if wall < 0.1 else "%.2f s") % wall + (" (bar cut)" if wall > longest else "")
        lines.append('<text class="value" x="%.1f" y="%d">%s</text>' % (LEFT + length + 6, y + 11, value))
    return lines, top + 26 + len(rows) * STEP + 14


def svg(results):
    lines, top = [], 44
    for corpus, rows in results.rows.items():
        if "gzip" in rows and "same" in rows:
            more, top = bars(results, corpus, top)
            lines += more
    head = ('<svg xmlns="http://www.w3.org/2000/svg" width="720" height="%d" viewBox="0 0 720 %d" role="img"'
            ' aria-label="Wall seconds of lapstrake and its peers">\n<style>%s</style>' % (top, top, STYLE))
    key = ('<text x="8" y="14" class="value">Wall seconds, medians. Blue: lapstrake; grey: others; red line: the limit, which is the same</text>\n'
           '<text x="8" y="29" class="value">files read, hashed and compressed, and nothing else.</text>')
    return "\n".join([head, key, *lines, "</svg>"]) + "\n"
