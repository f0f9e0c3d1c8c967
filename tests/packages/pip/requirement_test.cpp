#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/pip/requirement.hpp>
#include <string>
#include <support/catch.hpp>

using namespace lapstrake;
using namespace lapstrake::packages::pip;

// PEP 508, "Examples", and the metadata of older wheels.
TEST_CASE("requirements are read and written") {
  const auto [written, expected] = GENERATE(table<std::string, std::string>(
      {{"A", "A"},
       {"A.B-C_D", "A.B-C_D"},
       {"name<=1", "name<=1"},
       {"name>=3,<2", "name>=3,<2"},
       {"name [fred, bar] @ http://foo.com ; python_version=='2.7'",
        "name[fred,bar] @ http://foo.com ; python_version=='2.7'"},
       {"name[quux, strange];python_version<'2.7' and platform_version=='2'",
        "name[quux,strange]; python_version<'2.7' and platform_version=='2'"},
       {"name; os_name=='a' or os_name=='b'", "name; os_name=='a' or os_name=='b'"},
       {"pip @ https://github.com/pypa/pip/archive/1.3.1.zip#sha1=da9234ee9982d4bbb3c72346a6de940a148ea686",
        "pip @ https://github.com/pypa/pip/archive/1.3.1.zip#sha1=da9234ee9982d4bbb3c72346a6de940a148ea686"},
       {"zope.interface (>=4.0, <5) ; extra == 'x'", "zope.interface>=4.0,<5; extra == 'x'"},
       {"foo ()", "foo"},
       {"foo[]>=1", "foo>=1"},
       {" foo == 1.0 ", "foo==1.0"}}));
  CAPTURE(written);
  CHECK(Requirement::parse(written).text() == expected);
  CHECK(Requirement::parse(expected) == Requirement::parse(written));
}

TEST_CASE("invalid requirements are refused") {
  const auto* text = GENERATE("", ">=1", "foo bar", "foo>=", "foo[bar", "foo[bar,]", "foo[,]", "foo (>=1", "foo @",
                              "foo; bar", "-foo", "./foo", "foo>=1 # comment");
  CAPTURE(text);
  CHECK_THROWS_AS(Requirement::parse(text), Error);
}
