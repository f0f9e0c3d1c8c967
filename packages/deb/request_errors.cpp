#include "request_errors.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/deb/php_extensions.hpp>
#include <lapstrake/packages/deb/version.hpp>

namespace lapstrake::packages::deb {
namespace {

struct Known {
  const std::vector<Request>& requests;
  const Candidates& candidates;
  const std::set<std::string>& installed;
};

std::string in_quotes(std::string_view name) { return cat("`", name, "`"); }

// Of the names of packages: the newest version of PHP, "8.2" of `php8.2-fpm`; empty if there is none.
template <class Names>
std::string php_version_in(const Names& names) {
  std::string out;
  for (const std::string& name : names) {
    const auto end = name.find('-');
    if (!name.starts_with("php") || end == name.npos || end < 4) continue;
    auto version = name.substr(3, end - 3);
    const bool is_number = version.find_first_not_of("0123456789.") == version.npos;
    if (is_number && is_version(version) && (out.empty() || compare_versions(version, out) > 0))
      out = std::move(version);
  }
  return out;
}

// The one of the spec and its layers; otherwise the newest one in the sources.
std::string php_version(const Known& known) {
  std::vector<std::string> requested;
  for (const auto& request : known.requests) requested.push_back(request.name);
  auto out = php_version_in(requested);
  if (out.empty()) out = php_version_in(known.installed);
  return out.empty() ? php_version_in(known.candidates.names()) : out;
}

// Empty for a name that is no extension of PHP, or that these sources do not have.
std::string help_for_extension(const std::string& name, const Known& known) {
  const auto php = php_version(known);
  if (php.empty()) return {};
  const auto extension = php_extension(name, php);
  if (!extension) return {};
  if (!extension->package.empty())
    return known.candidates.find(extension->package) == nullptr
               ? std::string()
               : cat("for this extension of PHP, install ", in_quotes(extension->package));
  return cat("every PHP ", php, " of Debian has this extension: leave it out",
             extension->note.empty() ? "" : cat(" (", extension->note, ")"));
}

[[noreturn]] void refuse_virtual(const Request& request, std::vector<std::string> providers) {
  constexpr std::size_t listed = 10;
  const auto more = providers.size() > listed ? providers.size() - listed : 0;
  providers.resize(providers.size() - more);
  for (auto& one : providers) one = in_quotes(one);
  if (more > 0) providers.push_back(cat(more, " more"));
  throw Error(ErrorKind::usage, cat(in_quotes(request.text()), " is a virtual package"),
              "request one of these packages instead, or name one in `prefer:`")
      .because(cat("these packages provide ", in_quotes(request.name), ": ", join(providers, ", ")));
}

[[noreturn]] void refuse_unknown(const Request& request, const Known& known) {
  if (auto providers = known.candidates.providers_of(request.name); !providers.empty())
    refuse_virtual(request, std::move(providers));
  auto help = help_for_extension(request.name, known);
  if (help.empty()) {
    const auto near = nearest(request.name, known.candidates.names());
    help = near ? cat("did you mean ", in_quotes(*near), "?")
                : "check the spelling, the suite and the components of the sources";
  }
  throw Error(ErrorKind::usage, cat("no package ", in_quotes(request.name), " in the sources"), std::move(help));
}

void expect_known(const Request& request, const Known& known) {
  const auto* found = known.candidates.find(request.name);
  if (found == nullptr) refuse_unknown(request, known);
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
    if (!installed.contains(request.name))
      expect_known(request, {.requests = requests, .candidates = candidates, .installed = installed});
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
