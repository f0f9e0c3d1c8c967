#!/usr/bin/env python3
"""Compares versions, specifiers, markers, requirements and tags with Python's `packaging`, on generated texts.

    packaging_peer.py PIP_DRIVER

Exits with 77 (NOT RUN) without a `packaging` of at least version 24: older ones accept and refuse other texts.
"""
import itertools
import random
import subprocess
import sys


def not_run(reason):
    print(f"NOT RUN: {reason}")
    sys.exit(77)


try:
    import packaging
    from packaging import markers, requirements, specifiers, tags, version
except ImportError:
    try:
        import pip._vendor.packaging as packaging
        from pip._vendor.packaging import markers, requirements, specifiers, tags, version
    except ImportError:
        not_run("neither python3-packaging nor pip is installed")
MAJOR = int(packaging.__version__.split(".")[0])
if MAJOR < 24:
    not_run(f"packaging {packaging.__version__} is older than 24")

# Until 25 it compared only the releases for "<1.0.post1" and ">1.0a1", not whether one is a pre- or post-release of the other.
COMPARES_SUFFIXES = MAJOR >= 26
RANDOM = random.Random(440)
PARTS = ["0", "1", "2", "10", "01", "20240101"]


def maybe(chance, make):
    return make() if RANDOM.random() < chance else ""


def release():
    return ".".join(RANDOM.choice(PARTS) for _ in range(RANDOM.randint(1, 4)))


def suffix(words):
    separators = ["", ".", "-", "_"]
    return RANDOM.choice(separators) + RANDOM.choice(words) + RANDOM.choice(separators[:2]) + RANDOM.choice(["", "0", "1", "12"])


def any_version(local=0.2):
    return (maybe(0.1, lambda: "v") + maybe(0.1, lambda: RANDOM.choice(["0!", "1!"])) + release()
            + maybe(0.3, lambda: suffix(["a", "b", "c", "rc", "alpha", "beta", "pre", "preview", "RC"]))
            + maybe(0.2, lambda: RANDOM.choice(["-1", suffix(["post", "rev", "r"])]))
            + maybe(0.2, lambda: suffix(["dev"]))
            + maybe(local, lambda: RANDOM.choice(["+1", "+abc", "+abc.1", "+1.abc", "+Ubuntu-01", "+007"])))


def broken(text):
    at = RANDOM.randrange(len(text) + 1)
    return text[:at] + RANDOM.choice([".", "-", "x", "!", "+", "*", " ", "1"]) + text[at + RANDOM.randint(0, 1):]


def operand(operator, make):
    text = make()
    parsed_text = refused(lambda: version.Version(text))
    if COMPARES_SUFFIXES or operator not in "<>" or parsed_text == "invalid":
        return text
    return text if not parsed_text.is_prerelease and not parsed_text.is_postrelease else parsed_text.base_version


def specifier():
    operator = RANDOM.choice(["~=", "==", "!=", "<=", ">=", "<", ">"])
    if operator in ("==", "!=") and RANDOM.random() < 0.4:
        return operator + release() + ".*"
    return operator + RANDOM.choice(["", " "]) + operand(operator, lambda: any_version(0.1))


def nearby():
    """Versions that differ little, so that comparisons have something to decide."""
    return (RANDOM.choice(["1", "1.0", "1.1", "1.0.1", "1.10", "2"]) + maybe(0.3, lambda: RANDOM.choice(["a1", "b2", "rc1"]))
            + maybe(0.2, lambda: RANDOM.choice([".post0", ".post1"])) + maybe(0.2, lambda: ".dev1"))


def nearby_specifier():
    operator = RANDOM.choice(["~=", "==", "!=", "<=", ">=", "<", ">"])
    if operator == "~=":
        return operator + RANDOM.choice(["1.0", "1.1", "1.0.1", "1.0a1", "1.1.post1"])
    if operator in ("==", "!=") and RANDOM.random() < 0.4:
        return operator + RANDOM.choice(["1", "1.0", "1.1", "1.0.0"]) + ".*"
    return operator + operand(operator, nearby)


def comparison():
    quote = RANDOM.choice("'\"")
    operator = RANDOM.choice(["<", "<=", "==", "!=", ">=", ">", "~="])
    kind = RANDOM.randrange(4)
    if kind == 0:
        value = RANDOM.choice(["3.8", "3.9", "3.11", "3.12", "3.13", "3.11.*", "4"])
        if operator in ("<", "<=", ">", ">=", "~=") and "*" in value or (operator == "~=" and value == "4"):
            operator = "=="
        return f"python_version {operator} {quote}{value}{quote}"
    if kind == 1:
        value = RANDOM.choice(["3.8.0", "3.11.2", "3.11.4", "3.11.5", "3.13.0"])
        return f"python_full_version {operator} {quote}{value}{quote}"
    if kind == 2:
        variable, values = RANDOM.choice([("sys_platform", ["linux", "win32", "darwin"]), ("os_name", ["posix", "nt"]),
                                          ("platform_system", ["Linux", "Windows"]), ("platform_machine", ["x86_64", "aarch64"]),
                                          ("implementation_name", ["cpython", "pypy"]),
                                          ("platform_python_implementation", ["CPython", "PyPy"])])
        value = f"{quote}{RANDOM.choice(values)}{quote}"
        return RANDOM.choice([f"{variable} == {value}", f"{variable} != {value}", f"{value} in {variable}", f"{variable} not in {value}"])
    return f"extra {RANDOM.choice(['==', '!='])} {quote}{RANDOM.choice(['test', 'Dev_Tools', 'x'])}{quote}"


