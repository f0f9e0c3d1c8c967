// Collects the findings of the rules.
#pragma once
#include <lapstrake/aws/ecs/rules/documented.hpp>
#include <lapstrake/base/finding.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lapstrake::aws {

class Findings {
 public:
  void error(std::string pointer, std::string message, std::string help);
  void warning(std::string pointer, std::string message, std::string help);
  // An error that can be ignored.
  void documented(Documented rule, std::string pointer, std::string message, std::string help);
  std::vector<Finding> take() && { return std::move(found_); }

 private:
  std::vector<Finding> found_;
};

}  // namespace lapstrake::aws
