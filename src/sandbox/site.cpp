#include "site.hpp"

#include <condition_variable>
#include <lapstrake/base/error.hpp>
#include <lapstrake/base/text.hpp>

#include "clock.hpp"
#include "ecr.hpp"
#include "ecs.hpp"
#include "hosts.hpp"
#include "replies.hpp"

namespace lapstrake::sandbox {
namespace {

constexpr std::size_t most_records = 10'000;

// Sleeps, unless the sandbox ends before.
void wait(std::chrono::milliseconds delay, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, delay, [] { return false; });
  if (stop.stop_requested()) throw Cut{};
}

// Breaks the connection once a part of the request's body was read.
BodyReader cut_at(const BodyReader& body, std::uint64_t length, unsigned percent) {
  // A chunked body's length is not known before its end: then it is cut within its first bytes.
  const std::uint64_t most = length / 100 * percent + length % 100 * percent / 100;
  return [body, most](const Sink& sink) {
    std::uint64_t left = most;
    body([&](Bytes bytes) {
      const auto taken = bytes.subspan(0, std::min<std::uint64_t>(left, bytes.size()));
      left -= taken.size();
      if (!taken.empty()) sink(taken);
      if (taken.size() < bytes.size() || left == 0) throw Cut{};
    });
    throw Cut{};
  };
}

Answer made_up(const Misfortune& misfortune) {
  Answer answer{.status = *misfortune.status, .body = misfortune.body};
  if (!misfortune.body.empty())
    answer.headers.set("Content-Type", misfortune.body.starts_with("{") ? "application/json" : "text/plain");
  return answer;
}

// ECR user guide, "Amazon ECR service quotas"; the APIs tell it by HTTP 400.
Answer throttled(const Head& head) {
  if (is_api_call(head)) return api_failure(head, {"ThrottlingException", "Rate exceeded"});
  return refusal_reply(429, "TOOMANYREQUESTS", "Rate exceeded");
}

void mar(Answer& answer, const Misfortune& misfortune) {
  for (const auto& [name, value] : misfortune.headers)
    if (value)
      answer.headers.set(name, *value);
    else
      answer.headers.remove(name);
  answer.corrupt = misfortune.corrupt;
  if (answer.delivery != Answer::Delivery::whole) return;
  if (misfortune.truncate) {
    answer.delivery = Answer::Delivery::truncated;
    answer.body_limit = *misfortune.truncate;
  }
  if (misfortune.reset == Misfortune::Reset::headers) answer.delivery = Answer::Delivery::reset_in_head;
  if (misfortune.reset == Misfortune::Reset::after) answer.delivery = Answer::Delivery::reset;
}

bool reaches_client(const Answer& answer) {
  return answer.delivery == Answer::Delivery::whole || answer.delivery == Answer::Delivery::truncated;
}

}  // namespace

Plays::Plays(const Options& options, AccessKey key)
    : account_(options.account),
      region_(options.region),
      log_(options.log),
      repositories_(options.folder, options.immutable_tags),
      uploads_(repositories_),
      distribution_(repositories_, logins_, uploads_, options.create_repositories,
                    [this](std::string_view action) { return faults_.denies(action); }),
      api_(std::move(key), options.account,
           {{"ecr", ecr_operations(repositories_, logins_, uploads_)},
            {"ecr-public", ecr_public_operations(logins_)},
            {"ecs", ecs_operations()}},
           [this](std::string_view action) { return faults_.denies(action); }) {
  set_faults(options.faults);
}

Answer Plays::answer(const Head& head, const BodyReader& body, const std::stop_token& stop) {
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
    // Calls are small and name their operation in the body (STS): they are read before anything is decided.
    const std::string text = is_api_call(head) ? read_text(counted) : std::string();
    operation = is_api_call(head) ? operation_of(head, text) : std::string();
    const Misfortune misfortune = faults_.next(head.method, head.host, head.path, head.query, operation);
    Answer answer = struck(head, text, counted, misfortune, stop);
    end_record(*record, reaches_client(answer) ? answer.status : 0, bytes_read, operation);
    return answer;
  } catch (const Cut&) {
    end_record(*record, 0, bytes_read, operation);
    throw;
  }
}

