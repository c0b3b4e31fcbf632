#!/usr/bin/env python3
"""The include rule finds what it should, and nothing else."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True

import include_rule  # noqa: E402


class IncludeRule(unittest.TestCase):
    def found(self, path, *lines):
        with tempfile.TemporaryDirectory() as name:
            file = pathlib.Path(name) / path
            file.parent.mkdir(parents=True)
            file.write_text("\n".join(lines))
            return list(include_rule.forbidden_includes(pathlib.Path(name)))

    def test_an_include_against_the_order_is_told_with_its_line(self):
        self.assertEqual(
            self.found("protocol/x.hpp", "#pragma once", '#include "actors/y.hpp"'),
            ["protocol/x.hpp:2: actors/y.hpp: protocol/ may not include actors/"],
        )
        self.assertEqual(len(self.found("actors/a/x.cpp", '#include "runtime/y.hpp"', "# include <tools/y.hpp>")), 2)
        self.assertEqual(len(self.found("runtime/a/x.cpp", '#include "tools/y.hpp"')), 1)
        self.assertEqual(len(self.found("tools/x.cpp", '#include "tests/y.hpp"')), 1)

    def test_an_include_along_the_order_is_allowed(self):
        self.assertEqual(self.found("actors/a/x.cpp", '#include "protocol/y.hpp"', '#include "actors/b/y.hpp"'), [])
        self.assertEqual(self.found("tools/x.cpp", '#include "runtime/y.hpp"', "#include <vector>", "#include <caf/all.hpp>"), [])
        self.assertEqual(self.found("runtime/a/x.cpp", '// #include "tools/y.hpp"'), [])

    def test_the_rooms_of_a_node_lie_one_over_the_other(self):
        self.assertEqual(
            self.found("runtime/barrier/x.hpp", '#include "runtime/hosting/y.hpp"'),
            ["runtime/barrier/x.hpp:1: runtime/hosting/y.hpp: runtime/barrier/ may not include runtime/hosting/"],
        )
        self.assertEqual(len(self.found("runtime/hosting/x.cpp", '#include "runtime/entry/y.hpp"')), 1)
        self.assertEqual(len(self.found("runtime/decisions/x.cpp", '#include "runtime/barrier/y.hpp"')), 1)
        self.assertEqual(self.found("runtime/node/x.cpp", '#include "runtime/entry/y.hpp"'), [])
        self.assertEqual(self.found("runtime/hosting/x.cpp", '#include "runtime/ledger/y.hpp"'), [])
        self.assertEqual(self.found("runtime/replay/x.cpp", '#include "runtime/entry/y.hpp"'), [])

    def test_caf_stays_in_the_shells(self):
        self.assertEqual(len(self.found("protocol/time.hpp", "#include <caf/all.hpp>")), 1)
        self.assertEqual(self.found("protocol/actors.hpp", "#include <caf/all.hpp>"), [])
        self.assertEqual(len(self.found("actors/a/model.cpp", '#include "caf/all.hpp"')), 1)
        self.assertEqual(len(self.found("actors/a/model.cpp", '#include "protocol/actors.hpp"')), 1)
        self.assertEqual(len(self.found("actors/a/model.cpp", '#include "actors/a/a_actor.hpp"')), 1)
        self.assertEqual(self.found("actors/a/a_actor.cpp", "#include <caf/all.hpp>", '#include "actors/a/a_actor.hpp"'), [])

    def test_own_headers_are_included_from_the_root(self):
        self.assertEqual(len(self.found("tools/x.cpp", '#include "y.hpp"')), 1)
        self.assertEqual(len(self.found("tools/x.cpp", '#include "../runtime/y.hpp"')), 1)
        self.assertEqual(self.found("tests/tools/x.cpp", '#include "y.hpp"'), [])


if __name__ == "__main__":
    unittest.main()
