#!/usr/bin/env python3
"""Finds turns that are not plain technical English (CONTRIBUTING.md, "Style and glossary").

    tests/prose.py              fails on findings in the docs, and counts those in the code
    tests/prose.py --all        fails on findings in the code too: string literals and the first comment of each header
    tests/prose.py --self-test  plants a bad and a good sentence for each rule, in each kind of text

Docs are read without fenced blocks and inline code, which repeat what programs print.
"""
import bisect
import glob
import os
import re
import sys

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

# A pattern (a blank matches any white space, so also a line break), the better words, a bad sentence and a good one.
RULES = [
    (r"\bstands?\b(?! for\b|-| alone\b)", "is, exists, applies, is written", "The key stands twice.", "`*` stands for any name."),
    (r"\banew\b", "again; rebuilt, recreated", "The layer is built anew.", "a newer layer"),
    (r"\belsewhere\b", "somewhere else, in another X, on other hosts", "It is stored elsewhere.", "It is stored on another host."),
    (r"\b(is|are|was|were) (another|others|other)\b(?! (way|reason)\b)", "differs, changed", "The digest is another.", "There may be another digest."),
    (r"\b(is|are|was|were|has|have) none\b(?! of\b)", "does not exist, not found, has no X", "where there is none", "none of them is read"),
    (r"\b(told|tells?)\b", "reported, reports, says, prints", "What fails is told.", "What fails is reported."),
    (r"\bleav(e|es|ing) (it |them |\w+ files )?away\b", "exclude, omit", "leave big files away", "leave the files"),
    (r"\bstays? away\b", "is skipped", "The layer stays away.", "The layer stays here."),
    (r"\bof (theirs|ours|yours)\b", "their own, our own", "a fault of ours", "a fault of our server"),
    (r"\bat hand\b", "available, in the store", "The base is not at hand.", "The base is on the right-hand side."),
    (r"\bwhat (is|are|was|were|has|have|does|it|they|we|that|one) (?![^.:]*\?)", "name the thing: missing files, the blobs that ..., everything that ...",
     "Then what is missing is sent.", "Which file is missing? It shows what changed."),
    (r"\b(who|what)(so)?ever (is|has|was|may|can|reads|builds|asks|writes|repeats|sends)\b", "anyone who, everything that", "whatever is there",
     "whatever the umask"),
    (r"\bwhoever\b", "anyone who", "Whoever may push to it", "Anyone who may push to it"),
    (r"(?:\A\s*|(?<=\S)(?<!there)\s+|[^\w\s])(is|are) no (?!\s|longer\b|more\b|better\b|larger\b|smaller\b|other\b|newer\b|older\b|one\b)(?!\w+ (is|are|was)\b)",
     "is not a X, invalid X", "This is no number.", "There is no number, and it is no longer read."),
    (r"\b(herself|himself)\b", "themselves, itself", "the user himself", "the users themselves"),
    (r"\bfor want of\b", "because X is missing, without X", "refused for want of a blob", "refused because a blob is missing"),
    (r"\bno way out\b", "no internet access", "a host with no way out", "a host without internet access"),
    (r"\bin the midst\b", "during, in the middle", "in the midst of an upload", "during an upload"),
    (r"\bheld against\b", "compared with, matched against", "rows are held against umoci", "rows are compared with umoci"),
    (r"\bgives? .{0,20}\bup on\b|\bgives? \w+ up\b", "stops trying", "It gives H up.", "It gives the host up to 30 s."),
    (r"\b(be|been|get|getting|got) rid of\b", "remove, delete", "to be rid of old bases", "to remove old bases"),
    (r"\bthe like\b", "the same, similar", "and the like", "and things like that"),
    (r"\b(mend|mends|mended|heal|heals|healed|healing)\b", "repair, recover, retry", "It is healed.", "It is repaired."),
    (r"\bby (itself|themselves)\b", "automatically, or leave it out", "It goes on by itself.", "It continues automatically."),
    (r"\b(is|are|was|were) gone\b", "was removed, does not exist", "The file is gone.", "The file does not exist."),
    (r"\bfor ever\b", "forever, without a limit", "It waits for ever.", "It waits without a limit."),
    (r"\bslips? of the (pen|finger)\b", "typo", "a slip of the pen", "a typo"),
    (r"\bkin\b", "related", "the key and its kin", "the key and related variables"),
    (r"\b(midway|thereof|thither|whither|hence|thus|whence|lest|nought|ere|amidst)\b", "use a common word", "thus it ends", "so it ends"),
    (r"\bbelieve[ds]?\b", "trust, accept", "the cache is not believed", "the cache is not trusted"),
]

# Turns that are right where they are: file, text around the match, and why.
EXCEPTIONS = [
    ("CONTRIBUTING.md", "what is missing is told", "the style rule quotes a bad example"),
    ("ARCHITECTURE.md", "What it leaves besides the blob", "the section on layers is rewritten with the new names of its units"),
    ("ARCHITECTURE.md", "In front of all this stands the fingerprint", "the same"),
    ("docs/reference/checks.md", "Whatever reads bytes that others made", "the row is rewritten with the new names of the targets"),
    ("docs/reference/checks.md", "What they found is replayed", "the same"),
]

DOCS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/*.md", "docs/*/*.md", "bench/*.md", "examples/*/*.md"]
# Made from the code.
GENERATED = ["docs/reference/spec.md", "docs/reference/task-rules.md"]
FOLDERS = ["src", "layers", "registry", "packages", "include"]

