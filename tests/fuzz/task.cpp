// A task definition, as people and `aws ecs describe-task-definition` write it: always read to its end, findings are
// about what is there, and what passes the check is taken by the sandbox's ECS.
#include <lapstrake/aws/ecs/canonical.hpp>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/ecs/rules/check.hpp>
#include <lapstrake/aws/ecs/rules/documented.hpp>
#include <lapstrake/aws/ecs/task_definition.hpp>
#include <nlohmann/json.hpp>

#include "../sandbox/aws/registration_error.hpp"
#include "attempt.hpp"

using namespace lapstrake;
using Json = nlohmann::json;

namespace {

// Whether the pointer leads to a value, or to the place of one that is missing, perhaps with the object that it is in.
bool is_place(const Json& document, const std::string& pointer) {
  try {
    const Json::json_pointer place(pointer);
    const auto parent = place.parent_pointer();
    return document.contains(place) || document.contains(parent) || document.contains(parent.parent_pointer());
  } catch (const Json::exception&) {
    return false;
  }
}

void hold_form(const Finding& finding, const Json& document) {
  hold(!finding.message.empty() && is_place(document, finding.pointer), "a finding is about what is there");
  const auto rules = aws::ignorable_rules();
  hold(finding.rule.empty() || std::ranges::binary_search(rules, finding.rule), "a rule that is named can be ignored");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = attempt({ErrorKind::usage, ErrorKind::integrity},
                            [&] { return aws::read_task_definition(text_of(data, size), "a file"); });
  if (!read) return 0;
  const auto document = aws::with_strings(*read);
  hold(aws::with_strings(document) == document, "what ECS wants as strings is one");
  bool has_error = false, is_beyond_model = false;
  for (const auto& finding : aws::check(document, {})) {
    hold_form(finding, document);
    const bool is_error = finding.severity == Finding::Severity::error;
    has_error = has_error || is_error;
    is_beyond_model = is_beyond_model || (is_error && finding.rule.empty());
  }
  const auto refusal = sandbox::registration_error(document);
  if (!has_error && !refusal.empty()) std::fprintf(stderr, "%s\n", refusal.c_str());
  hold(has_error || refusal.empty(), "what passes the check is taken");
  hold(is_beyond_model || !refusal.starts_with("SerializationException"), "what fits the model is of its shapes");
  const auto canonical = aws::canonical(document);
  hold(has_error || aws::canonical(canonical) == canonical, "a canonical form is its own");
  hold(aws::diff(document, document, "a", "b").empty(), "a document is no other than itself");
  return 0;
}
