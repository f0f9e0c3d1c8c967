#include "command_options.hpp"

#include <algorithm>
#include <lapstrake/base/text.hpp>

namespace lapstrake::packages::deb::shell {
namespace {

bool lists(std::string_view names, std::string_view name) {
  return !name.empty() && cat(" ", names, " ").find(cat(" ", name, " ")) != std::string::npos;
}

class Reader {
 public:
  Reader(const std::vector<std::string>& words, std::string_view flags, std::string_view with_value)
      : words_(words), flags_(flags), with_value_(with_value) {}

  std::optional<CommandOptions> read() {
    for (at_ = 1; at_ < words_.size(); ++at_) {
      const auto& word = words_[at_];
      if (ended_ || word.size() < 2 || word[0] != '-')
        out_.operands.push_back(word);
      else if (word == "--")
        ended_ = true;
      else if (word[1] == '-' ? !read_long(word) : !read_short(word))
        return std::nullopt;
    }
    return std::move(out_);
  }

 private:
  bool take_value(const std::string& name) {
    if (++at_ >= words_.size()) return false;
    out_.values[name] = words_[at_];
    return true;
  }
  bool read_long(const std::string& word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    if (lists(flags_, name) && equals == word.npos)
      out_.values[name] = "";
    else if (!lists(with_value_, name))
      return false;
    else if (equals == word.npos)
      return take_value(name);
    else
      out_.values[name] = word.substr(equals + 1);
    return true;
  }
  bool read_short(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const std::string name{'-', word[i]};
      if (lists(flags_, name)) {
        out_.values[name] = "";
        continue;
      }
      if (!lists(with_value_, name)) return false;
      if (i + 1 == word.size()) return take_value(name);
      out_.values[name] = word.substr(i + 1);
      return true;
    }
    return true;
  }

  const std::vector<std::string>& words_;
  std::string_view flags_, with_value_;
  CommandOptions out_;
  std::size_t at_ = 1;
  bool ended_ = false;
};

}  // namespace

std::optional<std::string> CommandOptions::value(std::string_view name) const {
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

std::optional<CommandOptions> options_of(const std::vector<std::string>& words, std::string_view flags,
                                         std::string_view with_value) {
  return Reader(words, flags, with_value).read();
}

}  // namespace lapstrake::packages::deb::shell
