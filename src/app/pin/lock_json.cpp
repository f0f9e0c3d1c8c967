#include "lock_json.hpp"

#include <lapstrake/base/text.hpp>

namespace lapstrake::app {
namespace {

constexpr const char* cure = "restore it from version control, or delete it and run `lapstrake lock`";

}  // namespace

void refuse(std::string_view what, std::string_view why) { throw Error(ErrorKind::usage, cat(what, " ", why), cure); }

void refuse(const Error& error) { throw Error(ErrorKind::usage, error.summary(), cure).because(error.reason()); }

void refuse_newer(std::string_view what) {
  throw Error(ErrorKind::usage, cat(what, " was written by a newer lapstrake"),
              "use the newer version, or delete the file and run `lapstrake lock`");
}

// The members of a section, or none if it is absent.
const nlohmann::json& section(const nlohmann::json& object, const char* name, std::string_view what) {
  static const auto nothing = nlohmann::json::object();
  const auto found = object.find(name);
  if (found == object.end()) return nothing;
  if (!found->is_object()) refuse(what, cat("has no valid `", name, "`"));
  return *found;
}

void require_members(const nlohmann::json& object, const std::set<std::string_view>& known, std::string_view what) {
  for (const auto& [name, value] : object.items())
    if (!known.contains(name)) refuse_newer(what);
}

std::string text_of(const nlohmann::json& entry, const char* member, const std::string& of, std::string_view what) {
  const auto found = entry.find(member);
  if (found == entry.end()) return {};
  if (!found->is_string()) refuse(what, cat("has an invalid `", member, "` for `", printable(of, 200), "`"));
  return *found;
}

oci::Digest digest_of(const nlohmann::json& value, const std::string& of, std::string_view what) {
  const auto digest = value.is_string() ? oci::Digest::parse(value.get_ref<const std::string&>()) : std::nullopt;
  if (!digest) refuse(what, cat("has no valid digest for `", printable(of, 200), "`"));
  return *digest;
}

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void Lines::add(std::string_view name, std::string_view value) {
  out_ += cat(out_.empty() ? "" : ",", "\n", indent_, "  ", json_text(name), ": ", value);
}

std::string Lines::object() const { return out_.empty() ? "{}" : cat("{", out_, "\n", indent_, "}"); }

void Line::add(std::string_view name, std::string_view json) {
  if (!json.empty()) out_ += cat(out_.size() > 1 ? ", " : "", json_text(name), ": ", json);
}

void Line::add_text(std::string_view name, const std::string& text) {
  if (!text.empty()) add(name, json_text(text));
}

}  // namespace lapstrake::app
