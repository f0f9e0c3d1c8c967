#include "global_options.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::cli {
namespace {

Option progress_option(ProgressStyle& to) {
  static constexpr std::pair<std::string_view, ProgressStyle> styles[] = {{"auto", ProgressStyle::automatic},
                                                                          {"bar", ProgressStyle::bar},
                                                                          {"plain", ProgressStyle::plain},
                                                                          {"none", ProgressStyle::none}};
  const auto assign = [&to](const std::string& given) {
    if (given.empty()) return;  // of a variable that is not set
    for (const auto& [name, style] : styles)
      if (name == given) {
        to = style;
        return;
      }
    throw Error(ErrorKind::usage, cat("unknown progress style `", given, "`"),
                "use `--progress` with auto, bar, plain or none");
  };
  Option option{.names = "--progress", .value = "STYLE", .text = "auto, bar, plain or none", .assign = assign};
  for (const auto& style : styles) option.choices.emplace_back(style.first);
  return option;
}

}  // namespace

std::vector<Option> global_options(GlobalOptions& to) {
  return {
      option("-f,--file", "FILE", "the spec (default: lapstrake.yaml)", to.file),
      option("-C", "DIR", "change to DIR first", to.folder),
      option("-e,--environment", "NAME", "apply this environment of the spec", to.environment),
      list("--set", "NAME=VALUE", "override a variable of `vars:`; may be repeated", to.set),
      list("--image", "NAME=REF", "use REF instead of building image NAME; may be repeated", to.image),
      list("--platform", "OS/ARCH", "build for this platform instead of the platforms in the spec; may be repeated",
           to.platform),
      option("--store", "DIR", "the local store (default: LAPSTRAKE_STORE, else $XDG_CACHE_HOME/lapstrake)", to.store),
      number("-j,--jobs", "N", "number of threads (default: one per processor)", 1, 1024,
             [&to](std::int64_t jobs) { to.jobs = static_cast<unsigned>(jobs); }),
      flag("--locked", "fail if lapstrake.lock does not pin every base", to.locked),
      flag("--offline", "open no network connection", to.offline),
      option("--vendored", "DIR",
             "read bases from DIR, written by `lapstrake vendor` (default: LAPSTRAKE_VENDORED, else lapstrake-vendor "
             "beside the spec)",
             to.vendored),
      flag("--no-cache", "rebuild every layer; ignore cached layers", to.no_cache),
      flag("--allow-outside", "let the spec read files outside its folder", to.allow_outside),
      option("--profile", "NAME", "the profile in the shared AWS files", to.profile),
      option("--region", "NAME", "the AWS region", to.region),
      flag("--json", "print results as JSON", to.json),
      progress_option(to.progress),
      flag("-q,--quiet", "print only results and errors", to.quiet),
      flag("-v,--verbose", "log each step and the source of each login", to.verbose),
      flag("-h,--help", "print this help", to.help),
  };
}

}  // namespace lapstrake::cli
