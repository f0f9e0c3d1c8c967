// Collects findings, each once, in order of position.
#pragma once
#include <lapstrake/base/finding.hpp>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "source_text.hpp"

namespace lapstrake::spec {

class Findings {
 public:
  explicit Findings(const SourceText& spec) : spec_(spec) {}

  void error(const Span& where, std::string message, std::string hint = {}, std::string help = {});
  void warning(const Span& where, std::string message, std::string hint = {}, std::string help = {});
  // In a file other than the spec.
  void error_in(const SourceText& source, const Span& where, std::string message, std::string hint = {},
                std::string help = {});

  const SourceText& spec() const noexcept { return spec_; }
  bool has_errors() const noexcept { return has_errors_; }
  bool is_full() const noexcept;        // further ones are dropped: suggestions are not needed
  std::vector<Finding> sorted() const;  // the spec's own first

 private:
  void add(const SourceText& source, const Span& where, Finding finding);

  const SourceText& spec_;
  std::vector<Finding> found_;
  std::set<std::tuple<std::string, std::size_t, std::size_t, std::string>> seen_;
  bool has_errors_ = false;
};

}  // namespace lapstrake::spec
