#include <algorithm>
#include <array>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/packages/pip/marker.hpp>
#include <lapstrake/packages/pip/names.hpp>
#include <lapstrake/packages/pip/specifier.hpp>
#include <utility>

namespace lapstrake::packages::pip {
namespace {

using Node = Marker::Node;
using Operand = Marker::Operand;

// Unknown values do not matter where the rest of the marker decides: `platform_release >= "6" and os_name == "nt"`.
struct Truth {
  enum class Kind { no, yes, unknown } kind = Kind::unknown;
  const Node* cause = nullptr;  // the comparison without a result
  bool is_unknown() const { return kind == Kind::unknown; }
};
Truth truth(bool value) { return {.kind = value ? Truth::Kind::yes : Truth::Kind::no}; }

struct MarkerVariable {
  std::string_view name;
  std::string MarkerEnvironment::*value;
};
constexpr std::array<MarkerVariable, 9> variables{
    {{"os_name", &MarkerEnvironment::os_name},
     {"sys_platform", &MarkerEnvironment::sys_platform},
     {"platform_system", &MarkerEnvironment::platform_system},
     {"platform_machine", &MarkerEnvironment::platform_machine},
     {"implementation_name", &MarkerEnvironment::implementation_name},
     {"platform_python_implementation", &MarkerEnvironment::platform_python_implementation},
     {"python_version", &MarkerEnvironment::python_version},
     {"python_full_version", &MarkerEnvironment::python_full_version},
     {"implementation_version", &MarkerEnvironment::implementation_version}}};

[[noreturn]] void refuse_marker(const Node& node, std::string_view why) {
  throw Error(ErrorKind::usage, cat("cannot evaluate the environment marker `", printable(node.text(), 200), "`"))
      .because(std::string(why));
}

bool is_variable(const Operand& operand, std::string_view name) { return operand.is_variable && operand.text == name; }
bool is_full_version(const Operand& operand) {
  return is_variable(operand, "python_full_version") || is_variable(operand, "implementation_version");
}

// The types of variables, "Dependency specifiers", "Environment Markers".
bool has_versions(const Node& node) {
  constexpr std::array<std::string_view, 4> names{"python_version", "python_full_version", "implementation_version",
                                                  "platform_release"};
  const auto& variable = node.left.is_variable ? node.left : node.right;
  return variable.is_variable && std::ranges::find(names, variable.text) != names.end();
}

// Versions are compared as such; texts have no order, so that `<` is false and `<=` is equality.
bool compare_texts(const Node& node, const std::string& left, const std::string& right) {
  if (node.op == "in") return right.find(left) != std::string::npos;
  if (node.op == "not in") return right.find(left) == std::string::npos;
  if (has_versions(node))
    if (const auto specifier = Specifier::from_text(cat(node.op, right)))
      if (const auto version = Version::from_text(left)) return specifier->contains(*version);
  if (node.op == "==" || node.op == "<=" || node.op == ">=") return left == right;
  if (node.op == "!=") return left != right;
  if (node.op == "<" || node.op == ">") return false;
  refuse_marker(node, cat("`", node.op, "` compares only versions"));
}

class MarkerEvaluation {
 public:
  MarkerEvaluation(const std::vector<Node>& nodes, const MarkerEnvironment& environment, const MarkerSets& sets)
      : nodes_(nodes), environment_(environment), sets_(sets) {}

  bool result() {
    const auto found = of(nodes_.size() - 1);
    if (found.is_unknown()) refuse_unknown(*found.cause);
    return found.kind == Truth::Kind::yes;
  }

 private:
  Truth of(std::size_t index) {
    const auto& node = nodes_[index];
    if (node.kind == Node::Kind::comparison) return comparison(node);
    const auto decides = node.kind == Node::Kind::both ? Truth::Kind::no : Truth::Kind::yes;
    const auto first = of(node.first);
    if (first.kind == decides) return first;
    const auto second = of(node.second);
    return second.kind == decides || !first.is_unknown() ? second : first;
  }

