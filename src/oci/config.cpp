#include <algorithm>
#include <chrono>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/oci/image.hpp>

#include "members.hpp"

namespace lapstrake::oci {
namespace {

std::optional<std::vector<std::string>> optional_texts(const Members& members, std::string_view name) {
  if (members.find(name) == nullptr) return std::nullopt;
  return members.texts(name);
}

void read_run_settings(ImageConfig& config, const Json& object, const std::string& what) {
  const Members members(
      object, cat("the `config` of ", what),
      {"User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal"});
  config.user = members.text("User");
  config.exposed_ports = members.keys("ExposedPorts");
  config.env = members.texts("Env");
  config.entrypoint = optional_texts(members, "Entrypoint");
  config.cmd = optional_texts(members, "Cmd");
  config.volumes = members.keys("Volumes");
  config.workdir = members.text("WorkingDir");
  config.labels = members.text_map("Labels");
  config.stopsignal = members.text("StopSignal");
  config.other_config = members.others();
}

std::vector<Digest> read_diff_ids(const Json& object, const std::string& what) {
  const Members members(object, cat("the `rootfs` of ", what), {"type", "diff_ids"});
  if (members.needed_text("type") != "layers") members.fail("is not of type `layers`");
  std::vector<Digest> out;
  if (members.find("diff_ids") == nullptr) return out;
  for (const Json& element : members.needed_list("diff_ids")) out.push_back(digest_from(element, members.what()));
  return out;
}

History read_history(const Json& object, const std::string& what) {
  const Members members(object, cat("the `history` of ", what),
                        {"created", "created_by", "author", "comment", "empty_layer"});
  return {.created = members.text("created"),
          .created_by = members.text("created_by"),
          .author = members.text("author"),
          .comment = members.text("comment"),
          .empty_layer = members.flag("empty_layer")};
}

void put_text(OrderedJson& out, const char* name, const std::string& text) {
  if (!text.empty()) out[name] = text;
}

// Sets are objects of empty objects, sorted (config.md, "ExposedPorts").
void put_set(OrderedJson& out, const char* name, std::vector<std::string> keys) {
  if (keys.empty()) return;
  std::ranges::sort(keys);
  OrderedJson set = OrderedJson::object();
  for (const auto& key : keys) set[key] = OrderedJson::object();
  out[name] = std::move(set);
}

void put_others(OrderedJson& out, const std::string& others) {
  if (others.empty()) return;
  const Json members = parse_json(others, "the unknown members");
  for (const auto& [name, value] : members.items()) out[name] = value;
}

OrderedJson run_settings(const ImageConfig& config) {
  OrderedJson out = OrderedJson::object();
  put_text(out, "User", config.user);
  put_set(out, "ExposedPorts", config.exposed_ports);
  if (!config.env.empty()) out["Env"] = config.env;
  if (config.entrypoint) out["Entrypoint"] = *config.entrypoint;
  if (config.cmd) out["Cmd"] = *config.cmd;
  put_set(out, "Volumes", config.volumes);
  put_text(out, "WorkingDir", config.workdir);
  if (!config.labels.empty()) out["Labels"] = config.labels;
  put_text(out, "StopSignal", config.stopsignal);
  put_others(out, config.other_config);
  return out;
}

OrderedJson to_json(const History& entry) {
  OrderedJson out = OrderedJson::object();
  put_text(out, "created", entry.created);
  put_text(out, "created_by", entry.created_by);
  put_text(out, "author", entry.author);
  put_text(out, "comment", entry.comment);
  if (entry.empty_layer) out["empty_layer"] = true;
  return out;
}

OrderedJson rootfs(const ImageConfig& config) {
  OrderedJson ids = OrderedJson::array();
  for (const auto& id : config.diff_ids) ids.push_back(id.text());
  return {{"type", "layers"}, {"diff_ids", std::move(ids)}};
}

}  // namespace

ImageConfig parse_config(std::string_view json, std::string_view what) {
  const Json object = parse_json(json, what);
  const Members members(object, std::string(what),
                        {"created", "author", "architecture", "os", "variant", "config", "rootfs", "history"});
  ImageConfig config;
  config.created = members.text("created");
  config.author = members.text("author");
  config.platform = {.os = members.needed_text("os"),
                     .architecture = members.needed_text("architecture"),
                     .variant = members.text("variant")};
  if (const Json* settings = members.find("config")) read_run_settings(config, *settings, members.what());
  config.diff_ids = read_diff_ids(members.need("rootfs"), members.what());
  if (members.find("history") != nullptr)
    for (const Json& entry : members.needed_list("history", limits::history_entries))
      config.history.push_back(read_history(entry, members.what()));
  config.other = members.others();
  return config;
}

std::string render(const ImageConfig& config) {
  OrderedJson out = OrderedJson::object();
  put_text(out, "created", config.created);
  put_text(out, "author", config.author);
  out["architecture"] = config.platform.architecture;
  out["os"] = config.platform.os;
  put_text(out, "variant", config.platform.variant);
  out["config"] = run_settings(config);
  out["rootfs"] = rootfs(config);
  if (!config.history.empty()) {
    OrderedJson history = OrderedJson::array();
    for (const auto& entry : config.history) history.push_back(to_json(entry));
    out["history"] = std::move(history);
  }
  put_others(out, config.other);
  return dump(out, "the image's config");
}

std::string rfc3339(std::int64_t seconds) {
  // RFC 3339 knows the years 0000 to 9999 alone; what comes before the epoch is nobody's build.
  if (seconds < 0 || seconds > 253402300799)
    throw Error(ErrorKind::usage, cat("the time ", seconds, " is not between the years 1970 and 9999"),
                "set SOURCE_DATE_EPOCH to seconds since 1970-01-01, for example `git log -1 --format=%ct`");
  using namespace std::chrono;
  const sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  const auto two = [](auto number) { return cat(number < 10 ? "0" : "", number); };
  return cat(int(date.year()), "-", two(unsigned(date.month())), "-", two(unsigned(date.day())), "T",
             two(clock.hours().count()), ":", two(clock.minutes().count()), ":", two(clock.seconds().count()), "Z");
}

}  // namespace lapstrake::oci
