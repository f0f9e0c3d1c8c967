#include <lapstrake/packages/sbom/license.hpp>
#include <support/catch.hpp>

using namespace lapstrake::packages::sbom;

TEST_CASE("an expression of known licenses gets SPDX's spelling") {
  auto [text, wanted] = GENERATE(table<std::string, std::string>({
      {"MIT", "MIT"},
      {"mit", "MIT"},
      {"(MIT or apache-2.0)", "(MIT OR Apache-2.0)"},
      {"MIT AND (BSD-3-Clause OR ISC)", "MIT AND (BSD-3-Clause OR ISC)"},
      {"GPL-2.0-or-later WITH GCC-exception-3.1", "GPL-2.0-or-later WITH GCC-exception-3.1"},
      {"GPL-2.0+", "GPL-2.0-or-later"},
      {"Apache-2.0+", "Apache-2.0+"},
  }));
  CHECK(license_expression(text) == wanted);
}

TEST_CASE("any other text is no expression") {
  const auto* text = GENERATE("", "MIT License", "MIT BSD-3-Clause", "(MIT", "MIT)", "OR MIT", "MIT OR", "()",
                              "MIT WITH ISC", "(MIT) WITH GCC-exception-3.1", "SEE LICENSE IN LICENSE",
                              "MIT WITH GCC-exception-3.1 WITH LLVM-exception", "Libtool-exception", "MIT\x01");
  CAPTURE(text);
  CHECK_FALSE(license_expression(text));
}

TEST_CASE("a license without operators is single") {
  CHECK(is_single_license("MIT"));
  CHECK_FALSE(is_single_license("MIT OR ISC"));
  CHECK_FALSE(is_single_license("Apache-2.0+"));
}
