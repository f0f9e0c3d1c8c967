// What comes of each status at each step of a push and a pull, as a table for people (S22).
#include <lapstrake/registry/push.hpp>

#include "bench.hpp"
#include "support/catch.hpp"

using namespace lapstrake;
using namespace lapstrake::registry;

namespace {

// A cell says what becomes of the whole push (or pull) and how many requests the step takes: when the status comes
// once, and when it stays. "network", "access" and "integrity" are the exit codes 4, 5 and 6. A push of one blob under
// one tag sends 1 POST, 1 PUT of a blob and 2 PUTs of a manifest, and asks 1 HEAD of a blob and 5 of manifests; a HEAD
// that is refused is repeated as GET for its message, and answered likewise.
constexpr const char* expected = R"(
    | HEAD blob        | POST upload           | PUT blob              | HEAD manifest         | PUT manifest          | GET manifest          | GET blob
400 | ok 2 / network 2 | network 1 / network 1 | network 1 / network 1 | ok 6 / network 2      | network 1 / network 1 | network 1 / network 1 | network 1 / network 1
401 | ok 2 / access 2  | access 1 / access 1   | access 1 / access 1   | ok 6 / ok 10          | access 1 / access 1   | access 1 / access 1   | access 1 / access 1
403 | ok 2 / access 2  | access 1 / access 1   | access 1 / access 1   | ok 6 / ok 10          | access 1 / access 1   | access 1 / access 1   | access 1 / access 1
404 | ok 1 / ok 1      | network 1 / network 1 | ok 2 / network 3      | ok 5 / integrity 7    | network 1 / network 1 | network 1 / network 1 | ok 2 / network 2
405 | ok 1 / ok 1      | network 1 / network 1 | network 1 / network 1 | ok 6 / network 2      | network 1 / network 1 | network 1 / network 1 | network 1 / network 1
408 | ok 2 / network 6 | ok 2 / network 6      | ok 2 / network 6      | ok 6 / network 6      | ok 3 / network 6      | ok 2 / network 6      | ok 2 / network 6
409 | ok 2 / network 2 | network 1 / network 1 | network 1 / network 1 | ok 6 / network 2      | network 1 / network 1 | network 1 / network 1 | network 1 / network 1
413 | ok 2 / network 2 | network 1 / network 1 | network 1 / network 1 | ok 6 / network 2      | network 1 / network 1 | network 1 / network 1 | network 1 / network 1
415 | ok 2 / network 2 | network 1 / network 1 | network 1 / network 1 | ok 6 / network 2      | network 1 / network 1 | network 1 / network 1 | network 1 / network 1
416 | ok 2 / network 2 | network 1 / network 1 | ok 2 / network 3      | ok 6 / network 2      | network 1 / network 1 | network 1 / network 1 | network 1 / network 1
422 | ok 2 / network 2 | network 1 / network 1 | network 1 / network 1 | ok 6 / network 2      | network 1 / network 1 | network 1 / network 1 | network 1 / network 1
425 | ok 2 / network 6 | ok 2 / network 6      | ok 2 / network 6      | ok 6 / network 6      | ok 3 / network 6      | ok 2 / network 6      | ok 2 / network 6
429 | ok 2 / network 6 | ok 2 / network 6      | ok 2 / network 6      | ok 6 / network 6      | ok 3 / network 6      | ok 2 / network 6      | ok 2 / network 6
500 | ok 2 / network 6 | ok 2 / network 6      | ok 2 / network 6      | ok 6 / network 6      | ok 3 / network 6      | ok 2 / network 6      | ok 2 / network 6
501 | ok 2 / network 2 | network 1 / network 1 | network 1 / network 1 | ok 6 / network 2      | network 1 / network 1 | network 1 / network 1 | network 1 / network 1
502 | ok 2 / network 6 | ok 2 / network 6      | ok 2 / network 6      | ok 6 / network 6      | ok 3 / network 6      | ok 2 / network 6      | ok 2 / network 6
503 | ok 2 / network 6 | ok 2 / network 6      | ok 2 / network 6      | ok 6 / network 6      | ok 3 / network 6      | ok 2 / network 6      | ok 2 / network 6
504 | ok 2 / network 6 | ok 2 / network 6      | ok 2 / network 6      | ok 6 / network 6      | ok 3 / network 6      | ok 2 / network 6      | ok 2 / network 6
507 | ok 2 / network 2 | network 1 / network 1 | network 1 / network 1 | ok 6 / network 2      | network 1 / network 1 | network 1 / network 1 | network 1 / network 1
522 | ok 2 / network 6 | ok 2 / network 6      | ok 2 / network 6      | ok 6 / network 6      | ok 3 / network 6      | ok 2 / network 6      | ok 2 / network 6
)";

