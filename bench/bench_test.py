"""python3 -m unittest bench/bench_test.py"""
import os
import sys
import tempfile
import unittest
import xml.dom.minidom

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import instructions  # noqa: E402
import plot  # noqa: E402
import report  # noqa: E402
import synthetic  # noqa: E402


def sample(wall, cpu=1.0, rss=20e6, **more):
    return {"wall": wall, "cpu": cpu, "rss": rss, "others": 0.0, **more}


def results(samples, corpora=None):
    names = {row for rows in samples.values() for row in rows}
    return report.Results({
        "version": "lapstrake 0", "machine": "a CPU", "kernel": "6", "threads": 2, "rounds": 3, "first": True, "date": "today", "rss_floor": 9e6, "many_layers": 32,
        "corpora": corpora or {name: {"files": 100, "bytes": 1e6} for name in samples}, "labels": {name: name for name in names},
        "samples": samples, "opened": {}, "synthetic": []})


def verdict(told, case):
    return next(line[2:] for line in report.goals(told) if line[0].startswith(case))


class Goals(unittest.TestCase):
    def test_a_goal_is_judged_by_medians(self):
        told = results({"web": {"gzip": [sample(9), sample(0.39), sample(0.1)], "umoci": [sample(1), sample(1), sample(5)]}})
        self.assertEqual(verdict(told, "web, gzip, cold: wall / umoci"), ("0.39", "pass"))

    def test_a_goal_that_is_not_reached_is_a_miss(self):
        told = results({"web": {"gzip": [sample(0.41)], "umoci": [sample(1)]}})
        self.assertEqual(verdict(told, "web, gzip, cold: wall / umoci"), ("0.41", "**miss**"))

    def test_what_was_not_measured_is_not_judged(self):
        self.assertEqual(verdict(results({"web": {"gzip": [sample(1)]}}), "web, nothing changed"), ("not measured", ""))

    def test_the_limit_is_the_program_s_own_word(self):
        parts = dict.fromkeys(("walk", "read", "sha_raw", "crc", "codec", "sha_packed", "packed"), 0) | {"cpu": 1.0, "limit": 0.5}
        told = results({"web": {"gzip": [sample(0.7)], "limit-gzip": [sample(3, parts=parts)]}})
        self.assertEqual(verdict(told, "web, gzip, cold: wall / the limit"), ("1.40", "**miss**"))

    def test_memory_is_held_against_the_bound_of_its_corpus(self):
        told = results({"web": {"gzip": [sample(1, rss=65e6)]}}, {"web": {"files": 1000, "bytes": 1}})
        self.assertEqual(verdict(told, "peak memory, the worst row")[1], "**miss**")
        told = results({"web": {"gzip": [sample(1, rss=65e6)]}}, {"web": {"files": 5000, "bytes": 1}})
        self.assertEqual(verdict(told, "peak memory, the worst row")[1], "pass")


class Slopes(unittest.TestCase):
    def test_two_corpora_of_two_sizes_give_the_cost_of_a_byte_and_of_a_file(self):
        sizes = {"blob": (3, 1e9), "blob/4": (3, 2.5e8), "web": (30000, 3.6e8), "web/2": (15000, 1.7e8)}
        cost = {name: 5e-9 * size + 11e-6 * files + 0.02 for name, (files, size) in sizes.items()}
        told = results({name: {"none": [sample(1, cpu=cost[name])]} for name in sizes},
                       {name: {"files": files, "bytes": size} for name, (files, size) in sizes.items()})
        self.assertAlmostEqual(told.byte_slope("none"), 5e-9, 12)
        self.assertAlmostEqual(told.file_slope(), 11e-6, 9)

    def test_the_bound_of_cpu_counts_bytes_and_files(self):
        told = results({"web": {"gzip": [sample(1, cpu=2.0)]}, "blob": {"gzip": [sample(1, cpu=2.0)]}},
                       {"web": {"files": 100000, "bytes": 0}, "blob": {"files": 0, "bytes": 1e9}})
        share, corpus = told.cpu_bound("gzip", 4e-9)
        self.assertEqual((round(share, 3), corpus), (1.667, "web"))


class Plot(unittest.TestCase):
    def test_the_plot_is_xml_with_a_bar_for_each_row(self):
        told = results({"web": {row: [sample(1.0)] for row in ("gzip", "same", "umoci", "zstd-hand")}})
        self.assertEqual(len(xml.dom.minidom.parseString(plot.svg(told)).getElementsByTagName("rect")), 4)


class Instructions(unittest.TestCase):
    here = {"compiler": "GCC 12"}

    def code(self, change, compiler="GCC 12"):
        kept = {"versions": {"compiler": compiler}, "counts": {"build": {"all": 1000}}}
        return instructions.verdict_of(kept, self.here, {"build": {"all": int(1000 * change)}})

    def test_five_per_cent_more_is_a_regression_and_less_is_none(self):
        self.assertEqual([self.code(change) for change in (0.5, 1.0, 1.04, 1.06)], [0, 0, 0, 1])

    def test_another_compiler_widens_the_margin_and_does_not_lift_it(self):
        self.assertEqual([self.code(change, "GCC 13") for change in (1.14, 1.16)], [0, 1])

    def test_a_row_that_is_not_kept_fails(self):
        self.assertEqual(instructions.verdict_of({"versions": self.here, "counts": {}}, self.here, {"build": {"all": 1}}), 1)

    def test_what_a_call_costs_is_counted_where_it_lies(self):
        profile = "events: Ir\nob=(1) /bin/a\nfn=(1) main\n3 10\ncob=(2) /lib/b\ncfn=(2) f\ncalls=1 5\n3 70\n+1 5\n\nob=(2)\nfn=(2)\n5 70\n"
        with tempfile.NamedTemporaryFile("w", suffix=".callgrind") as file:
            file.write(profile)
            file.flush()
            self.assertEqual(instructions.self_costs(file.name), {"/bin/a": 15, "/lib/b": 70})


class Synthetic(unittest.TestCase):
    def test_the_tree_has_the_files_and_bytes_that_were_asked_for_and_is_the_same_again(self):
        with tempfile.TemporaryDirectory() as folder:
            trees = []
            for name in ("one", "two"):
                synthetic.make(folder + "/" + name, 50, 100_000, "code", seed=7)
                trees.append({at[len(folder) + 4:] + "/" + file: open(os.path.join(at, file), "rb").read()
                              for at, _, files in os.walk(folder + "/" + name) for file in files})
            self.assertEqual((len(trees[0]), sum(map(len, trees[0].values()))), (50, 100_000))
            self.assertEqual(trees[0], trees[1])


if __name__ == "__main__":
    unittest.main()
