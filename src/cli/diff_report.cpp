#include "diff_report.hpp"

#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

#include "octal.hpp"

namespace lapstrake::cli {
namespace {

using nlohmann::ordered_json;

std::string owner(const app::FileFacts& facts) { return cat(facts.uid, ":", facts.gid); }

std::string line_of(const app::FileFacts& facts) {
  return cat(facts.type, octal(facts.mode), " ", owner(facts), " ", human_size(facts.size),
             facts.target.empty() ? "" : cat(" -> ", printable(facts.target, 4096)));
}

std::string change_of(const std::string& what, const app::FileFacts& was, const app::FileFacts& is) {
  const auto from_to = [&](const std::string& before, const std::string& after) {
    return cat(what, " ", before, " -> ", after);
  };
  if (what == "type") return from_to(std::string(1, was.type), std::string(1, is.type));
  if (what == "mode") return from_to(octal(was.mode), octal(is.mode));
  if (what == "owner") return from_to(owner(was), owner(is));
  if (what == "target") return from_to(printable(was.target, 4096), printable(is.target, 4096));
  if (what == "content" && was.size != is.size) return from_to(human_size(was.size), human_size(is.size));
  return what;
}

std::string line_of(const app::FileChange& change) {
  const auto path = printable(change.path, 4096);
  if (!change.before) return cat("  + /", path, "  ", line_of(*change.after), "\n");
  if (!change.after) return cat("  - /", path, "  ", line_of(*change.before), "\n");
  std::vector<std::string> what;
  for (const auto& one : change.what) what.push_back(change_of(one, *change.before, *change.after));
  return cat("  ~ /", path, "  ", join(what, ", "), "\n");
}

std::string line_of(char sign, const app::LayerLine& layer) {
  return cat("  ", sign, " layer ", layer.descriptor.digest.text(), "  ", human_size(layer.descriptor.size), "  ",
             printable(layer.created_by, 200), "\n");
}

std::string value_or_none(const std::optional<std::string>& json) { return json ? printable(*json, 4096) : "(none)"; }

void add_platform(std::string& out, const app::PlatformDiff& platform) {
  out += cat(printable(platform.platform, 200), "\n");
  for (const auto& member : platform.members)
    out += cat("  ", printable(member.name, 400), ": ", value_or_none(member.before), " -> ",
               value_or_none(member.after), "\n");
  for (const auto& layer : platform.layers_removed) out += line_of('-', layer);
  for (const auto& layer : platform.layers_added) out += line_of('+', layer);
  std::uint64_t added = 0, removed = 0;
  for (const auto& file : platform.files) {
    out += line_of(file);
    added += file.before ? 0 : 1;
    removed += file.after ? 0 : 1;
  }
  out +=
      cat("  files: ", added, " added, ", removed, " removed, ", platform.files.size() - added - removed, " changed\n");
}

ordered_json json_of(const app::FileFacts& facts) {
  ordered_json out{{"type", std::string(1, facts.type)},
                   {"mode", octal(facts.mode)},
                   {"uid", facts.uid},
                   {"gid", facts.gid},
                   {"size", facts.size}};
  if (facts.content) out["content"] = facts.content->text();
  if (facts.xattrs) out["xattrs"] = facts.xattrs->text();
  if (facts.type == 'l') out["target"] = facts.target;
  return out;
}

ordered_json json_of(const app::FileChange& change) {
  ordered_json out{{"path", change.path}, {"change", !change.before ? "added" : !change.after ? "removed" : "changed"}};
  if (!change.what.empty()) out["what"] = change.what;
  if (change.before) out["before"] = json_of(*change.before);
  if (change.after) out["after"] = json_of(*change.after);
  return out;
}

ordered_json json_of(const std::vector<app::LayerLine>& layers) {
  ordered_json out = ordered_json::array();
  for (const auto& layer : layers)
    out.push_back(
        {{"digest", layer.descriptor.digest.text()}, {"size", layer.descriptor.size}, {"createdBy", layer.created_by}});
  return out;
}

// What the member is, not its text.
ordered_json value_of(const std::optional<std::string>& json) {
  return json ? ordered_json::parse(*json, nullptr, false) : ordered_json();
}

ordered_json json_of(const app::PlatformDiff& platform) {
  ordered_json out{{"platform", platform.platform},
                   {"members", ordered_json::array()},
                   {"layersRemoved", json_of(platform.layers_removed)},
                   {"layersAdded", json_of(platform.layers_added)},
                   {"files", ordered_json::array()}};
  for (const auto& member : platform.members)
    out["members"].push_back(
        {{"name", member.name}, {"before", value_of(member.before)}, {"after", value_of(member.after)}});
  for (const auto& file : platform.files) out["files"].push_back(json_of(file));
  return out;
}

}  // namespace

std::string diff_report(const app::ImageDiff& difference) {
  if (difference.same()) return {};
  std::string out = cat("- ", difference.before_name, "  ", difference.before.digest.text(), "\n+ ",
                        difference.after_name, "  ", difference.after.digest.text(), "\n");
  for (const auto& platform : difference.platforms_removed) out += cat("- platform ", printable(platform, 80), "\n");
  for (const auto& platform : difference.platforms_added) out += cat("+ platform ", printable(platform, 80), "\n");
  for (const auto& platform : difference.platforms) add_platform(out, platform);
  return out;
}

ordered_json diff_json(const app::ImageDiff& difference) {
  ordered_json out{{"before", {{"name", difference.before_name}, {"digest", difference.before.digest.text()}}},
                   {"after", {{"name", difference.after_name}, {"digest", difference.after.digest.text()}}},
                   {"same", difference.same()},
                   {"platformsRemoved", difference.platforms_removed},
                   {"platformsAdded", difference.platforms_added},
                   {"platforms", ordered_json::array()}};
  for (const auto& platform : difference.platforms) out["platforms"].push_back(json_of(platform));
  return out;
}

}  // namespace lapstrake::cli
