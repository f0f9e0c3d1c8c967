// deb_driver ARCHITECTURE STATUS PACKAGES... -- REQUEST...: the packages that resolve() chooses, one a line, for
// comparisons with apt. STATUS: a file in dpkg's format, /dev/null for none.
#include <cstdio>
#include <cstring>
#include <lapstrake/base/atomic_file.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/packages/deb/resolver.hpp>
#include <memory>

using namespace lapstrake;
namespace deb = lapstrake::packages::deb;

namespace {

int resolve(const std::vector<std::string>& arguments) {
  std::vector<std::unique_ptr<deb::PackageIndex>> owned;
  std::vector<const deb::PackageIndex*> indexes;
  std::vector<deb::Request> requests;
  bool are_requests = false;
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    if (arguments[i] == "--") {
      are_requests = true;
    } else if (are_requests) {
      requests.push_back(deb::parse_request(arguments[i]));
    } else {
      owned.push_back(std::make_unique<deb::PackageIndex>("suite", read_file(arguments[i], 1u << 30), arguments[i]));
      indexes.push_back(owned.back().get());
    }
  }
  const auto status = arguments[1] == "/dev/null" ? std::string() : read_file(arguments[1]);
  for (const auto& chosen : deb::resolve(indexes, status, requests, {.architecture = arguments[0]}))
    std::printf("%s %s %s %s\n", chosen.package.name.c_str(), chosen.package.version.c_str(),
                chosen.package.architecture.c_str(), chosen.why.c_str());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return resolve({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
