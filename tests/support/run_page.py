"""Runs the commands of a page of the docs and compares their output with the page.

usage: run_page.py PAGE...

In a ```console block a line `$ COMMAND` is run (`> ` continues it) and the lines below it are its expected output: each must appear, in this
order; there may be other lines between them. `...` stands for any text; digests (sha256:...), sizes and times of the page stand for any.
A page's blocks share one shell. A command must end with 0, unless the page shows `[exit N]`. A block under a line
`<!-- not run: REASON -->` is skipped, and so is one under `<!-- needs: TOOL TOOL -->` if a tool is not installed.
"""
import re
import shutil
import subprocess
import sys

MARK = "@@run-page-mark@@"


def blocks(text):
    skipped = block = None
    for number, line in enumerate(text.splitlines(), 1):
        if block is not None:
            if line.startswith("```"):
                if skipped is None:
                    yield block
                block = skipped = None
            else:
                block.append((number, line))
        elif line.startswith("```console"):
            block = []
        elif line.startswith("<!-- not run:"):
            skipped = line
        elif line.startswith("<!-- needs:"):
            missing = [tool for tool in line[len("<!-- needs:"):-len("-->")].split() if not shutil.which(tool)]
            if missing:
                skipped = line
                print(f"NOT RUN (in part): a block of the docs, for {', '.join(missing)} is not installed")
        elif line.strip():
            skipped = None


def commands(block):
    current = None
    for number, line in block:
        if line.startswith("$ "):
            if current:
                yield current
            current = {"line": number, "run": line[2:], "shows": []}
        elif current and not current["shows"] and line.startswith("> "):
            current["run"] += "\n" + line[2:]
        elif current:
            current["shows"].append(line)
    if current:
        yield current


def pattern(line):
    """The regular expression of a line that a page shows."""
    parts = re.split(r"(sha256:[0-9a-f.]+|\.\.\.|\b\d+(?:\.\d+)? (?:[kMG]i?B|B|ms|s)\b)", line.strip())
    out = ""
    for part in parts:
        if part.startswith("sha256:"):
            out += r"sha256:[0-9a-f]+(\.\.\.)?"
        elif part == "...":
            out += r".*"
        elif re.fullmatch(r"\d+(?:\.\d+)? (?:[kMG]i?B|B|ms|s)", part):
            out += r"\d+(\.\d+)? ([kMG]i?B|B|ms|s)"
        else:
            out += re.escape(part)
    return re.compile(out)


def run(shell, command):
    shell.stdin.write(f"{{ {command}\n}} 2>&1 </dev/null; run_page_code=$?; echo; echo {MARK}$run_page_code\n")
    shell.stdin.flush()
    lines = []
    for line in shell.stdout:
        if line.startswith(MARK):
            return lines, int(line[len(MARK):])
        lines.append(line.rstrip("\n"))
    return lines, -1


def check_page(path):
    shell = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    ran = 0
    for block in blocks(open(path).read()):
        for command in commands(block):
            lines, code = run(shell, command["run"])
            where = f"{path}:{command['line']}: `{command['run']}`"
            shown = [line for line in command["shows"] if line.strip() not in ("", "...")]
            wanted = 0
            if shown and (match := re.fullmatch(r"\[exit (\d+)\]", shown[-1].strip())):
                wanted = int(match[1])
                shown.pop()
            rest = iter(lines)
            for line in shown:
                if not any(pattern(line).search(candidate) for candidate in rest):
                    sys.exit(f"{where}\n  the page shows: {line}\n  it printed:\n    " + "\n    ".join(lines))
            if code != wanted:
                sys.exit(f"{where}\n  ended with {code} instead of {wanted}:\n    " + "\n    ".join(lines))
            ran += 1
    shell.stdin.close()
    shell.wait()
    print(f"ok   {path}: {ran} commands do what the page says")


for page in sys.argv[1:]:
    check_page(page)
