#include "aws_handler.hpp"

#include <condition_variable>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>
#include <lapstrake/sandbox/aws/operations.hpp>
#include <lapstrake/sandbox/net/clock.hpp>
#include <lapstrake/sandbox/net/hosts.hpp>
#include <lapstrake/sandbox/registry/manifests.hpp>
#include <lapstrake/sandbox/registry/replies.hpp>

namespace lapstrake::sandbox {
namespace {

constexpr std::size_t most_records = 10'000;

// Sleeps; throws when the sandbox is stopped meanwhile.
void wait(std::chrono::milliseconds delay, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, delay, [] { return false; });
  if (stop.stop_requested()) throw ConnectionClosed{};
}

// Closes the connection after a part of the request's body.
BodyReader close_after(const BodyReader& body, std::uint64_t length, unsigned percent) {
  // A chunked body has no known length: then the connection closes within the first bytes.
  const std::uint64_t most = length / 100 * percent + length % 100 * percent / 100;
  return [body, most](const Sink& sink) {
    std::uint64_t left = most;
    body([&](Bytes bytes) {
      const auto taken = bytes.subspan(0, std::min<std::uint64_t>(left, bytes.size()));
      left -= taken.size();
      if (!taken.empty()) sink(taken);
      if (taken.size() < bytes.size() || left == 0) throw ConnectionClosed{};
    });
    throw ConnectionClosed{};
  };
}

Response scripted_response(const FaultEffect& effect) {
  Response response{.status = *effect.status, .body = effect.body};
  if (!effect.body.empty())
    response.headers.set("Content-Type", effect.body.starts_with("{") ? "application/json" : "text/plain");
  return response;
}

// ECR user guide, "Amazon ECR service quotas"; the JSON APIs use HTTP 400.
Response throttled(const RequestHead& head) {
  if (is_api_call(head)) return api_failure(head, {"ThrottlingException", "Rate exceeded"});
  return error_reply(429, "TOOMANYREQUESTS", "Rate exceeded");
}

void apply(Response& response, const FaultEffect& effect) {
  for (const auto& [name, value] : effect.headers)
    if (value)
      response.headers.set(name, *value);
    else
      response.headers.remove(name);
  response.corrupt = effect.corrupt;
  if (response.delivery != Response::Delivery::whole) return;
  if (effect.truncate) {
    response.delivery = Response::Delivery::truncated;
    response.body_limit = *effect.truncate;
  }
  if (effect.reset == FaultEffect::Reset::headers) response.delivery = Response::Delivery::reset_in_head;
  if (effect.reset == FaultEffect::Reset::after) response.delivery = Response::Delivery::reset;
}

bool reaches_client(const Response& response) {
  return response.delivery == Response::Delivery::whole || response.delivery == Response::Delivery::truncated;
}

}  // namespace

AwsHandler::AwsHandler(const Options& options, AccessKey key)
    : account_(options.account),
      region_(options.region),
      log_(options.log),
      clock_(options.clock),
      logs_(new_logs()),
      repositories_(options.folder, options.immutable_tags),
      uploads_(repositories_),
      distribution_(repositories_, logins_, uploads_, options.create_repositories,
                    [this](std::string_view action) { return faults_.denies(action); }),
      keys_(std::make_shared<AccessKeys>(std::move(key), options.account)),
      iam_(new_iam(options.account, options.clock())),
      api_({.keys = keys_,
            .account = options.account,
            .services = services(options),
            .denies = [this](std::string_view action) { return faults_.denies(action); },
            .role_allows = [this](const std::string&, const std::string& role,
                                  const std::string& action) { return role_allows(*iam_, role, action); }}) {
  set_faults(options.faults);
}

std::map<std::string, Operations> AwsHandler::services(const Options& options) {
  const auto network = new_network();
  const auto ecs = ecs_operations(
      {.logs = logs_,
       .step = options.rollout_step,
       .scripts = scripts_,
       .digest_of_image = [this](const std::string& image) { return digest_of_image(repositories_, image); },
       .check_network = [network](const auto& subnets, const auto& groups,
                                  const Caller& caller) { check_network(*network, subnets, groups, caller); }});
  return {{"ecr", ecr_operations(repositories_, logins_, uploads_)},
          {"ecr-public", ecr_public_operations(logins_)},
          {"ecs", ecs},
          {"sts", sts_operations(keys_, iam_)},
          {"iam", iam_operations(iam_)},
          {"ec2", ec2_operations(network)},
          {"elasticloadbalancing", elbv2_operations(ecs, network)},
          {"logs", logs_operations(logs_)},
          {"ssm", ssm_operations()},
          {"secretsmanager", secrets_manager_operations()},
          {"application-autoscaling", autoscaling_operations()}};
}

