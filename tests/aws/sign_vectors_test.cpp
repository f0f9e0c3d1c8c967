// AWS's own signing vectors (aws-c-auth, Apache-2.0), where the folder with them is at hand.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <lapstrake/aws/sign.hpp>
#include <lapstrake/base/text.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/catch.hpp"

using namespace lapstrake;
namespace fs = std::filesystem;

namespace {

fs::path vectors_folder() {
  const char* shared = std::getenv("LAPSTRAKE_SHARED");
  return (shared != nullptr ? fs::path(shared) : fs::path(LAPSTRAKE_SOURCE_DIR) / "../shared") / "data/sigv4";
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// "GET /path?query HTTP/1.1", headers (continuation lines are indented), an empty line, the body; the path may hold
// blanks.
http::Request parse_request(const std::string& text) {
  http::Request request;
  const auto head_end = text.find("\n\n");
  if (head_end != std::string::npos) request.body = text.substr(head_end + 2);
  auto lines = split(text.substr(0, head_end), '\n');
  const std::string start = lines.front();
  const auto first = start.find(' '), last = start.rfind(' ');
  request.method = start.substr(0, first);
  const auto target = start.substr(first + 1, last - first - 1);
  const auto mark = target.find('?');
  request.url.path = target.substr(0, mark);
  if (mark != std::string::npos) request.url.query = target.substr(mark + 1);
  std::vector<std::pair<std::string, std::string>> fields;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    if (lines[i].starts_with(' ')) {
      fields.back().second += lines[i];
    } else {
      const auto colon = lines[i].find(':');
      fields.emplace_back(lines[i].substr(0, colon), lines[i].substr(colon + 1));
    }
  }
  for (const auto& [name, value] : fields)
    if (lower(name) == "host")
      request.url.host = value;
    else
      request.headers.add(name, value);
  return request;
}

std::chrono::system_clock::time_point vector_time() {
  using namespace std::chrono;
  return sys_days{2015y / August / 30} + 12h + 36min;
}

struct Case {
  std::string name;
  http::Request request;
  aws::Credentials credentials;
  aws::Scope scope;
  aws::SignRules rules;
  std::string canonical_request, string_to_sign, signature;
};

Case read_case(const fs::path& folder) {
  const auto context = nlohmann::json::parse(text_of(folder / "context.json"));
  REQUIRE(context["timestamp"] == "2015-08-30T12:36:00Z");
  const auto& credentials = context["credentials"];
  return {.name = folder.filename(),
          .request = parse_request(text_of(folder / "request.txt")),
          .credentials = {credentials["access_key_id"], credentials["secret_access_key"],
                          credentials.value("token", ""), "the vector"},
          .scope = {context["region"], context["service"]},
          .rules = {.normalize_path = context["normalize"],
                    .sign_body_header = context["sign_body"],
                    .sign_session_token = !context.value("omit_session_token", false)},
          .canonical_request = text_of(folder / "header-canonical-request.txt"),
          .string_to_sign = text_of(folder / "header-string-to-sign.txt"),
          .signature = text_of(folder / "header-signature.txt")};
}

}  // namespace

TEST_CASE("AWS's signing vectors give the same canonical request, string to sign and signature (S10)") {
  if (!fs::is_directory(vectors_folder())) {
    WARN("not run: " << vectors_folder() << " is absent (LAPSTRAKE_SHARED names the folder above data/sigv4)");
    return;
  }
  int count = 0;
  for (const auto& entry : fs::directory_iterator(vectors_folder())) {
    if (!entry.is_directory()) continue;
    const Case vector = read_case(entry.path());
    CAPTURE(vector.name);
    const auto got = aws::sign(vector.request, vector.credentials, vector.scope, vector_time(), vector.rules);
    CHECK(got.canonical_request == vector.canonical_request);
    CHECK(got.string_to_sign == vector.string_to_sign);
    CHECK(got.signature == vector.signature);
    CHECK(got.added.find("Authorization")->ends_with("Signature=" + vector.signature));
    ++count;
  }
  CHECK(count == 38);
}

TEST_CASE("AWS's signing vectors verify, and do not with another secret") {
  if (!fs::is_directory(vectors_folder())) return;
  for (const auto& entry : fs::directory_iterator(vectors_folder())) {
    if (!entry.is_directory() || entry.path().string().ends_with("unnormalized")) continue;
    Case vector = read_case(entry.path());
    CAPTURE(vector.name);
    for (const auto& [name, value] :
         aws::sign(vector.request, vector.credentials, vector.scope, vector_time(), vector.rules).added)
      vector.request.headers.set(name, value);
    const auto claimed = aws::read_signed_request(vector.request.headers);
    REQUIRE(claimed);
    CHECK(claimed->session_token == vector.credentials.session_token);
    CHECK(aws::verify(vector.request, *claimed, vector.credentials.secret_access_key));
    CHECK_FALSE(aws::verify(vector.request, *claimed, vector.credentials.secret_access_key + "x"));
  }
}
