// Matches globs and the patterns of .dockerignore (moby/patternmatcher and Go's filepath.Match): `*`, `?`, `[a-z]`,
// `\x`, `**`, and `!` for exceptions.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lapstrake {

// One pattern without `!`. `?` and classes match one UTF-8 character, `*` does not match `/`, `**` does.
class Pattern {
 public:
  // Error{usage} quoting `text` for an unclosed `[` or a `\` at the end.
  explicit Pattern(std::string_view text);
  // Whether it matches all of `path` ...
  bool matches(std::string_view path) const { return run(path, false); }
  // ... or a folder on the way to it.
  bool matches_or_parent(std::string_view path) const { return run(path, true); }

 private:
  struct Token {
    enum class Kind { one, any, star, folders, rest, set } kind;
    char32_t character = 0;
    bool negated = false;
    std::vector<std::pair<char32_t, char32_t>> ranges = {};
    bool takes(char32_t c) const;
  };
  std::size_t add_set(const std::u32string& pattern, std::size_t at, std::string_view text);
  void add_stars(const std::u32string& pattern, std::size_t& at);
  void enter(std::vector<bool>& states, std::size_t token) const;
  bool run(std::string_view path, bool parents) const;
  std::vector<Token> tokens_;
  std::string literal_;  // when it has no special characters
};

// A list in which the last match wins and `!` negates; a matched folder matches with its content.
class Patterns {
 public:
  Patterns() = default;
  // Error{usage} from Pattern, and for a lone `!`.
  explicit Patterns(const std::vector<std::string>& patterns);
  bool matches(std::string_view path) const;  // relative, without leading or trailing `/`
  bool empty() const { return rules_.empty(); }
  // Whether files in a matched folder may be excepted.
  bool has_exceptions() const { return has_exceptions_; }

 private:
  struct Rule {
    Pattern pattern;
    bool exception;
  };
  std::vector<Rule> rules_;
  bool has_exceptions_ = false;
};

// A glob, one pattern for each part of a path ("conf.d/**/*.ini"): `**` is any number of folders.
class PathGlob {
 public:
  // Error{usage} from Pattern.
  explicit PathGlob(const std::vector<std::string>& parts);

  // How far a path has been matched; empty when nothing below it can match.
  using State = std::vector<std::size_t>;
  State start() const;
  State after(const State& state, std::string_view name) const;
  bool is_match(const State& state) const;  // all of the glob
  // Whether `path`, or anything below it, can match, or lies below a match.
  bool may_match(std::string_view path) const;

 private:
  struct Part {
    Pattern pattern;
    bool any_folders;
  };
  State entered(State state) const;
  std::vector<Part> parts_;
};

// The patterns of an ignore file's text: no comments (`#` in the first column), no empty lines.
std::vector<std::string> ignore_lines(std::string_view text);

// Go's path.Clean: removes `.` and empty parts, resolves `..` where possible; "." for an empty path.
std::string clean_path(std::string_view path);

// is_glob: whether `text` has an unescaped `*`, `?` or `[`; unescaped: the literal name when it has none.
bool is_glob(std::string_view text);
std::string unescaped(std::string_view text);

}  // namespace lapstrake
