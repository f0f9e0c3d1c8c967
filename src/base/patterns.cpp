#include <algorithm>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/path_text.hpp>
#include <lapstrake/base/patterns.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake {
namespace {

// One character of UTF-8 from the front of `text`; a byte that is none of it stands for itself, apart from all
// characters.
char32_t take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  char32_t out = size == 1 ? first : first & (0xffu >> (size + 1));
  if (size > text.size() || (size > 1 && !is_utf8(text.substr(0, size)))) {
    text.remove_prefix(1);
    return 0x110000u + first;
  }
  for (std::size_t i = 1; i < size; ++i) out = (out << 6) | (byte(i) & 0x3fu);
  text.remove_prefix(size);
  return out;
}

std::u32string characters(std::string_view text) {
  std::u32string out;
  while (!text.empty()) out += take_character(text);
  return out;
}

[[noreturn]] void bad(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::usage, cat("the pattern `", printable(text), "` ", why),
              "write `\\[` or `\\\\` for the character itself");
}

}  // namespace

bool Pattern::Token::takes(char32_t c) const {
  switch (kind) {
    case Kind::one: return c == character;
    case Kind::any:
    case Kind::star: return c != U'/';
    case Kind::folders:
    case Kind::rest: return true;
    case Kind::set: break;
  }
  const bool in = std::any_of(ranges.begin(), ranges.end(), [&](auto& r) { return r.first <= c && c <= r.second; });
  return in != negated;
}

Pattern::Pattern(std::string_view text) {
  const std::u32string pattern = characters(text);
  bool special = false;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const char32_t c = pattern[at];
    special = special || c == U'*' || c == U'?' || c == U'[' || c == U'\\';
    if (c == U'*') {
      add_stars(pattern, at);
    } else if (c == U'?') {
      tokens_.push_back({Token::Kind::any});
    } else if (c == U'[') {
      at = add_set(pattern, at, text);
    } else if (c == U'\\' && at + 1 == pattern.size()) {
      bad(text, "ends in a `\\`");
    } else {
      tokens_.push_back({Token::Kind::one, c == U'\\' ? pattern[++at] : c});
    }
  }
  if (!special) literal_ = text;
}

// `**/` and `**` in the middle are any folders, none too; at the end everything.
void Pattern::add_stars(const std::u32string& pattern, std::size_t& at) {
  if (at + 1 == pattern.size() || pattern[at + 1] != U'*') {
    tokens_.push_back({Token::Kind::star});
    return;
  }
  ++at;
  if (at + 1 < pattern.size() && pattern[at + 1] == U'/') ++at;
  tokens_.push_back({at + 1 == pattern.size() ? Token::Kind::rest : Token::Kind::folders});
}

std::size_t Pattern::add_set(const std::u32string& pattern, std::size_t at, std::string_view text) {
  Token set{Token::Kind::set};
  const auto next = [&] {
    if (++at >= pattern.size()) bad(text, "has a `[` without a `]`");
    return pattern[at];
  };
  const auto bound = [&](char32_t c) {
    if (c == U'-' || c == U']') bad(text, "has a `[` with an incomplete range");
    return c == U'\\' ? next() : c;
  };
  char32_t c = next();
  if (c == U'^') set.negated = true, c = next();
  do {
    const char32_t low = bound(c);
    char32_t high = low;
    c = next();
    if (c == U'-') high = bound(next()), c = next();
    set.ranges.emplace_back(low, high);
  } while (c != U']');
  tokens_.push_back(std::move(set));
  return at;
}

// Adds `token` to the states, and those that follow it for nothing. State 2i: before token i; 2i + 1: inside it
// (folders).
void Pattern::enter(std::vector<bool>& states, std::size_t token) const {
  for (;; ++token) {
    states[2 * token] = true;
    if (token == tokens_.size()) return;
    const auto kind = tokens_[token].kind;
    if (kind != Token::Kind::star && kind != Token::Kind::folders && kind != Token::Kind::rest) return;
  }
}

