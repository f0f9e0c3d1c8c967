#include "query_reply.hpp"

#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/json.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

constexpr int most_depth = 64;  // of elements

bool is_list_item(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  return name == "member" || name == "item";
}

json json_of(const pugi::xml_node& node, int depth) {
  const auto first = node.first_child();
  if (depth > most_depth || first.type() != pugi::node_element) return std::string(trim(node.text().get()));
  json out = is_list_item(first) ? json::array() : json::object();
  for (const auto& child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    if (out.is_array())
      out.push_back(json_of(child, depth + 1));
    else
      out[child.name()] = json_of(child, depth + 1);
  }
  return out;
}

json document_of(const std::string& body, const std::string& action) {
  if (!trim(body).starts_with('<')) return parse_json(body, cat("the reply to ", action));
  pugi::xml_document document;
  const auto parsed = document.load_buffer(body.data(), body.size(), pugi::parse_default);
  if (!parsed)
    throw Error(ErrorKind::network, cat("the reply to ", action, " is not valid XML"),
                "check AWS_ENDPOINT_URL and HTTPS_PROXY")
        .because(parsed.description());
  return {{document.document_element().name(), json_of(document.document_element(), 0)}};
}

}  // namespace

json read_query_reply(const std::string& body, const std::string& action) {
  const auto operation = action.substr(action.find(':') + 1);
  const auto document = document_of(body, action);
  const auto& response = member_of(document, cat(operation, "Response").c_str());
  const auto& result = member_of(response, cat(operation, "Result").c_str());
  return result.is_null() ? response : result;  // EC2 has no element for the result
}

}  // namespace lapstrake::aws
