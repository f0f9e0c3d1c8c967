// Lets scripts use the aws room as it is: to compare its signatures and bodies with botocore's, and to call a real
// server.
//   aws_driver sign < REQUESTS      a JSON request a line -> its signature, a JSON line each
//   aws_driver bodies FILE          every body that the room sends, {"service", "operation", "body"} a line; FILE: a
//   task
//                                   definition, in which <aws_account_id> is filled in
//   aws_driver settings < LINES     variables as a JSON object a line -> what they and the files that they name mean
//   aws_driver violations < DOCUMENTS  a task definition a line -> where the model of ECS refuses it
//   aws_driver call OPERATION [ARGUMENT...]   with the process's environment; exits with the Error's fault
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <lapstrake/aws/call.hpp>
#include <lapstrake/aws/credentials/find.hpp>
#include <lapstrake/aws/credentials/settings.hpp>
#include <lapstrake/aws/ecr/layer_upload.hpp>
#include <lapstrake/aws/ecr/login.hpp>
#include <lapstrake/aws/ecr/repository.hpp>
#include <lapstrake/aws/ecs/model.hpp>
#include <lapstrake/aws/ecs/revisions.hpp>
#include <lapstrake/aws/ecs/task_definition.hpp>
#include <lapstrake/aws/sign.hpp>
#include <lapstrake/base/encoding.hpp>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/sha256.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/http/curl.hpp>
#include <map>
#include <nlohmann/json.hpp>

using namespace lapstrake;
using nlohmann::json;

namespace {

using Arguments = std::vector<std::string>;

std::string sign_line(const std::string& line) {
  const auto asked = json::parse(line);
  http::Request request;
  request.method = asked["method"];
  request.url = http::parse_url(asked["url"].get<std::string>());
  request.body = asked["body"].get<std::string>();
  for (const auto& header : asked["headers"])
    request.headers.add(header[0].get<std::string>(), header[1].get<std::string>());
  const aws::Credentials credentials{asked["id"], asked["secret"], asked["token"], "the test"};
  const std::chrono::system_clock::time_point when{std::chrono::seconds(asked["time"].get<std::int64_t>())};
  const auto signature = aws::sign(request, credentials, {asked["region"], asked["service"]}, when);
  return json{{"canonical_request", signature.canonical_request}, {"signature", signature.signature}}.dump();
}

int sign_all(const Arguments&) {
  for (std::string line; std::getline(std::cin, line);) std::cout << sign_line(line) << '\n';
  return 0;
}

json settings_of(const json& variables) {
  const Environment environment = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->get<std::string>());
  };
  try {
    Runtime runtime = process_runtime();
    runtime.environment = environment;
    const auto credentials = aws::find_credentials({.runtime = runtime, .transport = {}, .profile = {}, .region = {}});
    const auto settings = aws::find_settings(environment, std::nullopt, std::nullopt);
    // An address of AWS's own is none that was configured.
    const auto url = aws::endpoint(aws::Service::ecs, "eu-west-1", environment, {}, settings.endpoints);
    return {{"id", credentials.access_key_id},
            {"secret", credentials.secret_access_key},
            {"token", credentials.session_token},
            {"region", settings.region.value_or("")},
            {"endpoint", url.starts_with("https://ecs.eu-west-1.") ? "" : url}};
  } catch (const Error& error) {
    return {{"refused", error.summary()}};
  }
}

int all_settings(const Arguments&) {
  for (std::string line; std::getline(std::cin, line);) std::cout << settings_of(json::parse(line)).dump() << '\n';
  return 0;
}

