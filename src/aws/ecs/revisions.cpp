#include <lapstrake/aws/ecs/canonical.hpp>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/ecs/revisions.hpp>
#include <lapstrake/aws/ecs/task_definition.hpp>
#include <lapstrake/aws/json_members.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>

namespace lapstrake::aws {
namespace {

using nlohmann::json;

using Call = json (*)(const Session&, Service, std::string_view, const json&);

std::string arn_of(const json& reply, std::string_view action) {
  auto arn = text_of(member_of(reply, "taskDefinition"), "taskDefinitionArn");
  if (arn.empty())
    throw Error(ErrorKind::network, cat("the reply to ", action, " has no task definition ARN"),
                "check AWS_ENDPOINT_URL and HTTPS_PROXY");
  return arn;
}

// A family that has no active revision is no failure.
std::optional<json> describe(const Session& session, const std::string& family, Call call) {
  try {
    return call(session, Service::ecs, "DescribeTaskDefinition",
                {{"taskDefinition", family}, {"include", json::array({"TAGS"})}});
  } catch (const Error& error) {
    if (error.service().code == "ClientException" &&
        error.service().message.find("Unable to describe") != std::string::npos)
      return std::nullopt;
    throw;
  }
}

// Comments and such, which canonical() leaves out, make no revision: they may be dropped without a word.
std::vector<std::string> dropped_members(const json& sent, const json& kept) {
  std::vector<std::string> out;
  for (const auto& member : unknown_members(sent))
    if (!is_never_aws_member(member.name) && !kept.contains(json::json_pointer(member.pointer)))
      out.push_back(member.pointer);
  return out;
}

std::optional<ActiveRevision> look(const Session& session, const std::string& family, Call call) {
  const auto reply = describe(session, family, call);
  if (!reply) return std::nullopt;
  const auto arn = arn_of(*reply, "ecs:DescribeTaskDefinition");
  return ActiveRevision{arn, register_input(*reply).dump()};
}

}  // namespace

std::optional<ActiveRevision> newest_revision(const Session& session, const std::string& family) {
  return look(session, family, call);
}

json describe_revision(const Session& session, const std::string& arn) {
  return member_of(call(session, Service::ecs, "DescribeTaskDefinition", {{"taskDefinition", arn}}), "taskDefinition");
}

Registered register_task_definition(const Session& session, const json& document) {
  const json wanted = with_strings(without_nulls(document)), form = canonical(wanted);
  const std::string family = text_of(document, "family");
  bool has_sent = false;
  // The calls in here are single attempts: after one whose reply got lost, the first thing to do is to look again.
  return http::retrying(http::RetryPolicy{}, session.runtime, session.notice, [&]() -> Registered {
    const auto newest = look(session, family, call_once);
    if (newest && canonical(json::parse(newest->document)) == form) return {.arn = newest->arn, .is_new = has_sent};
    has_sent = true;
    const auto reply = call_once(session, Service::ecs, "RegisterTaskDefinition", wanted);
    return {arn_of(reply, "ecs:RegisterTaskDefinition"), true,
            dropped_members(wanted, member_of(reply, "taskDefinition"))};
  });
}

}  // namespace lapstrake::aws