bool Pattern::run(std::string_view path, bool parents) const {
  if (!literal_.empty())
    return path == literal_ ||
           (parents && path.size() > literal_.size() && path.starts_with(literal_) && path[literal_.size()] == '/');
  const std::size_t end = tokens_.size();
  std::vector<bool> states(2 * end + 2), after(2 * end + 2);
  enter(states, 0);
  while (!path.empty()) {
    const char32_t c = take_character(path);
    if (parents && c == U'/' && states[2 * end]) return true;
    std::fill(after.begin(), after.end(), false);
    for (std::size_t i = 0; i < end; ++i) {
      if (!(states[2 * i] || states[2 * i + 1]) || !tokens_[i].takes(c)) continue;
      switch (tokens_[i].kind) {
        case Token::Kind::star:
        case Token::Kind::rest: enter(after, i); break;
        case Token::Kind::folders:
          after[2 * i + 1] = true;
          if (c == U'/') enter(after, i + 1);
          break;
        default: enter(after, i + 1);
      }
    }
    states.swap(after);
  }
  return states[2 * end];
}

Patterns::Patterns(const std::vector<std::string>& patterns) {
  for (const std::string& raw : patterns) {
    std::string_view text = trim(raw);
    if (text.empty()) continue;
    const bool exception = text.front() == '!';
    if (exception) text = trim(text.substr(1));
    if (text.empty())
      throw Error(ErrorKind::usage, "the pattern `!` is empty",
                  "write the pattern of an exception after it: `!keep.txt`");
    std::string clean = clean_path(text);
    if (clean.size() > 1 && clean.front() == '/') clean.erase(0, 1);
    rules_.push_back({Pattern(clean), exception});
    has_exceptions_ = has_exceptions_ || exception;
  }
}

bool Patterns::matches(std::string_view path) const {
  bool matched = false;
  for (const Rule& rule : rules_)
    if (rule.exception == matched && rule.pattern.matches_or_parent(path)) matched = !rule.exception;
  return matched;
}

PathGlob::PathGlob(const std::vector<std::string>& parts) {
  for (const std::string& part : parts) parts_.push_back({Pattern(part), part == "**"});
}

PathGlob::State PathGlob::start() const { return entered({0}); }

PathGlob::State PathGlob::after(const State& state, std::string_view name) const {
  State next;
  for (const std::size_t part : state) {
    if (part == parts_.size()) continue;
    if (parts_[part].any_folders)
      next.push_back(part);
    else if (parts_[part].pattern.matches(name))
      next.push_back(part + 1);
  }
  return entered(std::move(next));
}

bool PathGlob::is_match(const State& state) const { return std::ranges::count(state, parts_.size()) != 0; }

bool PathGlob::may_match(std::string_view path) const {
  auto state = start();
  for_each_part(path, [&](std::string_view name) {
    if (is_match(state)) return false;
    state = after(state, name);
    return true;
  });
  return !state.empty();
}

PathGlob::State PathGlob::entered(State state) const {
  for (std::size_t i = 0; i < state.size(); ++i)
    if (state[i] < parts_.size() && parts_[state[i]].any_folders) state.push_back(state[i] + 1);
  std::ranges::sort(state);
  state.erase(std::unique(state.begin(), state.end()), state.end());
  return state;
}

std::vector<std::string> ignore_lines(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<std::string> out;
  for (const std::string& line : split(text, '\n'))
    if (!line.starts_with('#') && !trim(line).empty()) out.emplace_back(trim(line));
  return out;
}

std::string clean_path(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string> parts;
  for (std::string& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..")
      parts.pop_back();
    else if (part != ".." || !rooted)
      parts.push_back(std::move(part));
  }
  const std::string joined = join(parts, "/");
  if (rooted) return "/" + joined;
  return joined.empty() ? "." : joined;
}

bool is_glob(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '*' || text[i] == '?' || text[i] == '[')
      return true;
  }
  return false;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

}  // namespace lapstrake
