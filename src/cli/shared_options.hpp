// Options that several commands have.
#pragma once
#include <lapstrake/app/context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "command_context.hpp"
#include "option.hpp"

namespace lapstrake::cli {

// `--cache-from` and `--cache-to`.
struct CacheOptions {
  std::vector<std::string> from{};
  std::optional<std::string> to{};

  std::vector<Option> list();
  // Sets the caches of `context`. Error{usage} for an invalid reference, and for `--cache-to` with --offline, which
  // ignores `--cache-from`.
  void apply(CommandContext& command, app::Context& context) const;
};

Option create_repository_option(bool& to);

// `first` followed by `second`.
std::vector<Option> joined(std::vector<Option> first, std::vector<Option> second);

}  // namespace lapstrake::cli
