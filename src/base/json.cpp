#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace lapstrake {
namespace {

// Checks the text before it is parsed into a tree, so that a hostile text costs no memory.
class StrictJsonCheck : public nlohmann::json_sax<nlohmann::json> {
 public:
  StrictJsonCheck(std::string_view text, std::string_view what, const JsonRules& rules)
      : text_(text),
        what_(what),
        most_depth_(rules.most_depth),
        most_values_(rules.most_values),
        duplicates_(rules.duplicates) {}

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    if (!duplicates_ && !members_.back().insert(name).second)
      throw Error(ErrorKind::integrity, cat(what_, " has a duplicate member `", printable(name, 80), "`"));
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& failure) override {
    std::size_t line = 1, column = 1;
    for (const char c : text_.substr(0, std::min(position > 0 ? position - 1 : 0, text_.size())))
      if (c == '\n')
        ++line, column = 1;
      else
        ++column;
    std::string why = failure.what();
    if (const auto at = why.find("syntax error"); at != std::string::npos) why = why.substr(at);
    throw Error(ErrorKind::integrity, cat(what_, " is not valid JSON (line ", line, ", column ", column, ")"))
        .because(printable(why, 300));
  }

 private:
  bool count() {
    if (++values_ > most_values_)
      throw Error(ErrorKind::integrity, cat(what_, " has more than ", most_values_, " values"));
    return true;
  }
  bool enter() {
    count();
    if (members_.size() >= most_depth_)
      throw Error(ErrorKind::integrity, cat(what_, " is nested deeper than ", most_depth_, " levels"));
    members_.emplace_back();
    return true;
  }
  bool leave() {
    members_.pop_back();
    return true;
  }
  std::string_view text_, what_;
  std::size_t most_depth_, most_values_, values_ = 0;
  bool duplicates_;
  std::vector<std::set<std::string>> members_;
};

}  // namespace

nlohmann::json parse_json(std::string_view text, std::string_view what, const JsonRules& rules) {
  if (text.size() > rules.most_bytes)
    throw Error(ErrorKind::integrity, cat(what, " is longer than ", human_size(rules.most_bytes)));
  // RFC 8259 8.1 forbids a byte order mark. nlohmann_json skips it, other readers may not. In files that people write
  // it is allowed, since editors add it.
  if (!rules.comments && text.starts_with("\xef\xbb\xbf"))
    throw Error(ErrorKind::integrity, cat(what, " is not valid JSON: it starts with a byte order mark"));
  // nlohmann_json takes a NUL for the end of the text and ignores the rest.
  if (text.find('\0') != text.npos)
    throw Error(ErrorKind::integrity, cat(what, " is not valid JSON: it contains a NUL byte"));
  StrictJsonCheck check(text, what, rules);
  nlohmann::json::sax_parse(text, &check, nlohmann::json::input_format_t::json, true, rules.comments);
  try {
    return nlohmann::json::parse(text, nullptr, true, rules.comments);
  } catch (const nlohmann::json::exception& failure) {
    throw Error(ErrorKind::integrity, cat(what, " is not valid JSON")).because(printable(failure.what(), 300));
  }
}

std::string pretty_json(const nlohmann::ordered_json& value) {
  return value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace lapstrake