  Truth comparison(const Node& node) {
    if (is_variable(node.left, "extra")) return extra(node, node.right);
    if (is_variable(node.right, "extra")) return extra(node, node.left);
    if (is_variable(node.right, "extras")) return membership(node, sets_.extras);
    if (is_variable(node.right, "dependency_groups")) return membership(node, sets_.dependency_groups);
    const auto left = value(node, node.left), right = value(node, node.right);
    if (left && right) return truth(compare_texts(node, *left, *right));
    return for_all_patches(node, left, right);
  }

  Truth extra(const Node& node, const Operand& other) const {
    if (other.is_variable || (node.op != "==" && node.op != "!="))
      refuse_marker(node, "`extra` can only be compared with a quoted name, by `==` or `!=`");
    const bool is_selected =
        other.text.empty() ? sets_.extras.empty() : sets_.extras.contains(normalized_name(other.text));
    return truth(is_selected == (node.op == "=="));
  }

  Truth membership(const Node& node, const std::set<std::string>& set) const {
    if (node.left.is_variable || (node.op != "in" && node.op != "not in"))
      refuse_marker(node, cat("`", node.right.text, "` is a set: only `in` and `not in` apply"));
    return truth(set.contains(normalized_name(node.left.text)) == (node.op == "in"));
  }

  // Nothing if no image says it.
  std::optional<std::string> value(const Node& node, const Operand& operand) const {
    if (!operand.is_variable) return operand.text;
    const auto found = std::ranges::find(variables, operand.text, &MarkerVariable::name);
    if (found != variables.end()) {
      const auto& text = environment_.*found->value;
      return text.empty() ? std::nullopt : std::optional(text);
    }
    if (operand.text.starts_with("platform_")) return std::nullopt;
    refuse_marker(node, cat("`", operand.text, "` is a set: it can only follow `in` or `not in`"));
  }

  // Of a Python that is known as "3.11": the result if it is the same for each 3.11.N. Results change only next to the
  // version that the marker names.
  Truth for_all_patches(const Node& node, const std::optional<std::string>& left,
                        const std::optional<std::string>& right) const {
    const bool is_left = is_full_version(node.left);
    const auto& other = is_left ? right : left;
    const Truth unknown{.kind = Truth::Kind::unknown, .cause = &node};
    if (is_left == is_full_version(node.right) || !other || environment_.python_version.empty()) return unknown;
    if (node.op == "in" || node.op == "not in") return unknown;
    auto found = unknown;
    for (const auto patch : patches_near(*other)) {
      const auto version = cat(environment_.python_version, ".", patch);
      const auto now = truth(is_left ? compare_texts(node, version, *other) : compare_texts(node, *other, version));
      if (!found.is_unknown() && now.kind != found.kind) return unknown;
      found = now;
    }
    return found;
  }

  static std::vector<std::uint64_t> patches_near(std::string_view text) {
    constexpr std::uint64_t most = 1'000'000;
    const auto version = Version::from_text(text);
    const auto patch = version && version->release.size() > 2 ? std::min(version->release[2], most) : 0;
    return {0, most, patch, patch + 1, patch > 0 ? patch - 1 : 0};
  }

  [[noreturn]] void refuse_unknown(const Node& node) const {
    const auto what = cat("cannot evaluate the environment marker `", printable(node.text(), 200), "`");
    if (is_full_version(node.left) || is_full_version(node.right))
      throw Error(ErrorKind::usage, what,
                  cat("give the full version: `python: \"", environment_.python_version, ".N\"`"))
          .because(cat("the image has Python ", environment_.python_version, ", and its patch level is not known"));
    throw Error(ErrorKind::usage, what, "remove this requirement, or list it without the marker")
        .because("the value is a property of the kernel that runs the container, not of the image");
  }

  const std::vector<Node>& nodes_;
  const MarkerEnvironment& environment_;
  const MarkerSets& sets_;
};

}  // namespace

bool Marker::holds(const MarkerEnvironment& environment, const MarkerSets& sets) const {
  return MarkerEvaluation(nodes_, environment, sets).result();
}

}  // namespace lapstrake::packages::pip
