#include "canonical_request.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <set>

namespace lapstrake::aws {
namespace {

// What proxies change or drop on the way, and what the signature itself becomes.
constexpr std::array<std::string_view, 12> unsigned_names{
    "authorization", "connection",        "expect",  "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
    "trailer",       "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id"};

// As the SDKs do it: dot segments and empty segments go, a final slash stays unless nothing else does.
std::string normalized(std::string_view path) {
  std::vector<std::string> kept;
  for (const auto& segment : split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..")
      kept.push_back(segment);
    else if (!kept.empty())
      kept.pop_back();
  }
  return cat("/", join(kept, "/"), path.ends_with('/') && !kept.empty() ? "/" : "");
}

std::string canonical_path(std::string_view path, const SignRules& rules) {
  const std::string clean = rules.normalize_path ? normalized(path) : std::string(path);
  const std::string encoded = percent_encode(rules.double_encode_path ? clean : percent_decode(clean), "/");
  return encoded.empty() ? "/" : encoded;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& field : split(query, '&')) {
    if (field.empty()) continue;
    const auto equals = field.find('=');
    const std::string value = equals == std::string::npos ? "" : field.substr(equals + 1);
    fields.emplace_back(percent_encode(percent_decode(field.substr(0, equals))), percent_encode(percent_decode(value)));
  }
  std::sort(fields.begin(), fields.end());
  std::vector<std::string> parts;
  for (const auto& [name, value] : fields) parts.push_back(cat(name, "=", value));
  return join(parts, "&");
}

// Trimmed, with runs of white space as one space, also within quotes.
std::string squeezed(std::string_view value) {
  std::string out;
  for (const char c : trim(value)) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank)
      out += c;
    else if (!out.ends_with(' '))
      out += ' ';
  }
  return out;
}

std::string canonical_header(const http::Headers& headers, const std::string& name) {
  std::vector<std::string> values;
  for (const auto& value : headers.find_all(name)) values.push_back(squeezed(value));
  return cat(name, ":", join(values, ","), "\n");
}

}  // namespace

std::string timestamp(std::chrono::system_clock::time_point when) {
  using namespace std::chrono;
  const auto second = floor<seconds>(when);
  const auto day = floor<days>(second);
  const year_month_day date(day);
  const hh_mm_ss time(second - day);
  char text[40];
  std::snprintf(text, sizeof text, "%04d%02u%02uT%02d%02d%02dZ", int{date.year()}, unsigned{date.month()},
                unsigned{date.day()}, static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

std::vector<std::string> signable_names(const http::Headers& headers) {
  std::set<std::string> names{"host"};
  for (const auto& [name, value] : headers)
    if (std::find(unsigned_names.begin(), unsigned_names.end(), lower(name)) == unsigned_names.end())
      names.insert(lower(name));
  return {names.begin(), names.end()};
}

std::string payload_hash(const http::Request& request) {
  const auto* body = std::get_if<std::string>(&request.body);
  if (body == nullptr) throw Error(ErrorKind::internal, "only a request whose body is in memory can be signed");
  return hex(sha256(as_bytes(*body)));
}

std::string canonical_request(const http::Request& request, const http::Headers& headers,
                              const std::vector<std::string>& names, std::string_view payload_hash,
                              const SignRules& rules) {
  std::string lines;
  for (const auto& name : names) lines += canonical_header(headers, name);
  return cat(request.method, "\n", canonical_path(request.url.path, rules), "\n", canonical_query(request.url.query),
             "\n", lines, "\n", join(names, ";"), "\n", payload_hash);
}

}  // namespace lapstrake::aws
