"""What the samples say: medians, slopes, and the goals of the engine with what was reached."""
from statistics import median

KEYS = ("wall", "cpu", "rss", "size")


def fold(samples):
    """The medians of a row's samples; the parts of a limit too."""
    folded = {key: median(sample[key] for sample in samples) for key in KEYS if all(sample.get(key) is not None for sample in samples)}
    folded["others"] = max(sample["others"] for sample in samples)
    if samples[0].get("parts"):
        parts = [sample["parts"] for sample in samples]
        folded["parts"] = {key: median(part[key] for part in parts) for key in parts[0]}
        folded.update(wall=folded["parts"]["limit"], cpu=folded["parts"]["cpu"], size=folded["parts"]["packed"])
        del folded["rss"]
    return folded


class Results:
    def __init__(self, raw):
        self.raw = raw
        self.rows = {corpus: {row: fold(samples) for row, samples in rows.items()} for corpus, rows in raw["samples"].items()}

    def value(self, corpus, row, key="wall"):
        return self.rows.get(corpus, {}).get(row, {}).get(key)

    def ratio(self, corpus, row, other, key="wall"):
        over, under = self.value(corpus, row, key), self.value(corpus, other, key)
        return over / under if over and under else None

    def growth(self, key, codec, big, small):
        """What grew from the smaller corpus to the bigger, with the bytes and files between them."""
        values = self.value(big, codec, key), self.value(small, codec, key)
        if None in values:
            return None
        sizes = [self.raw["corpora"][name] for name in (big, small)]
        return values[0] - values[1], sizes[0]["bytes"] - sizes[1]["bytes"], sizes[0]["files"] - sizes[1]["files"]

    def byte_slope(self, codec, key="cpu"):
        """Per byte: `blob` and its quarter have the same three files."""
        blob = self.growth(key, codec, "blob", "blob/4")
        return blob[0] / blob[1] if blob else None

    def file_slope(self, key="cpu"):
        """Per file, without compression, whose cost depends on what the bytes are: two corpora in two sizes each are two
        equations with two unknowns."""
        blob, web = self.growth(key, "none", "blob", "blob/4"), self.growth(key, "none", "web", "web/2")
        return solve(blob, web)[1] if blob and web else None

    def cpu_bound(self, codec, a_byte, a_file=12e-6):
        """The share of its bound that the CPU of the corpus takes that comes nearest to it (or goes beyond)."""
        shares = []
        for corpus in ("web", "rootfs", "blob"):
            cpu = self.value(corpus, codec, "cpu")
            if cpu:
                size = self.raw["corpora"][corpus]
                shares.append((cpu / (a_byte * size["bytes"] + a_file * size["files"]), corpus))
        return max(shares, default=None)

    def layers_term(self):
        """CPU seconds for each file and further layer."""
        one, many = self.value("web", "none", "cpu"), self.value("web", "many", "cpu")
        if None in (one, many):
            return None
        return max(0.0, many - one) / (self.raw["many_layers"] * self.raw["corpora"]["web"]["files"])

    def worst_memory(self, corpora=None):
        """The row that comes nearest to 64 MB + 250 bytes a file: its share of that, and its name."""
        shares = []
        for corpus, rows in self.rows.items():
            if corpora and corpus not in corpora:
                continue
            for name, row in rows.items():
                if name in ("gzip", "zstd", "none", "same", "onefile", "touched", "many", "push", "huge") and "rss" in row:
                    shares.append((row["rss"] / (64e6 + 250 * self.raw["corpora"][corpus]["files"]), row["rss"], corpus, name))
        return max(shares, default=None)


def solve(first, second):
    (y1, a1, b1), (y2, a2, b2) = first, second
    determinant = a1 * b2 - a2 * b1
    return ((y1 * b2 - y2 * b1) / determinant, (a1 * y2 - a2 * y1) / determinant) if determinant else None


def most(value, bound, form):
    """A goal's two columns: what was measured, and whether it is at most the bound; no verdict without a bound."""
    if value is None:
        return "not measured", ""
    return form(value), "" if bound is None else "pass" if value <= bound else "**miss**"


