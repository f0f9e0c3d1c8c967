#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/marker.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <utility>

#include "text_scanner.hpp"

namespace lapstrake::packages::pip {
namespace {

constexpr std::size_t longest_marker = 64 * 1024;  // bytes
constexpr int deepest_marker = 100;                // parentheses

constexpr std::array<std::string_view, 14> variable_names{
    "os_name",          "sys_platform",        "platform_system",        "platform_machine",
    "platform_release", "platform_version",    "implementation_name",    "platform_python_implementation",
    "python_version",   "python_full_version", "implementation_version", "extra",
    "extras",           "dependency_groups"};

// Names of setuptools before PEP 508, which old wheels have.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> aliases{
    {{"os.name", "os_name"},
     {"sys.platform", "sys_platform"},
     {"platform.version", "platform_version"},
     {"platform.machine", "platform_machine"},
     {"platform.python_implementation", "platform_python_implementation"},
     {"python_implementation", "platform_python_implementation"}}};

constexpr std::array<std::string_view, 8> marker_operators{"===", "~=", "==", "!=", "<=", ">=", "<", ">"};

class MarkerParser {
 public:
  explicit MarkerParser(std::string_view text) : text_(text), scanner_(text) {}

  std::vector<Marker::Node> parse() {
    either();
    if (!scanner_.at_end()) refuse("`and`, `or` or the end is expected");
    return std::move(nodes_);
  }

 private:
  using Node = Marker::Node;

  [[noreturn]] void refuse(std::string_view why) const {
    throw Error(ErrorKind::usage, cat("`", printable(text_, 200), "` is not an environment marker"),
                "write it like python_version < \"3.11\" and sys_platform == \"linux\" (PEP 508)")
        .because(cat(why, " at `", printable(scanner_.rest(), 40), "`"));
  }

  std::size_t add(Node node) {
    nodes_.push_back(std::move(node));
    return nodes_.size() - 1;
  }

  // A chain is balanced, so that its depth does not grow with its length.
  std::size_t combined(Node::Kind kind, const std::vector<std::size_t>& parts, std::size_t from, std::size_t to) {
    if (to - from == 1) return parts[from];
    const auto middle = from + (to - from) / 2;
    const auto first = combined(kind, parts, from, middle);
    const auto second = combined(kind, parts, middle, to);
    return add({.kind = kind, .first = first, .second = second});
  }

  std::size_t either() {
    std::vector<std::size_t> parts{both()};
    while (scanner_.take_word("or")) parts.push_back(both());
    return combined(Node::Kind::either, parts, 0, parts.size());
  }

  std::size_t both() {
    std::vector<std::size_t> parts{part()};
    while (scanner_.take_word("and")) parts.push_back(part());
    return combined(Node::Kind::both, parts, 0, parts.size());
  }

  std::size_t part() {
    scanner_.skip_space();
    if (!scanner_.take("(")) return comparison();
    if (++depth_ > deepest_marker) refuse("more than 100 parentheses inside each other");
    const auto inner = either();
    if (!scanner_.take(")")) refuse("`)` is expected");
    --depth_;
    scanner_.skip_space();
    return inner;
  }

  std::size_t comparison() {
    Node node;
    node.left = operand();
    node.op = comparison_operator();
    node.right = operand();
    return add(std::move(node));
  }

  Marker::Operand operand() {
    scanner_.skip_space();
    auto out = scanner_.next() == '"' || scanner_.next() == '\'' ? quoted() : variable();
    scanner_.skip_space();
    return out;
  }

  // PEP 508 has no escapes.
  Marker::Operand quoted() {
    const char quote = scanner_.next();
    scanner_.skip(1);
    const auto value = scanner_.take_while([&](char c) { return c != quote; });
    if (scanner_.at_end()) refuse("the closing quote is missing");
    scanner_.skip(1);
    return {.is_variable = false, .text = std::string(value)};
  }

  Marker::Operand variable() {
    const auto name = scanner_.take_while([](char c) { return TextScanner::is_word(c) || c == '.'; });
    if (std::ranges::find(variable_names, name) != variable_names.end())
      return {.is_variable = true, .text = std::string(name)};
    for (const auto& [alias, variable] : aliases)
      if (name == alias) return {.is_variable = true, .text = std::string(variable)};
    if (name.empty()) refuse("a variable or a quoted value is expected");
    refuse(cat("`", name, "` is not a variable"));
  }

  std::string comparison_operator() {
    for (const auto op : marker_operators)
      if (scanner_.take(op)) return std::string(op);
    if (scanner_.take_word("in")) return "in";
    if (scanner_.take_word("not")) {
      scanner_.skip_space();
      if (scanner_.take_word("in")) return "not in";
    }
    refuse("an operator is expected");
  }

  std::string_view text_;
  TextScanner scanner_;
  std::vector<Node> nodes_;
  int depth_ = 0;
};

}  // namespace

std::string Marker::Node::text() const {
  const auto shown = [](const Operand& operand) {
    if (operand.is_variable) return operand.text;
    const std::string_view quote = operand.text.find('"') == std::string::npos ? "\"" : "'";
    return cat(quote, operand.text, quote);
  };
  return cat(shown(left), " ", op, " ", shown(right));
}

Marker Marker::parse(std::string_view text) {
  if (text.size() > longest_marker)
    throw Error(ErrorKind::usage, cat("the environment marker `", printable(text, 40), "` has more than 64 KiB"));
  Marker out;
  out.text_ = std::string(trim(text));
  out.nodes_ = MarkerParser(out.text_).parse();
  return out;
}

std::set<std::string> Marker::extras() const {
  std::set<std::string> out;
  for (const auto& node : nodes_) {
    const auto is_extra = [](const Operand& operand) {
      return operand.is_variable && (operand.text == "extra" || operand.text == "extras");
    };
    if (node.kind != Node::Kind::comparison) continue;
    if (is_extra(node.left)) out.insert(normalized_name(node.right.text));
    if (is_extra(node.right)) out.insert(normalized_name(node.left.text));
  }
  return out;
}

MarkerEnvironment marker_environment(const Target& target) {
  MarkerEnvironment out;
  out.platform_machine = target.machine;
  out.python_version = target.python.short_text();
  if (target.python.patch) out.python_full_version = out.implementation_version = target.python.text();
  return out;
}

}  // namespace lapstrake::packages::pip
