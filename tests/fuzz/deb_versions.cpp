// Versions, names and requests of packages. The lines of the input are versions, whose order must be one, and requests,
// which read as they are written.
#include <lapstrake/packages/deb/request.hpp>
#include <lapstrake/packages/deb/version.hpp>

#include "attempt.hpp"

using namespace lapstrake;
using namespace lapstrake::packages::deb;

namespace {

void check_order(const std::string& a, const std::string& b, const std::string& c) {
  const auto order = compare_versions(a, b);
  hold(std::is_eq(compare_versions(a, a)), "a version equals itself");
  hold((order < 0) == (compare_versions(b, a) > 0) && (order == 0) == (compare_versions(b, a) == 0),
       "the order is the same from both sides");
  if (order <= 0 && compare_versions(b, c) <= 0) hold(compare_versions(a, c) <= 0, "the order is transitive");
}

void check_request(const std::string& line) {
  const auto request = attempt(ErrorKind::usage, [&] { return parse_request(line); });
  if (!request) return;
  hold(is_package_name(request->name), "a request has a name");
  hold(parse_request(request->text()) == *request, "a request reads as it is written");
  if (request->relation.empty()) return;
  const auto allows_equal = request->relation.find('=') != std::string::npos;
  hold(is_version(request->version) && admits(*request, request->version) == allows_equal,
       "a relation decides about its own version");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto lines = split(text_of(data, size), '\n');
  for (const auto& line : lines) {
    check_request(line);
    if (is_version(line))
      hold(file_name("aa", line, "all").find('/') == std::string::npos, "a file name has no folder");
  }
  if (lines.size() >= 3) check_order(lines[0], lines[1], lines[2]);
  return 0;
}