def seconds(value):
    return "%.3f s" % value if value < 0.1 else "%.2f s" % value


def goals(results):
    """(case, goal, measured, verdict) a line."""
    times = "{:.2f}".format
    lines = []

    def add(case, goal, value, bound, form=times):
        lines.append((case, goal, *most(value, bound, form)))
    add("web, gzip, cold: wall / umoci's", "<= 0.40", results.ratio("web", "gzip", "umoci"), 0.40)
    add("web, gzip, cold: wall / the limit", "<= 1.25", results.ratio("web", "gzip", "limit-gzip"), 1.25)
    add("web, zstd, cold: wall / `tar \\| zstd -3 -T2` with digests", "<= 0.35", results.ratio("web", "zstd", "zstd-hand"), 0.35)
    add("the same / the pipe without digests", "", results.ratio("web", "zstd", "zstd-bare"), None)
    add("the same / the limit", "", results.ratio("web", "zstd", "limit-zstd"), None)
    for corpus in ("rootfs", "blob"):
        add(corpus + ", gzip, cold: wall / umoci's", "<= 0.45", results.ratio(corpus, "gzip", "umoci"), 0.45)
    add("web, nothing changed", "<= 0.15 s", results.value("web", "same"), 0.15, seconds)
    add("web, nothing changed: files opened", "0", results.raw["opened"].get("web"), 0, str)
    add("web, one file changed", "<= 0.35 s", results.value("web", "onefile"), 0.35, seconds)
    for codec in ("gzip", "zstd", "none"):
        add("app, %s, cold" % codec, "<= 15 ms", results.value("app", codec), 0.015, lambda value: "%.1f ms" % (value * 1e3))
    for codec, bound in (("gzip", 6.5), ("zstd", 4.0)):
        slope, worst = results.byte_slope(codec), results.cpu_bound(codec, bound * 1e-9)
        add("CPU per byte, %s (blob)" % codec, "<= %.1f ns" % bound, slope and slope * 1e9, bound, "{:.2f} ns".format)
        add("CPU, %s, the worst of web, rootfs, blob" % codec, "<= %.1f ns per byte + 12 us per file" % bound, worst and worst[0], 1,
            lambda share: "%s: %.2f of that" % (worst[1], share))
    slope = results.file_slope()
    add("CPU per file", "<= 12 us", slope and slope * 1e6, 12, "{:.1f} us".format)
    term = results.layers_term()
    add("CPU per file and additional layer", "none: < 0.2 us", None if term is None else term * 1e6, 0.2, "{:.2f} us".format)
    memory = results.byte_slope("gzip", "rss"), results.file_slope("rss")
    add("peak memory per byte", "none: < 0.01 B", memory[0] and max(0.0, memory[0]), 0.01, "{:.3f} B".format)
    add("peak memory per file", "<= 250 B", memory[1] and max(0.0, memory[1]), 250, "{:.0f} B".format)
    for title, corpora in (("peak memory, the worst row", None), ("200,000 files and 40 GiB (`--huge`)", ["huge"])):
        worst = results.worst_memory(corpora)
        add(title, "<= 64 MB + 250 B per file", worst and worst[0], 1,
            lambda share: "%.0f MB (%s, %s), %.0f %% of that" % (worst[1] / 1e6, worst[2], worst[3], share * 100))
    return lines


def markdown(table, heads, left=1):
    lines = ["| " + " | ".join(heads) + " |", "|" + "|".join(" --- " if at < left else " ---: " for at in range(len(heads))) + "|"]
    return "\n".join(lines + ["| " + " | ".join(line) + " |" for line in table])


def number(value, form, scale=1):
    return "" if value is None else form.format(value / scale)


