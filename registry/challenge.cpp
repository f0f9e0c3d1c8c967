#include "challenge.hpp"

#include <lapstrake/base/text.hpp>
#include <optional>

namespace lapstrake::registry {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool at_end() const { return text_.empty(); }
  bool take(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  void skip(std::string_view set) { text_.remove_prefix(std::min(text_.find_first_not_of(set), text_.size())); }
  std::string_view token() {
    const auto token = text_.substr(0, text_.find_first_of(" \t,=\""));
    text_.remove_prefix(token.size());
    return token;
  }
  // A quoted string or a token; nothing when it is neither, or the quote is not closed.
  std::optional<std::string> value() {
    if (!take('"')) {
      const auto end = text_.find_first_of(" \t,\"");
      const auto word = text_.substr(0, end);
      text_.remove_prefix(word.size());
      if (word.empty()) return std::nullopt;
      return std::string(word);
    }
    std::string value;
    while (!text_.empty()) {
      if (take('"')) return value;
      take('\\');
      if (text_.empty()) break;
      value += text_.front();
      text_.remove_prefix(1);
    }
    return std::nullopt;
  }
  std::string_view rest() const { return text_; }
  void restore(std::string_view rest) { text_ = rest; }

 private:
  std::string_view text_;
};

constexpr std::string_view blanks = " \t";
constexpr std::string_view separators = " \t,";

// name=value pairs up to the next scheme. False: the rest is invalid.
bool read_parameters(Reader& reader, Challenge& challenge) {
  for (;;) {
    reader.skip(separators);
    const auto before = reader.rest();
    const auto name = reader.token();
    reader.skip(blanks);
    if (name.empty() || !reader.take('=')) {
      reader.restore(before);  // a scheme, or the end
      return true;
    }
    reader.skip(blanks);
    auto value = reader.value();
    if (!value) return false;
    challenge.parameters.emplace(lower(name), std::move(*value));
  }
}

}  // namespace

std::string Challenge::parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string() : found->second;
}

std::vector<Challenge> parse_challenges(std::string_view field) {
  std::vector<Challenge> challenges;
  Reader reader(field);
  for (reader.skip(separators); !reader.at_end(); reader.skip(separators)) {
    const auto scheme = reader.token();
    if (scheme.empty()) break;
    Challenge challenge{lower(scheme), {}};
    const bool readable = read_parameters(reader, challenge);
    if (!readable) break;
    challenges.push_back(std::move(challenge));
  }
  return challenges;
}

std::vector<Challenge> challenges_of(const http::Headers& headers) {
  std::vector<Challenge> all;
  for (const auto& field : headers.find_all("WWW-Authenticate"))
    for (auto& challenge : parse_challenges(field)) all.push_back(std::move(challenge));
  return all;
}

}  // namespace lapstrake::registry
