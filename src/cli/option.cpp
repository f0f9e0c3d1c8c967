#include "option.hpp"

#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

namespace lapstrake::cli {

Option flag(std::string names, std::string text, bool& to) {
  return {.names = std::move(names), .value = {}, .text = std::move(text), .assign = [&to](const std::string&) {
            to = true;
          }};
}

Option option(std::string names, std::string value, std::string text, std::string& to) {
  return {.names = std::move(names),
          .value = std::move(value),
          .text = std::move(text),
          .assign = [&to](const std::string& given) { to = given; }};
}

Option option(std::string names, std::string value, std::string text, std::optional<std::string>& to) {
  return {.names = std::move(names),
          .value = std::move(value),
          .text = std::move(text),
          .assign = [&to](const std::string& given) { to = given; }};
}

Option list(std::string names, std::string value, std::string text, std::vector<std::string>& to) {
  return {.names = std::move(names),
          .value = std::move(value),
          .text = std::move(text),
          .assign = [&to](const std::string& given) { to.push_back(given); },
          .is_list = true};
}

Option number(std::string names, std::string value, std::string text, std::int64_t least, std::int64_t most,
              std::function<void(std::int64_t)> assign) {
  const auto name = split(names, ',').back();
  return {.names = std::move(names),
          .value = std::move(value),
          .text = std::move(text),
          .assign = [=](const std::string& given) {
            if (given.empty()) return;  // of a variable that is not set: -j "$JOBS"
            const auto parsed = parse_integer(given);
            if (!parsed || *parsed < least || *parsed > most)
              throw Error(ErrorKind::usage,
                          cat("invalid value `", name, " ", given, "`: expected a number from ", least, " to ", most));
            assign(*parsed);
          }};
}

std::vector<std::string> names_of(const Option& option) { return split(option.names, ','); }

}  // namespace lapstrake::cli