def corpus_table(results, corpus):
    base = results.value(corpus, "gzip")
    table = []
    for name, row in results.rows[corpus].items():
        if name.startswith("ready-"):
            continue
        small = row.get("rss") and row["rss"] <= results.raw["rss_floor"]
        table.append((results.raw["labels"][name].replace("|", "\\|"), "{:.3f}".format(row["wall"]), "{:.3f}".format(row["cpu"]),
                      "< %.0f" % (row["rss"] / 1e6) if small else number(row.get("rss"), "{:.0f}", 1e6), number(row.get("size"), "{:.2f}", 1e6),
                      number(base and row["wall"], "{:.2f}", base)))
    return markdown(table, ("", "wall s", "CPU s", "peak MB", "output MB", "wall / gzip"))


def limit_table(results):
    parts = ("walk", "read", "sha_raw", "crc", "codec", "sha_packed", "cpu", "limit")
    table = []
    for corpus, rows in results.rows.items():
        for name, row in rows.items():
            if "parts" in row:
                table.append((corpus + ", " + name.removeprefix("limit-"), *("%.3f" % row["parts"][part] for part in parts)))
    return markdown(table, ("CPU seconds", "walk, stat", "open, read", "SHA-256 of the tar", "CRC-32", "codec", "SHA-256 of the blob", "sum", "limit of wall"))


def transfer_goals(results):
    """A push beside others' of the same blobs, which were made before."""
    lines = []
    for corpus in ("web", "rootfs"):
        # A push looks for changed files first, which no other row does.
        for case, row, other, bound in (("copy / skopeo copy", "ready-copy", "ready-skopeo", 1.05), ("copy / one-shot curl", "ready-copy", "ready-curl", 1.05),
                                        ("push / skopeo copy", "ready-push", "ready-skopeo", None), ("push / one-shot curl", "ready-push", "ready-curl", None)):
            goal = "" if bound is None else "<= %.2f" % bound
            lines.append(("%s: wall of %s" % (corpus, case), goal, *most(results.ratio(corpus, row, other), bound, "{:.2f}".format)))
    return lines


def transfer_table(results, corpus):
    base = results.value(corpus, "ready-push")
    return markdown([(results.raw["labels"][name], "{:.3f}".format(row["wall"]), "{:.3f}".format(row["cpu"]), number(row.get("rss"), "{:.0f}", 1e6),
                      number(base and row["wall"], "{:.2f}", base)) for name, row in results.rows[corpus].items() if name.startswith("ready-")],
                    ("", "wall s", "CPU s", "peak MB", "wall / push"))


def heading(raw):
    return "%s; %s, %d CPUs, Linux %s; %d rounds, medians; %s" % (raw["version"], raw["machine"], raw["threads"], raw["kernel"], raw["rounds"], raw["date"])


def transfers(results):
    raw = results.raw
    parts = [heading(raw),
             markdown(transfer_goals(results), ("goal", "at most", "measured", ""), left=1)]
    for corpus in results.rows:
        size = raw["corpora"][corpus]
        parts.append("**%s**, %s files, %.1f MB\n\n%s" % (corpus, format(size["files"], ","), size["bytes"] / 1e6, transfer_table(results, corpus)))
    return "\n\n".join([*parts, disturbed(results)]) + "\n"


def disturbed(results):
    rows = ["%s %s (%.0f %%)" % (corpus, name, row["others"] * 100)
            for corpus, rows in results.rows.items() for name, row in rows.items() if row["others"] > 0.1]
    if results.raw["first"]:
        return "Measured with real-time priority, so that other work on the machine waited."
    if not rows:
        return "No row was disturbed: others had less than 10 % of the CPUs in every sample."
    return "Disturbed by other work on the same CPUs, which took up to the share in brackets: " + ", ".join(rows) + "."


def text(results):
    raw = results.raw
    parts = [heading(raw),
             markdown(goals(results), ("goal", "at most", "measured", ""), left=1)]
    for corpus in results.rows:
        size = raw["corpora"][corpus]
        name = corpus + " (synthetic)" if corpus in raw["synthetic"] else corpus
        parts.append("**%s**, %s files, %.1f MB\n\n%s" % (name, format(size["files"], ","), size["bytes"] / 1e6, corpus_table(results, corpus)))
    if any("parts" in row for rows in results.rows.values() for row in rows.values()):
        parts.append(limit_table(results))
    parts.append(disturbed(results))
    return "\n\n".join(parts) + "\n"
