// Reads and writes the JSON of `lapstrake.lock`, strictly and one entry a line.
#pragma once
#include <lapstrake/base/error.hpp>
#include <lapstrake/oci/digest.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

namespace lapstrake::app {

// Error{usage} with the cure. `what` names the file.
[[noreturn]] void refuse(std::string_view what, std::string_view why);
[[noreturn]] void refuse(const Error& error);
[[noreturn]] void refuse_newer(std::string_view what);

// The members of a section, or none if it is absent.
const nlohmann::json& section(const nlohmann::json& object, const char* name, std::string_view what);
// Unknown members are those of a newer version.
void require_members(const nlohmann::json& object, const std::set<std::string_view>& known, std::string_view what);
// The text of a member of the entry `of`; empty if it is absent.
std::string text_of(const nlohmann::json& entry, const char* member, const std::string& of, std::string_view what);
oci::Digest digest_of(const nlohmann::json& value, const std::string& of, std::string_view what);

std::string json_text(std::string_view text);

// `"name": value` lines of an object, one each.
class Lines {
 public:
  explicit Lines(std::string_view indent) : indent_(indent) {}
  void add(std::string_view name, std::string_view value);
  bool empty() const { return out_.empty(); }
  std::string object() const;

 private:
  std::string indent_, out_;
};

// An object on one line. Empty values are left out.
class Line {
 public:
  void add(std::string_view name, std::string_view json);
  void add_text(std::string_view name, const std::string& text);
  std::string object() const { return out_ + "}"; }

 private:
  std::string out_ = "{";
};

}  // namespace lapstrake::app
