#include "members.hpp"

#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::oci {

Members::Members(const Json& value, std::string what, std::vector<std::string_view> known)
    : value_(value), what_(std::move(what)), known_(std::move(known)) {
  if (!value_.is_object()) fail("is not a JSON object");
  for (const auto& [name, ignored] : value_.items())
    for (const auto exact : known_)
      if (name != exact && lower(name) == lower(exact))
        fail(cat("has a member `", printable(name, 80), "` instead of `", exact, "`"));
}

void Members::fail(std::string_view why) const { throw Error(ErrorKind::integrity, cat(what_, " ", why)); }

bool Members::has(std::string_view name) const { return value_.contains(name); }

const Json* Members::find(std::string_view name) const {
  const auto found = value_.find(name);
  return found == value_.end() || found->is_null() ? nullptr : &*found;
}

const Json& Members::need(std::string_view name) const {
  const Json* found = find(name);
  if (found == nullptr) fail(cat("has no `", name, "`"));
  return *found;
}

std::string Members::text(std::string_view name) const { return find(name) == nullptr ? "" : needed_text(name); }

std::string Members::needed_text(std::string_view name) const {
  const Json& value = need(name);
  if (!value.is_string()) fail(cat("has a `", name, "` that is not a string"));
  return value.get<std::string>();
}

bool Members::flag(std::string_view name) const {
  const Json* value = find(name);
  if (value != nullptr && !value->is_boolean()) fail(cat("has a `", name, "` that is neither true nor false"));
  return value != nullptr && value->get<bool>();
}

std::vector<std::string> Members::texts(std::string_view name) const {
  std::vector<std::string> out;
  if (find(name) == nullptr) return out;
  for (const Json& element : needed_list(name)) {
    if (!element.is_string()) fail(cat("has an element of `", name, "` that is not a string"));
    out.push_back(element.get<std::string>());
  }
  return out;
}

std::map<std::string, std::string> Members::text_map(std::string_view name) const {
  std::map<std::string, std::string> out;
  const Json* object = find(name);
  if (object == nullptr) return out;
  if (!object->is_object()) fail(cat("has a `", name, "` that is not an object"));
  expect_few(name, object->size());
  for (const auto& [key, value] : object->items()) {
    if (!value.is_string()) fail(cat("has a value in `", name, "` that is not a string: `", printable(key, 80), "`"));
    out.emplace(key, value.get<std::string>());
  }
  return out;
}

std::vector<std::string> Members::keys(std::string_view name) const {
  std::vector<std::string> out;
  const Json* object = find(name);
  if (object == nullptr) return out;
  if (!object->is_object()) fail(cat("has a `", name, "` that is not an object"));
  expect_few(name, object->size());
  for (const auto& [key, ignored] : object->items()) out.push_back(key);
  return out;
}

void Members::expect_few(std::string_view name, std::uint64_t size, std::uint64_t most) const {
  if (size > most) fail(cat("has more than ", most, " members in `", name, "`"));
}

const Json::array_t& Members::needed_list(std::string_view name, std::uint64_t most) const {
  const Json& value = need(name);
  if (!value.is_array()) fail(cat("has a `", name, "` that is not an array"));
  expect_few(name, value.size(), most);
  return value.get_ref<const Json::array_t&>();
}

Digest Members::needed_digest(std::string_view name) const { return digest_from(need(name), what_); }

std::string Members::others() const {
  Json rest = Json::object();
  for (const auto& [name, value] : value_.items())
    if (std::ranges::find(known_, name) == known_.end()) rest[name] = value;
  return rest.empty() ? "" : dump(rest, what_);
}

Digest digest_from(const Json& value, std::string_view what) {
  if (!value.is_string()) throw Error(ErrorKind::integrity, cat(what, " has a digest that is not a string"));
  const auto& text = value.get_ref<const std::string&>();
  const auto digest = Digest::parse(text);
  if (!digest)
    throw Error(ErrorKind::integrity,
                cat(what, " has the digest `", printable(text, 140), "`, which is not sha256 in lower case hex"));
  return *digest;
}

std::string dump(const OrderedJson& value, std::string_view what) {
  try {
    return value.dump();
  } catch (const nlohmann::json::exception& failure) {
    throw Error(ErrorKind::usage, cat("cannot write ", what, ": it contains text that is not UTF-8"))
        .because(printable(failure.what(), 200));
  }
}

}  // namespace lapstrake::oci