int all_violations(const Arguments&) {
  using Problem = aws::ModelViolation::Problem;
  for (std::string line; std::getline(std::cin, line);) {
    json kinds = json::array(), others = json::array();
    const auto document = json::parse(line);
    for (const auto& violation : aws::model_violations(document)) {
      const bool is_kind = violation.problem == Problem::kind || violation.problem == Problem::missing ||
                           violation.problem == Problem::choice;
      (is_kind ? kinds : others).push_back(violation.pointer.empty() ? "" : violation.pointer.substr(1));
    }
    std::cout << json{{"kinds", kinds}, {"others", others}}.dump() << '\n';
  }
  return 0;
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

json task_definition(const std::string& path) {
  return aws::read_task_definition(replace_all(text_of(path), "<aws_account_id>", "123456789012"), cat("`", path, "`"));
}

// Replies that lead the room through all its calls.
http::Response canned(const std::string& operation) {
  static const std::map<std::string, std::pair<int, std::string>> replies{
      {"GetAuthorizationToken", {200, R"({"authorizationData":[{"authorizationToken":"QVdTOng="}]})"}},
      {"DescribeRepositories", {200, R"({"repositories":[{"repositoryArn":"arn:x"}]})"}},
      {"CreateRepository", {200, R"({"repository":{"repositoryArn":"arn:x"}})"}},
      {"InitiateLayerUpload", {200, R"({"uploadId":"12345678-1234-1234-1234-123456789012","partSize":10485760})"}},
      {"UploadLayerPart", {200, "{}"}},
      {"CompleteLayerUpload", {400, R"({"__type":"UploadNotFoundException"})"}},
      {"BatchCheckLayerAvailability", {200, R"({"layers":[{"layerAvailability":"AVAILABLE"}]})"}},
      {"DescribeTaskDefinition",
       {400, R"({"__type":"ClientException","message":"Unable to describe task definition."})"}},
      {"RegisterTaskDefinition", {200, R"({"taskDefinition":{"taskDefinitionArn":"arn:x"}})"}},
      {"GetCallerIdentity",
       {200, R"({"GetCallerIdentityResponse": {"GetCallerIdentityResult": {"Arn": "a", "Account": "1"}}})"}}};
  const auto& [status, body] = replies.at(operation);
  http::Response response;
  response.status = status;
  response.body = body;
  return response;
}

http::Response record(const http::Request& request) {
  const auto target = request.headers.find("X-Amz-Target").value_or("");
  const auto& body = std::get<std::string>(request.body);
  const auto operation = target.empty() ? body.substr(7, body.find('&') - 7) : target.substr(target.find('.') + 1);
  const auto service = target.empty()                                 ? "sts"
                       : target.find("Registry") != std::string::npos ? "ecr"
                       : target.starts_with("SpencerFrontendService") ? "ecr-public"
                                                                      : "ecs";
  std::cout << json{{"service", service}, {"operation", operation}, {"body", body}}.dump() << '\n';
  auto response = canned(operation);
  if (std::string_view(service) == "ecr-public")
    response.body = R"({"authorizationData":{"authorizationToken":"QVdTOng="}})";
  return response;
}

int bodies(const Arguments& arguments) {
  aws::Session session{.transport = record,
                       .credentials = {"AKID", "secret", "", "the test"},
                       .region = "us-east-1",
                       .runtime = process_runtime()};
  session.runtime.environment = [](std::string_view) { return std::nullopt; };
  aws::ecr_login(session);
  aws::find_repository(session, "123456789012", "team/web");
  aws::create_repository(session, "123456789012", "team/web");
  aws::create_repository(session, "123456789012", "team/web",
                         {.tag_mutability = "IMMUTABLE_WITH_EXCLUSION",
                          .mutability_exclusions = {"dev-*"},
                          .scan_on_push = true,
                          .encryption = "KMS",
                          .kms_key = "alias/web",
                          .tags = {{"team", "web"}}});
  aws::ecr_public_login(session);
  const auto layer = text_of(arguments.at(0));  // any file will do
  aws::upload_layer(
      session, "123456789012", "team/web",
      {.digest = cat("sha256:", hex(sha256(as_bytes(layer)))), .size = layer.size(), .path = arguments.at(0)}, {});
  aws::caller_identity(session);
  aws::register_task_definition(session, task_definition(arguments.at(0)));
  return 0;
}

json call(const aws::Session& session, const std::string& operation, const Arguments& arguments) {
  if (operation == "identity") return aws::caller_identity(session).arn;
  if (operation == "login") return aws::ecr_login(session).password;
  if (operation == "exists") return aws::find_repository(session, arguments.at(0), arguments.at(1)).has_value();
  if (operation == "create") return aws::create_repository(session, arguments.at(0), arguments.at(1)).repository.arn;
  if (operation == "newest") {
    const auto found = aws::newest_revision(session, arguments.at(0));
    return found ? json(found->arn) : json();
  }
  if (operation != "register") throw std::invalid_argument(operation);
  const auto document =
      aws::merge(task_definition(arguments.at(0)), json::parse(arguments.size() > 1 ? arguments[1] : "{}"));
  const auto registered = aws::register_task_definition(session, document);
  return {{"arn", registered.arn}, {"is_new", registered.is_new}};
}

int call_server(const Arguments& arguments) {
  const Runtime runtime = process_runtime();
  const auto transport = http::curl_transport({.user_agent = "lapstrake-test", .runtime = runtime});
  const auto settings = aws::find_settings(runtime.environment, std::nullopt, std::nullopt);
  const aws::Session session{
      .transport = transport,
      .credentials = aws::find_credentials({.runtime = runtime, .transport = transport, .profile = {}, .region = {}}),
      .region = settings.region.value_or(""),
      .runtime = runtime,
      .notice = [](const std::string& text) { std::cerr << text << '\n'; }};
  std::cout << call(session, arguments.at(0), {arguments.begin() + 1, arguments.end()}).dump() << '\n';
  return 0;
}

}  // namespace

int main(int count, char** words) try {
  const std::map<std::string, int (*)(const Arguments&)> ways{{"sign", sign_all},
                                                              {"bodies", bodies},
                                                              {"settings", all_settings},
                                                              {"violations", all_violations},
                                                              {"call", call_server}};
  const Arguments arguments(words + 1, words + count);
  return ways.at(arguments.at(0))({arguments.begin() + 1, arguments.end()});
} catch (const Error& error) {
  std::cerr << report(error);
  return static_cast<int>(error.kind());
} catch (const std::exception& error) {
  std::cerr << "aws_driver: " << error.what() << '\n';
  return 1;
}
