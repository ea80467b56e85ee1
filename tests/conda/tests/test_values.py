import unittest

from minconda import condarc, placeholder, version
from minconda.errors import PaddingError
from minconda.matchspec import MatchSpec
from minconda.record import Record
from minconda.solve import solve
from minconda.errors import UnsatisfiableError


def record(name, version="1.0", depends=(), build="0"):
    return Record(name, version, build, 0, tuple(depends), "noarch", "file:///c", f"{name}-{version}-{build}.conda", {})


class Versions(unittest.TestCase):
    def test_numbers_count_as_numbers(self):
        self.assertGreater(version.key("1.10"), version.key("1.9"))
        self.assertGreater(version.key("1.0"), version.key("1.0rc1"))

    def test_constraints(self):
        for constraint in (">=1.0,<2", "1.2.*", "=1.2", "==1.2.3", "1.2.3", "*", "", ">2|1.2.*", "!=1.3", "~=1.2.0"):
            self.assertTrue(version.satisfies("1.2.3", constraint), constraint)
        for constraint in (">1.2.3", "1.3.*", "=1.20", "1.2", "!=1.2.3", "~=1.3.0"):
            self.assertFalse(version.satisfies("1.2.3", constraint), constraint)


class Specs(unittest.TestCase):
    def test_forms(self):
        for text in ("a", "a=1.2", "a==1.2.3", "a>=1,<2", "a >= 1, < 2", "a 1.2.*", "a==1.2.3=0", "defaults::a", "a 1.2.* 0", "A"):
            self.assertTrue(MatchSpec.parse(text).matches(record("a", "1.2.3")), text)
        self.assertTrue(MatchSpec.parse("a=1.2.3=0").matches(record("a", "1.2.3")))
        self.assertFalse(MatchSpec.parse("a=1.2.3=1").matches(record("a", "1.2.3")))
        self.assertFalse(MatchSpec.parse("b").matches(record("a")))


class Solving(unittest.TestCase):
    def test_the_newest_that_fits_all(self):
        offered = [record("a", "1"), record("a", "2"), record("b", depends=["a <2"])]
        chosen = solve([MatchSpec.parse("a"), MatchSpec.parse("b")], offered, [], [])
        self.assertEqual([r.stem for r in chosen], ["a-1-0", "b-1.0-0"])

    def test_what_cannot_be(self):
        offered = [record("a", "1"), record("a", "2"), record("b", depends=["a <2"])]
        with self.assertRaises(UnsatisfiableError):
            solve([MatchSpec.parse("a=2"), MatchSpec.parse("b")], offered, [], [])

    def test_cycles_end(self):
        chosen = solve([MatchSpec.parse("a")], [record("a", depends=["b"]), record("b", depends=["a"])], [], [])
        self.assertEqual({r.name for r in chosen}, {"a", "b"})


class Placeholders(unittest.TestCase):
    def test_a_binary_keeps_its_length(self):
        data = b"\0/long/placeholder/lib:/long/placeholder/bin\0rest"
        self.assertEqual(placeholder.replace(data, "/long/placeholder", "/p", "binary"), b"\0/p/lib:/p/bin" + b"\0" * 31 + b"rest")
        with self.assertRaises(PaddingError):
            placeholder.replace(data, "/long/placeholder", "/longer/than/that/one", "binary")

    def test_a_shebang_no_kernel_takes_goes_through_env(self):
        self.assertEqual(placeholder.replace(b"#!/P/bin/python -I\nx", "/P", "/a b", "text"), b"#!/usr/bin/env python -I\nx")
        self.assertEqual(placeholder.replace(b"#!/P/bin/python\n/P", "/P", "/a", "text"), b"#!/a/bin/python\n/a")
        long = "/" + "x" * 130
        self.assertTrue(placeholder.replace(b"#!/P/bin/python\n", "/P", long, "text").startswith(b"#!/usr/bin/env python\n"))


class Condarc(unittest.TestCase):
    def test_lists_and_values(self):
        text = "channels:\n  - a  \n- 'b'\n# no\nchangeps1: false\nenv_prompt: '({name}) '\n"
        self.assertEqual(condarc.parse(text), {"channels": ["a", "b"], "changeps1": "false", "env_prompt": "({name}) "})
