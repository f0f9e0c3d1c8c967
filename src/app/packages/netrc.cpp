#include "netrc.hpp"

#include <vector>

namespace lapstrake::app {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The words of the file; a word in quotes may have spaces, `\` escapes the next character in it (as curl reads them).
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  std::optional<std::string> next() {
    skip_space();
    if (rest_.empty()) return std::nullopt;
    return rest_.front() == '"' ? quoted() : plain();
  }
  // A macro ends at an empty line.
  void skip_macro() {
    const auto end = rest_.find("\n\n");
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
  }

 private:
  void skip_space() {
    for (;;) {
      while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
      if (rest_.empty() || rest_.front() != '#') return;
      const auto end = rest_.find('\n');
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
    }
  }
  std::string plain() {
    std::size_t size = 0;
    while (size < rest_.size() && !is_space(rest_[size])) ++size;
    std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return out;
  }
  std::string quoted() {
    std::string out;
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      out += rest_.front();
      rest_.remove_prefix(1);
    }
    if (!rest_.empty()) rest_.remove_prefix(1);
    return out;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<NetrcLogin> find_login(std::string_view netrc, std::string_view host) {
  Words words(netrc);
  bool is_ours = false;
  NetrcLogin login;
  const auto found = [&] { return is_ours && (!login.user.empty() || !login.password.empty()); };
  while (const auto word = words.next()) {
    if (*word == "machine" || *word == "default") {
      if (found()) return login;
      login = {};
      is_ours = *word == "default" || words.next() == host;
    } else if (*word == "login") {
      login.user = words.next().value_or("");
    } else if (*word == "password") {
      login.password = words.next().value_or("");
    } else if (*word == "account") {
      words.next();
    } else if (*word == "macdef") {
      words.skip_macro();
    }
  }
  if (found()) return login;
  return std::nullopt;
}

}  // namespace lapstrake::app
