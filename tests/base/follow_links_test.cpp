#include <lapstrake/base/follow_links.hpp>
#include <lapstrake/base/text.hpp>
#include <map>

#include "support/catch.hpp"

using namespace lapstrake;

namespace {

const std::map<std::string, std::string> links{
    {"bin", "usr/bin"}, {"usr/bin/sh", "/bin/dash"}, {"up", "../../etc"}, {"self", "self"}, {"a/b", ".././a/./c"}};

std::optional<std::string> follow(const std::string& path, bool keep_last = false) {
  return follow_links(path, [&](const std::string& at, bool is_last) -> std::optional<std::string> {
    const auto found = links.find(at);
    if (found == links.end() || (is_last && keep_last)) return std::nullopt;
    return found->second;
  });
}

}  // namespace

TEST_CASE("links are followed from the root and from where they lie, and never above the root") {
  CHECK(follow("bin/sh") == "usr/bin/dash");
  CHECK(follow("bin/sh", true) == "usr/bin/sh");
  CHECK(follow("//a/./b/d") == "a/c/d");
  CHECK(follow("up/passwd") == "etc/passwd");
  CHECK(follow("") == "");
  CHECK(follow("x/../..") == "");
}

TEST_CASE("a path of 40 links is followed, a longer one and a loop are not") {
  const auto chain = [](int count) {
    return follow_links("0", [&](const std::string& at, bool) -> std::optional<std::string> {
      const int number = std::stoi(at);
      return number < count ? std::optional(cat(number + 1)) : std::nullopt;
    });
  };
  CHECK(chain(40) == "40");
  CHECK(chain(41) == std::nullopt);
  CHECK(follow("self") == std::nullopt);
}

TEST_CASE("who follows links hears of a path above the root") {
  int above = 0;
  const auto none = [](const std::string&, bool) { return std::optional<std::string>(); };
  CHECK(follow_links("a/../../b", none, [&] { ++above; }) == "b");
  CHECK(above == 1);
}