Answer Plays::struck(const Head& head, const std::string& text, const BodyReader& body, const Misfortune& misfortune,
                     const std::stop_token& stop) {
  if (misfortune.delay.count() > 0) wait(misfortune.delay, stop);
  if (misfortune.reset == Misfortune::Reset::before) throw Cut{};
  if (misfortune.hang_up) return {.delivery = Answer::Delivery::hang_up};
  Answer answer;
  if (misfortune.throttle) {
    answer = throttled(head);
  } else if (misfortune.status) {
    answer = made_up(misfortune);
  } else if (misfortune.reset == Misfortune::Reset::body) {
    const BodyReader short_body = cut_at(body, head.body_length, misfortune.at_percent);
    answer = carried_out(head, text, short_body, misfortune);
    throw Cut{};  // it did not look at its body
  } else {
    answer = carried_out(head, text, body, misfortune);
  }
  if (!answer.headers.find("Date"))
    answer.headers.set("Date", http_date(std::chrono::system_clock::now() + misfortune.skew));
  mar(answer, misfortune);
  return answer;
}

Answer Plays::carried_out(const Head& head, const std::string& text, const BodyReader& body,
                          const Misfortune& misfortune) {
  const Time now = std::chrono::system_clock::now() + misfortune.skew;
  const auto host = parse_aws_host(head.host);
  const bool loopback = is_loopback_name(head.host);
  if (!host && !loopback) return {.status = 421, .body = "The sandbox plays AWS's own hosts only.\n"};
  try {
    const bool registry = host ? host->kind == AwsHost::Kind::registry : head.path.starts_with("/v2");
    const Visit visit{.account = host ? host->account : account_,
                      .region = host ? host->region : region_,
                      .now = now,
                      .expire_login = misfortune.expire_token,
                      .caller = account_};
    if (registry && visit.is_public() && head.path == "/token/") return distribution_.token(head, now);
    if (registry) return distribution_.answer(head, body, visit);
    if (host ? host->kind == AwsHost::Kind::storage : head.path.starts_with("/starport/"))
      return distribution_.download(head, now);
    if (misfortune.expire_token && is_api_call(head))
      return api_failure(head, {"ExpiredTokenException", "The security token included in the request is expired"});
    return api_.answer(head, text, host, now);
  } catch (const Error& error) {
    log(cat("a fault of the sandbox: ", error.summary()));
    return {.status = 500, .body = error.summary() + "\n"};
  }
}

std::shared_ptr<Sandbox::Record> Plays::begin_record(const Head& head) {
  auto record = std::make_shared<Sandbox::Record>();
  record->method = head.method;
  record->host = head.host;
  record->target = head.target();
  for (const auto& [name, value] : head.headers) record->headers[lower(name)] = value;
  const std::lock_guard lock(mutex_);
  records_.push_back(record);
  if (records_.size() > most_records) records_.pop_front();
  return record;
}

void Plays::end_record(Sandbox::Record& record, int status, std::uint64_t body_bytes, const std::string& operation) {
  {
    const std::lock_guard lock(mutex_);
    record.status = status;
    record.body_bytes = body_bytes;
    if (!operation.empty()) record.target += " " + operation;
  }
  log(cat(record.method, " ", record.host, printable(record.target.substr(0, record.target.find("?X-Amz-")), 300),
          " -> ", status == 0 ? std::string("cut") : cat(status), " (", human_size(body_bytes), " in)"));
}

std::vector<Sandbox::Record> Plays::records() const {
  const std::lock_guard lock(mutex_);
  std::vector<Sandbox::Record> all;
  for (const auto& record : records_) all.push_back(*record);
  return all;
}

void Plays::log(const std::string& line) const {
  if (!log_) return;
  const std::lock_guard lock(log_mutex_);
  log_(line);
}

}  // namespace lapstrake::sandbox