struct Step {
  std::string method, part;  // of the address
  bool meets(const http::Request& request) const {
    const bool is_method = request.method == method || (method == "HEAD" && request.method == "GET");
    return is_method && request.url.path.find(part) != std::string::npos;
  }
};
const std::vector<Step> steps{{"HEAD", "/blobs/sha256:"}, {"POST", "/blobs/uploads/"}, {"PUT", "/blobs/uploads/"},
                              {"HEAD", "/manifests/"},    {"PUT", "/manifests/"},      {"GET", "/manifests/"},
                              {"GET", "/blobs/sha256:"}};

const std::string text = R"({"schemaVersion":2})", type(oci::media_type::manifest);
const oci::Descriptor manifest{.media_type = type, .digest = oci::Digest::of(text), .size = text.size()};

struct Run : Bench {
  oci::Descriptor layer = blob("content");
  Repository remote = repository();

  void push() { push(remote); }
  void push(const Repository& to) {
    lapstrake::registry::push(to, {{manifest, text, {layer}}},
                              [this](const oci::Digest& digest) { return file(digest); }, {.jobs = 1, .tags = {"v1"}});
    if (registry.blobs.size() != 1 || registry.manifests.size() != 2)
      throw std::logic_error("ok, and not all is there");
  }
  void pull(const Step& step) {
    registry.blobs[layer.digest.text()] = "content";
    registry.manifests["v1"] = {type, text};
    if (step.part == "/manifests/") return void(remote.get_manifest("v1"));
    std::string got;
    remote.get_blob(layer, [&](Bytes bytes) { got += as_text(bytes); });
    if (got != "content") throw std::logic_error("ok, and other bytes");
  }
};

std::string word(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::network: return "network";
    case ErrorKind::access: return "access";
    case ErrorKind::integrity: return "integrity";
    default: return cat("exit code ", static_cast<int>(kind));
  }
}

// "ok 2": the outcome, and the requests that met the step.
std::string outcome(const Step& step, int status, unsigned times) {
  Run run;
  unsigned met = 0;
  run.registry.guard = [&](const http::Request& request) -> std::optional<http::Response> {
    return step.meets(request) && ++met <= times ? std::optional(fake::reply(status)) : std::nullopt;
  };
  std::string says = "ok";
  try {
    step.method == "GET" ? run.pull(step) : run.push();
  } catch (const Error& error) {
    says = word(error.kind());
    if (run.registry.manifests.contains("v1") && step.method == "PUT") says += " with a tag";
  }
  return cat(says, " ", met);
}

}  // namespace

TEST_CASE("each status at each step of a push and a pull has its one outcome (S22)") {
  unsigned cells = 0;
  for (const auto& line : split(expected, '\n')) {
    auto columns = split(line, '|');
    const auto status = parse_integer(trim(columns.front()));
    if (!status) continue;
    REQUIRE(columns.size() == steps.size() + 1);
    for (std::size_t i = 0; i < steps.size(); ++i, ++cells) {
      CAPTURE(*status, steps[i].method, steps[i].part);
      const int code = static_cast<int>(*status);
      CHECK(cat(outcome(steps[i], code, 1), " / ", outcome(steps[i], code, 999)) == trim(columns[i + 1]));
    }
  }
  CHECK(cells == 20 * 7);
}

TEST_CASE("a registry that knows no HEAD is asked by GET") {
  Run run;
  run.registry.guard = [](const http::Request& request) {
    return request.method == "HEAD" ? std::optional(fake::reply(405)) : std::nullopt;
  };
  run.push();
  CHECK(run.registry.count("PUT manifests") == 2);
}

TEST_CASE("a lost connection at each step of a push heals, and nothing is there twice (S24)") {
  // Before anything is done, after it is done, and in the midst of a body.
  enum class Point { before, after, midst };
  const auto point = GENERATE(Point::before, Point::after, Point::midst);
  const auto step = GENERATE(from_range(std::vector<Step>(steps.begin(), steps.begin() + 5)));
  const unsigned which = GENERATE(1u, 2u);
  CAPTURE(step.method, step.part, static_cast<int>(point), which);
  Run run;
  unsigned met = 0;
  auto options = run.options();
  options.transport = [&, inner = options.transport](const http::Request& request) {
    if (!step.meets(request) || ++met != which) return inner(request);
    if (point == Point::midst && request.before_send) request.before_send(0, as_bytes("cont"));
    if (point == Point::after) inner(request);
    return fake::lose();
  };
  run.push(Repository(options, "registry.example", "web"));
  CHECK(run.registry.blobs.at(run.layer.digest.text()) == "content");
  CHECK(run.registry.manifests.at("v1") == std::pair(type, text));
  CHECK(run.registry.count("PUT uploads") == 1);  // of those that arrived
  CHECK(run.registry.count("PUT manifests") == 2);
}
