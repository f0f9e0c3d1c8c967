#include "shared_options.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::cli {
namespace {

oci::RegistryReference cache_reference(const std::string& text, std::string_view option) {
  auto where = oci::parse_registry_reference(text);
  if (where.digest)
    throw Error(ErrorKind::usage, cat("invalid value `", option, " ", text, "`: a cache cannot be pinned to a digest"),
                cat("use `", option, " HOST/REPO` or `", option, " HOST/REPO:TAG`"));
  return where;
}

}  // namespace

std::vector<Option> CacheOptions::list() {
  return {
      cli::list("--cache-from", "HOST/REPO[:TAG]", "reuse layers that another machine built; may be repeated", from),
      option("--cache-to", "HOST/REPO[:TAG]", "save layers there for other machines", to)};
}

void CacheOptions::apply(CommandContext& command, app::Context& context) const {
  for (const auto& text : from) context.cache.from.push_back(cache_reference(text, "--cache-from"));
  if (to) context.cache.to = cache_reference(*to, "--cache-to");
  if (!context.connection.offline) return;
  if (to) command.refuse_offline("--cache-to");
  if (context.cache.from.empty()) return;
  context.cache.from.clear();
  context.report.progress({.kind = app::Event::Kind::note, .text = "ignoring `--cache-from` because of `--offline`"});
}

Option create_repository_option(bool& to) {
  return flag("--create-repository", "create the ECR repository if it is missing", to);
}

std::vector<Option> joined(std::vector<Option> first, std::vector<Option> second) {
  for (auto& option : second) first.push_back(std::move(option));
  return first;
}

}  // namespace lapstrake::cli