def marker(depth=3):
    if depth == 0 or RANDOM.random() < 0.3:
        return comparison()
    parts = [marker(depth - 1) for _ in range(RANDOM.randint(1, 3))]
    joined = parts[0]
    for part in parts[1:]:
        joined += RANDOM.choice([" and ", " or "]) + part
    return RANDOM.choice([joined, f"({joined})"])


def requirement():
    name = RANDOM.choice(["a", "Foo.Bar", "zope-interface", "x_1", "-a", "a-"])
    extras = RANDOM.choice(["", "", "[]", "[x]", "[ x , Y_z ]", "[x,]", "[x"])
    rest = RANDOM.choice(["", specifier(), f" ({specifier()},{specifier()})", f"{specifier()} , {specifier()}", " @ https://e.org/a-1.whl",
                          " @", " b", "()"])
    end = RANDOM.choice(["", "", f" ; {marker(1)}", " ;", " ; x == 'y'"])
    return RANDOM.choice(["", " "]) + name + extras + rest + end


def refused(act):
    try:
        return act()
    except (version.InvalidVersion, specifiers.InvalidSpecifier, markers.InvalidMarker, requirements.InvalidRequirement):
        return "invalid"


def ordered(left, right):
    left, right = version.Version(left), version.Version(right)
    return "<" if left < right else ">" if left > right else "="


def yes_or_no(value):
    return "yes" if value else "no"


def contains(set_text, candidate):
    return yes_or_no(specifiers.SpecifierSet(set_text).contains(version.Version(candidate), prereleases=True))


def holds(text, machine, python, extra):
    return yes_or_no(markers.Marker(text).evaluate({
        "os_name": "posix", "sys_platform": "linux", "platform_system": "Linux", "platform_machine": machine,
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
        "python_version": ".".join(python.split(".")[:2]), "python_full_version": python,
        "implementation_version": python, "extra": extra}))


def parsed(text):
    found = requirements.Requirement(text)
    return f"{found.name} {','.join(sorted(found.extras))} {found.url or ''}"


def platforms(libc, machine):
    kind, number = libc.split("-")
    minor = int(number.split(".")[1])
    if kind == "musl":
        yield from (f"musllinux_1_{m}_{machine}" for m in range(minor, -1, -1))
    else:
        old = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
        for m in range(minor, (5 if machine == "x86_64" else 17) - 1, -1):
            yield f"manylinux_2_{m}_{machine}"
            if m in old:
                yield f"{old[m]}_{machine}"
    yield f"linux_{machine}"


def all_tags(python, threading, libc, machine):
    minor = int(python.split(".")[1])
    names = list(platforms(libc, machine))
    abi = f"cp3{minor}" + ("t" if threading == "free" else "")
    found = itertools.chain(tags.cpython_tags((3, minor), [abi], names), tags.compatible_tags((3, minor), f"cp3{minor}", names))
    return " ".join(str(tag) for tag in found)


def has_abi3t():
    return any(tag.abi == "abi3t" for tag in tags.cpython_tags((3, 14), ["cp314t"], ["linux_x86_64"]))


def questions():
    for _ in range(400):
        text = any_version()
        text = RANDOM.choice([text, text, broken(text)])
        yield ("version", text), refused(lambda: str(version.Version(text)))
    for _ in range(600):
        left, right = RANDOM.choice([(nearby(), nearby()), (any_version(), any_version())])
        yield ("order", left, right), refused(lambda: ordered(left, right))
    for _ in range(1500):
        parts, candidate = RANDOM.choice([([nearby_specifier() for _ in range(RANDOM.randint(1, 3))], nearby()),
                                          ([specifier()], any_version())])
        yield ("contains", ",".join(parts), candidate), refused(lambda: contains(",".join(parts), candidate))
    for _ in range(600):
        text, machine = marker(), RANDOM.choice(["x86_64", "aarch64"])
        python, extra = RANDOM.choice(["3.9.18", "3.11.4", "3.13.0"]), RANDOM.choice(["", "test", "dev-tools"])
        yield ("marker", text, machine, python, extra), refused(lambda: holds(text, machine, python, extra))
    for _ in range(600):
        text = requirement()
        yield ("requirement", text), refused(lambda: parsed(text))
    for python, libc, machine in itertools.product(["3.8", "3.11", "3.14"], ["glibc-2.17", "glibc-2.36", "musl-1.2"], ["x86_64", "aarch64"]):
        yield ("tags", python, "locked", libc, machine), all_tags(python, "locked", libc, machine)
    if has_abi3t():
        yield ("tags", "3.14", "free", "glibc-2.36", "x86_64"), all_tags("3.14", "free", "glibc-2.36", "x86_64")


def main():
    asked = list(questions())
    text = "".join("\t".join(question) + "\n" for question, _ in asked)
    answers = subprocess.run([sys.argv[1]], input=text, capture_output=True, text=True, check=True).stdout.split("\n")
    assert len(answers) == len(asked) + 1, "an answer for each question"
    wrong = [(question, expected, answer) for (question, expected), answer in zip(asked, answers) if expected != answer]
    for question, expected, answer in wrong[:40]:
        print(f"{question}: packaging says {expected[:200]!r}, lapstrake {answer[:200]!r}")
    valid = sum(expected != "invalid" for _, expected in asked)
    print(f"{len(asked)} questions, {valid} of them valid, {len(wrong)} answers differ")
    sys.exit(1 if wrong or valid < len(asked) // 2 else 0)


main()
