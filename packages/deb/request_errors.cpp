#include "request_errors.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/php_extensions.hpp>

namespace lapstrake::packages::deb {
namespace {

constexpr std::string_view php_of_debian_12 = "8.2";

[[noreturn]] void refuse_unknown(const Request& request, const Candidates& candidates) {
  std::string help;
  if (const auto extension = php_extension(request.name, php_of_debian_12); extension && !extension->package.empty())
    help = cat("for this extension of PHP, install `", extension->package, "`");
  else if (const auto near = nearest(request.name, candidates.names()))
    help = cat("did you mean `", *near, "`?");
  else
    help = "check the spelling, the suite and the components of the sources";
  throw Error(ErrorKind::usage, cat("no package `", request.name, "` in the sources"), std::move(help));
}

void expect_known(const Request& request, const Candidates& candidates) {
  const auto* found = candidates.find(request.name);
  if (found == nullptr) refuse_unknown(request, candidates);
  if (!admits(request, found->version))
    throw Error(ErrorKind::usage, cat("no source has `", request.text(), "`"),
                "change the version, or add a source that has it")
        .because(cat("the newest version is ", found->version));
}

void expect_not_excluded(const std::string& name, const std::vector<Request>& requests,
                         const std::set<std::string>& installed) {
  if (std::ranges::find(requests, name, &Request::name) != requests.end())
    throw Error(ErrorKind::usage, cat("`", name, "` is requested and excluded"),
                "remove it from `install:` or from `exclude:`");
  if (installed.contains(name))
    throw Error(ErrorKind::usage, cat("`", name, "` is excluded, but the layers below have it"),
                "remove it from `exclude:`, or choose another base");
}

bool is_in_names(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

// As a whole: `libssl3 (>= 3)` does not mention `libssl`.
bool mentions(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    const auto end = at + name.size();
    if ((at == 0 || !is_in_names(text[at - 1])) && (end == text.size() || !is_in_names(text[end]))) return true;
  }
  return false;
}

}  // namespace

void expect_possible(const std::vector<Request>& requests, const ResolveOptions& options, const Candidates& candidates,
                     const std::set<std::string>& installed) {
  for (const auto& name : options.exclude) expect_not_excluded(name, requests, installed);
  for (const auto& request : requests)
    if (!installed.contains(request.name)) expect_known(request, candidates);
}

void refuse_unsatisfiable(const std::vector<Request>& requests, const ResolveOptions& options,
                          std::vector<std::string> why) {
  std::vector<std::string> names, excluded;
  for (const auto& request : requests) names.push_back(cat("`", request.text(), "`"));
  for (const auto& one : options.exclude)
    if (std::ranges::any_of(why, [&](const auto& text) { return mentions(text, one); }))
      excluded.push_back(cat("`", one, "` is excluded"));
  why.insert(why.end(), excluded.begin(), excluded.end());
  if (why.empty()) why.emplace_back("the requests exclude each other");
  throw Error(ErrorKind::usage, cat("cannot install ", join(names, ", "), names.size() > 1 ? " together" : ""),
              "change the requests, or `exclude:`, or the suite; a package of the layers below is never replaced")
      .because(join(why, "; "));
}

}  // namespace lapstrake::packages::deb