TOKEN = re.compile(r"""(?P<comment>//[^\n]*|/\*.*?\*/)|R"(?P<tag>[^(\s]*)\((?P<raw>.*?)\)(?P=tag)"|"(?P<string>(?:[^"\\\n]|\\.)*)"|'(?:[^'\\\n]|\\.)+'""", re.S)


def compiled(rules):
    return [(re.compile(pattern.replace(" ", r"\s+"), re.I), better) for pattern, better, _, _ in rules]


def blanked(text):
    return re.sub(r"[^\n]", " ", text)


def markdown(text, path=""):
    """The prose of a page, at its places."""
    text = re.sub(r"^(```|~~~).*?^\1", lambda m: blanked(m.group()), text, flags=re.S | re.M)
    text = re.sub(r"<!--.*?-->", lambda m: blanked(m.group()), text, flags=re.S)
    if path == "docs/reference/checks.md":  # the right column is made from the names of tests
        text = re.sub(r"(?<=^\| )(S\d\d \| .*? \|)(.*)$", lambda m: m[1] + blanked(m[2]), text, flags=re.M)
    text = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", lambda m: "`" * len(m[1]) + re.sub(r"[^\n]", "_", m.group()[2 * len(m[1]):]) + "`" * len(m[1]), text, flags=re.S)
    return [(0, re.sub(r"^#.*$", lambda m: blanked(m.group()), text, flags=re.M))]


def strings(text):
    """The literals that are prose: with a blank between words; neighbours are one text."""
    out, end = [], None
    for match in TOKEN.finditer(text):
        kind = "string" if match["string"] is not None else "raw" if match["raw"] is not None else None
        if kind is None:
            continue
        start, words = match.start(kind), match[kind].replace("\\n", "  ").replace('\\"', "  ")
        if out and end is not None and not text[end:match.start()].strip():
            first, before = out[-1]
            out[-1] = (first, before + text[first + len(before):start].translate({ord('"'): " "}) + words)
        else:
            out.append((start, words))
        end = match.end()
    return [(start, words) for start, words in out if re.search(r"\w \w|\w `| \w+ ", words)]


def head(text):
    """The first paragraph of the first comment of a header."""
    match = re.match(r"\s*(?:#pragma once\s+)?(?:#include[^\n]*\s+)*((?://[^\n]*\n)+)", text)
    if not match:
        return []
    paragraph = re.split(r"^//\s*$", match[1], flags=re.M)[0]
    return [(match.start(1), re.sub(r"^//", "  ", paragraph, flags=re.M))]


def findings(path, text, parts, rules):
    lines = [match.start() for match in re.finditer(r"^", text, re.M)]
    for start, words in parts:
        for pattern, better in rules:
            for match in pattern.finditer(words):
                around = re.sub(r"\s+", " ", words[max(0, match.start() - 60):match.end() + 60])
                if any(path == file and part in around for file, part, _ in EXCEPTIONS):
                    continue
                shown = re.sub(r"\s+", " ", words[max(0, match.start() - 25):match.end() + 25]).strip()
                yield "%s:%d: `%s` in \"%s\": %s" % (path, bisect.bisect(lines, start + match.start()), " ".join(match.group().split()), shown, better)


def self_test():
    faults = []
    for rule in RULES:
        rules, bad, good = compiled([rule]), rule[2], rule[3]
        shapes = {
            "markdown": lambda s: markdown("x\n\n- " + s.replace(" ", "\n  ") + "\n"),
            "string": lambda s: strings('f("' + s + '", 1);'),
            "two strings": lambda s: strings('f("is it ' + s.replace(" ", ' "\n  "', 1) + '");'),
            "raw string": lambda s: strings('f(R"help(' + s + ')help");'),
            "header": lambda s: head("#pragma once\n// " + s + "\n"),
        }
        for shape, made in shapes.items():
            if not list(findings("x", "", made(bad), rules)):
                faults.append("%s does not find \"%s\" in a %s" % (rule[0], bad, shape))
            if list(findings("x", "", made(good), rules)):
                faults.append("%s finds \"%s\" in a %s" % (rule[0], good, shape))
        for kept in (markdown("```\n%s\n```\n" % bad), markdown("`%s`" % bad), strings("// \"%s\"" % bad), strings("int anew, told;"),
                     head("#pragma once\n// Good.\n//\n// %s\n" % bad)):
            if list(findings("x", "", kept, rules)):
                faults.append("%s finds code or a later paragraph" % rule[0])
    return faults


def main():
    if "--self-test" in sys.argv:
        faults = self_test()
        print("\n".join(faults) or "%d rules find what was planted" % len(RULES))
        return 1 if faults else 0
    rules = compiled(RULES)
    docs, code = [], []
    pages = sorted(path for pattern in DOCS for path in glob.glob(pattern))
    for path in pages:
        with open(path) as file:
            text = file.read()
        (code if path in GENERATED else docs).extend(findings(path, text, markdown(text, path), rules))
    sources = sorted(path for folder in FOLDERS for path in glob.glob(folder + "/**/*.[ch]pp", recursive=True))
    for path in sources:
        with open(path) as file:
            text = file.read()
        code.extend(findings(path, text, strings(text) + (head(text) if path.endswith(".hpp") else []), rules))
    if len(pages) < 10 or len(sources) < 100:
        print("only %d pages and %d sources found" % (len(pages), len(sources)))
        return 1
    shown = docs + (code if "--all" in sys.argv else [])
    for finding in shown:
        print(finding)
    if "--all" not in sys.argv:
        print("%d findings in the code (--all shows them)" % len(code))
    return 1 if shown else 0


sys.exit(main())