Response AwsHandler::handle(const RequestHead& head, const BodyReader& body, const std::stop_token& stop) {
  const auto record = begin_record(head);
  std::uint64_t bytes_read = 0;
  const BodyReader counted = [&](const Sink& sink) {
    body([&](Bytes bytes) {
      bytes_read += bytes.size();
      sink(bytes);
    });
  };
  std::string operation;
  try {
    // API calls are small, and STS names the operation in the body: read them first.
    const std::string text = is_api_call(head) ? read_text(counted) : std::string();
    operation = is_api_call(head) ? operation_of(head, text) : std::string();
    const FaultEffect effect = faults_.next(head.method, head.host, head.path, head.query, operation);
    Response response = respond_with(head, text, counted, effect, stop);
    end_record(*record, reaches_client(response) ? response.status : 0, bytes_read, operation);
    return response;
  } catch (const ConnectionClosed&) {
    end_record(*record, 0, bytes_read, operation);
    throw;
  }
}

Response AwsHandler::respond_with(const RequestHead& head, const std::string& text, const BodyReader& body,
                                  const FaultEffect& effect, const std::stop_token& stop) {
  if (effect.delay.count() > 0) wait(effect.delay, stop);
  if (effect.reset == FaultEffect::Reset::before) throw ConnectionClosed{};
  if (effect.hang_up) return {.delivery = Response::Delivery::hang_up};
  Response response;
  if (effect.throttle) {
    response = throttled(head);
  } else if (effect.status) {
    response = scripted_response(effect);
  } else if (effect.reset == FaultEffect::Reset::body) {
    const BodyReader short_body = close_after(body, head.body_length, effect.at_percent);
    response = execute(head, text, short_body, effect);
    throw ConnectionClosed{};  // the operation did not read the body
  } else {
    response = execute(head, text, body, effect);
  }
  if (!response.headers.find("Date")) response.headers.set("Date", http_date(clock_() + effect.skew));
  apply(response, effect);
  return response;
}

Response AwsHandler::execute(const RequestHead& head, const std::string& text, const BodyReader& body,
                             const FaultEffect& effect) {
  const Time now = clock_() + effect.skew;
  const auto host = parse_aws_host(head.host);
  const bool loopback = is_loopback_name(head.host);
  if (!host && !loopback) return {.status = 421, .body = "The sandbox serves AWS host names only.\n"};
  try {
    const bool registry = host ? host->kind == AwsHost::Kind::registry : head.path.starts_with("/v2");
    const RequestContext context{.account = host ? host->account : account_,
                                 .region = host ? host->region : region_,
                                 .now = now,
                                 .expire_login = effect.expire_token,
                                 .caller = account_};
    if (registry && context.is_public() && head.path == "/token/") return distribution_.token(head, now);
    if (registry) return distribution_.respond(head, body, context);
    if (host ? host->kind == AwsHost::Kind::storage : head.path.starts_with("/starport/"))
      return distribution_.download(head, now);
    if (effect.expire_token && is_api_call(head))
      return api_failure(head, {"ExpiredTokenException", "The security token included in the request is expired"});
    return api_.respond(head, text, host, now);
  } catch (const Error& error) {
    log(cat("internal error of the sandbox: ", error.summary()));
    return {.status = 500, .body = error.summary() + "\n"};
  }
}

std::shared_ptr<Record> AwsHandler::begin_record(const RequestHead& head) {
  auto record = std::make_shared<Record>();
  record->method = head.method;
  record->host = head.host;
  record->target = head.target();
  for (const auto& [name, value] : head.headers) record->headers[lower(name)] = value;
  const std::lock_guard lock(mutex_);
  records_.push_back(record);
  if (records_.size() > most_records) records_.pop_front();
  return record;
}

void AwsHandler::end_record(Record& record, int status, std::uint64_t body_bytes, const std::string& operation) {
  {
    const std::lock_guard lock(mutex_);
    record.status = status;
    record.body_bytes = body_bytes;
    if (!operation.empty()) record.target += " " + operation;
  }
  log(cat(record.method, " ", record.host, printable(record.target.substr(0, record.target.find("?X-Amz-")), 300),
          " -> ", status == 0 ? std::string("closed") : cat(status), " (", human_size(body_bytes), " in)"));
}

std::vector<Record> AwsHandler::records() const {
  const std::lock_guard lock(mutex_);
  std::vector<Record> all;
  for (const auto& record : records_) all.push_back(*record);
  return all;
}

void AwsHandler::log(const std::string& line) const {
  if (!log_) return;
  const std::lock_guard lock(log_mutex_);
  log_(line);
}

}  // namespace lapstrake::sandbox
