// Reads the members of an untrusted JSON object strictly: each failure is Error{integrity} naming the member.
#pragma once
#include <lapstrake/base/limits.hpp>
#include <lapstrake/oci/digest.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake::oci {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

class Members {
 public:
  // `value` must be an object. A member that differs from one of `known` only in case is refused: Go's readers would
  // accept it as that member (golang/go#14750). Both arguments must outlive this.
  Members(const Json& value, std::string what, std::vector<std::string_view> known);

  const std::string& what() const noexcept { return what_; }
  bool has(std::string_view name) const;          // also when it is null
  const Json* find(std::string_view name) const;  // null counts as absent, as Go's tools write empty lists
  const Json& need(std::string_view name) const;
  std::string text(std::string_view name) const;  // "" when absent
  std::string needed_text(std::string_view name) const;
  bool flag(std::string_view name) const;  // false when absent
  // Lists and maps have at most limits::list_members members.
  std::vector<std::string> texts(std::string_view name) const;               // an array of strings
  std::map<std::string, std::string> text_map(std::string_view name) const;  // an object of strings
  std::vector<std::string> keys(std::string_view name) const;                // an object's member names
  const Json::array_t& needed_list(std::string_view name, std::uint64_t most = limits::list_members) const;
  Digest needed_digest(std::string_view name) const;
  // The members that are not `known`, as an object's text; "" when there are none.
  std::string others() const;

  [[noreturn]] void fail(std::string_view why) const;

 private:
  void expect_few(std::string_view name, std::uint64_t size, std::uint64_t most = limits::list_members) const;
  const Json& value_;
  std::string what_;
  std::vector<std::string_view> known_;
};

Digest digest_from(const Json& value, std::string_view what);
// Without white space; Error{usage} when a text in it is not UTF-8.
std::string dump(const OrderedJson& value, std::string_view what);

}  // namespace lapstrake::oci
